// A grant's headers: the items' file keys, wrapped to the company of the invitation and to nobody
// else. Payloads stay where they are.
// Source:   docs/formats/person_custody.md (Grant, Rewrap), consent.md (Company key)
// SPDX-License-Identifier: Apache-2.0
import { makeHeader, openHeader, parseRecipient } from "./age_header.js";
import { concatBytes, encodeField, sha256Hex } from "./bytes.js";
import { NorenFailure } from "./failure.js";
import { openItem, joinItem } from "./items.js";
import type { PersonKeys } from "./keys.js";

/** One item as the person's record and `read_own_item` give it. */
export interface StoredItem {
  item: string;
  header: Uint8Array;
  payload: Uint8Array;
}

/** An element of a statement's `items`. */
export interface GrantedItem {
  digest: string;
  header_sha256: string;
  item: string;
}

export interface Grant {
  /** For the statement, ascending by item. */
  items: GrantedItem[];
  /** For `PersonAct.headers`, in the same order. */
  headers: { item: string; header: Uint8Array }[];
  companyKey: string;
}

/** The fingerprint that statements call `company_key`: of the recipients, sorted, each once. */
export function companyKeyOf(recipients: readonly string[]): string {
  const sorted = [...new Set(recipients)].sort();
  return sha256Hex(concatBytes(...["noren/company-key/1", ...sorted].map(encodeField)));
}

/** A new header for the same payload. Says apart what is malformed, damaged and another's. */
export function rewrapHeader(
  header: Uint8Array,
  keys: PersonKeys,
  recipients: readonly string[],
): Uint8Array {
  const fileKey = openHeader(header, keys.exposeItemsScalar());
  const rewrapped = makeHeader(fileKey, recipients);
  fileKey.fill(0);
  return rewrapped;
}

/**
 * Makes the headers of a grant or a rewrap. Each item is opened to its end first: what would not
 * open for the company is not granted.
 *   companyKey  as in the invitation; it must be the fingerprint of exactly `recipients`
 *   digests     item -> SHA-256 of the payload as the invitation says
 */
export async function makeGrant(
  stored: readonly StoredItem[],
  invitation: {
    companyRecipients: readonly string[];
    companyKey: string;
    digests: ReadonlyMap<string, string>;
  },
  keys: PersonKeys,
): Promise<Grant> {
  const recipients = [...new Set(invitation.companyRecipients)].sort();
  if (recipients.length !== invitation.companyRecipients.length) {
    throw new NorenFailure("MALFORMED", "company_recipients", "the same recipient twice");
  }
  recipients.forEach(parseRecipient);
  if (companyKeyOf(recipients) !== invitation.companyKey) {
    throw new NorenFailure("DIFFERS", "company_key", "not of these recipients");
  }
  if (recipients.includes(keys.recipient)) {
    throw new NorenFailure("DIFFERS", "company_recipients", "the person's own recipient");
  }
  const sorted = [...stored].sort((a, b) => (a.item < b.item ? -1 : 1));
  const named = [...invitation.digests.keys()].sort();
  if (sorted.map((one) => one.item).join() !== named.join()) {
    throw new NorenFailure("DIFFERS", "items", "not the items of the invitation");
  }
  const grant: Grant = { items: [], headers: [], companyKey: invitation.companyKey };
  for (const { item, header, payload } of sorted) {
    const digest = sha256Hex(payload);
    if (digest !== invitation.digests.get(item)) {
      throw new NorenFailure("DIFFERS", "items.digest", "not the item of the invitation");
    }
    await openItem(joinItem(header, payload), keys);
    const rewrapped = rewrapHeader(header, keys, recipients);
    grant.items.push({ digest, header_sha256: sha256Hex(rewrapped), item });
    grant.headers.push({ item, header: rewrapped });
  }
  return grant;
}
