// The step before every signature: does the statement say what the person was shown? A portal (or
// the service's `prepare_act`) may have written it; the person saw a page. Both must agree in every
// member, or nothing is signed.
// Source:   docs/formats/act.md, person_custody.md; docs/design/0010-the-persons-client.md
// Why safe: only this file makes an `AgreedStatement`, and only that can be signed
// SPDX-License-Identifier: Apache-2.0
import {
  parseStatement,
  statementDigest,
  statementMessage,
  type Act,
  type Purpose,
  type StatedItem,
  type Statement,
} from "./acts.js";
import { sha256Hex, utf8ToBytes } from "./bytes.js";
import { writeCanonical, type JsonValue } from "./canonical_json.js";
import { NorenFailure } from "./failure.js";
import { companyKeyOf } from "./grant.js";
import type { PersonKeys } from "./keys.js";
import { checkNotOpenEnded } from "./open_ended.js";

/** A grant as the page showed it. Nothing in it comes from the statement. */
export interface ShownGrant {
  act: "answer";
  decision: "grant";
  invitation: string;
  posting: string;
  /** The company's principal name, and the name that the person read. */
  company: string;
  recipientName: string;
  /** The keys that the client itself wraps the items to (or, under operator custody, was told). */
  companyRecipients: readonly string[];
  purpose: Purpose;
  /** With `header_sha256` under person custody: digests of the headers made by this client. */
  items: readonly StatedItem[];
  expires: number;
  retentionDays: number;
  /** The whole notice, as the person read it. */
  notice: string;
  policyVersion: string;
}
export interface ShownRewrap {
  act: "rewrap";
  company: string;
  companyRecipients: readonly string[];
  consent: string;
  items: readonly StatedItem[];
}
export type Shown = { handle: string } & (
  | ShownGrant
  | ShownRewrap
  | Exclude<Act, { act: "rewrap" } | { decision: "grant" }>
);

const freshSeconds = 600;
const agreed = Symbol("agreed");

/** A statement that says what was shown: the one thing that can be signed. */
export class AgreedStatement {
  readonly #mark = agreed;
  readonly text: string;
  readonly statement: Statement;
  constructor(token: symbol, text: string, statement: Statement) {
    if (token !== agreed) throw new NorenFailure("MALFORMED", "", "made by checkShown only");
    this.text = text;
    this.statement = statement;
    Object.freeze(this);
  }
  static isOne(value: unknown): value is AgreedStatement {
    return typeof value === "object" && value !== null && #mark in value && value.#mark === agreed;
  }
}

/** What the statement of this page must say, but for `at` and `nonce`. */
function expected(shown: Shown): Record<string, unknown> {
  const base = { noren: "act/1", handle: shown.handle, act: shown.act };
  if (shown.act === "rewrap") {
    const { company, consent, items } = shown;
    return { ...base, company, company_key: companyKeyOf(shown.companyRecipients), consent, items };
  }
  if (shown.act === "answer" && shown.decision === "grant") {
    return {
      ...base,
      decision: "grant",
      invitation: shown.invitation,
      posting: shown.posting,
      company: shown.company,
      company_key: companyKeyOf(shown.companyRecipients),
      purpose: shown.purpose,
      items: shown.items,
      expires: shown.expires,
      retention_days: shown.retentionDays,
      notice_sha256: sha256Hex(utf8ToBytes(shown.notice)),
      policy_version: shown.policyVersion,
    };
  }
  return { ...base, ...shown };
}

function checkNotice(shown: ShownGrant): void {
  checkNotOpenEnded("recipient", shown.recipientName);
  checkNotOpenEnded("notice", shown.notice, shown.recipientName);
  if (shown.recipientName === "" || !shown.notice.includes(shown.recipientName)) {
    throw new NorenFailure("DIFFERS", "notice", "it does not name the recipient that was shown");
  }
}

/**
 * Compares a statement, whoever wrote it, with what was shown.
 *   errors  MALFORMED: not a statement; STALE: `at` is over 600 seconds away; OPEN_ENDED: the
 *           recipient or the notice says "and others"; DIFFERS: the member that says another thing
 */
export function checkShown(text: string, shown: Shown, nowSeconds: number): AgreedStatement {
  const statement = parseStatement(text);
  if (shown.act === "answer" && shown.decision === "grant") checkNotice(shown);
  const wanted = expected(shown);
  const said = statement as unknown as Record<string, JsonValue>;
  const members = new Set([...Object.keys(wanted), ...Object.keys(said)]);
  for (const own of ["at", "nonce"]) members.delete(own);
  for (const member of members) {
    const want = wanted[member] as JsonValue | undefined;
    const have = said[member];
    const same =
      want !== undefined && have !== undefined && writeCanonical(want) === writeCanonical(have);
    if (!same) throw new NorenFailure("DIFFERS", member, "the statement says another thing");
  }
  if (Math.abs(statement.at - nowSeconds) > freshSeconds) {
    throw new NorenFailure("STALE", "at", "the statement is not of now");
  }
  return new AgreedStatement(agreed, text, statement);
}

export interface SignedAct {
  statement: string;
  signature: Uint8Array;
  digest: string;
}

/** Signs what the person agreed to. There is no other way to a signature over a statement. */
export function signAct(agreedStatement: AgreedStatement, keys: PersonKeys): SignedAct {
  if (!AgreedStatement.isOne(agreedStatement)) {
    throw new NorenFailure("MALFORMED", "", "checkShown comes before signing");
  }
  const { text } = agreedStatement;
  return {
    statement: text,
    signature: keys.signBytes(statementMessage(text)),
    digest: statementDigest(text),
  };
}
