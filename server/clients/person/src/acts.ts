// Statements: what a person does, as one canonical text, and the signature over it.
// Source:   docs/formats/act.md, person_custody.md
// SPDX-License-Identifier: Apache-2.0
import { ed25519 } from "@noble/curves/ed25519.js";

import { bytesToHex, sha256Hex, utf8ToBytes } from "./bytes.js";
import {
  hasExactly,
  isJsonObject,
  parseCanonicalObject,
  writeCanonical,
  type JsonObject,
  type JsonValue,
} from "./canonical_json.js";
import { NorenFailure } from "./failure.js";
import type { GrantedItem } from "./grant.js";

const kind = "act/1";
const statementMaxSizeBytes = 16 * 1024;
const itemsMaxCount = 32;
const employersMaxCount = 32;
const textMaxSizeBytes = 2000;
const purposeMaxSizeBytes = 200;

export const purposes = [
  "application_screening",
  "interview_contact",
  "qualification_check",
  "offer_preparation",
] as const;
export type Purpose = (typeof purposes)[number];

/** What somebody may ask about their own data; the service's policy says which of it there is. */
export const rights = [
  "PURPOSE_NOTICE",
  "ACCESS",
  "CORRECT",
  "ADD",
  "DELETE",
  "SUSPEND",
  "ERASE",
  "STOP_PROVISION",
  "PROVISION_RECORDS",
] as const;
export type Right = (typeof rights)[number];

interface Common {
  at: number;
  handle: string;
  nonce: string;
}
export type StatedItem = { digest: string; item: string } | GrantedItem;

export interface GrantTerms {
  company: string;
  company_key: string;
  expires: number;
  items: StatedItem[];
  notice_sha256: string;
  policy_version: string;
  posting: string;
  purpose: Purpose;
  retention_days: number;
}
export type Act =
  | { act: "discoverable"; companies_class: string }
  | ({ act: "answer"; decision: "grant"; invitation: string } & GrantTerms)
  | { act: "answer"; decision: "refuse"; invitation: string }
  | { act: "withdraw"; consent: string }
  | { act: "block" | "unblock"; employers: string[] }
  | {
      act: "rewrap";
      company: string;
      company_key: string;
      consent: string;
      items: GrantedItem[];
    }
  | { act: "replace"; digest: string; header_sha256: string; item: string }
  | {
      act: "ask";
      ask: "explanation" | "review";
      consent: string;
      decision: string;
      text: string;
    }
  | {
      act: "right";
      ends_contract: "yes" | "no";
      /** The request whose answer is objected to, or nothing. */
      objects_to: string;
      right: Right;
      text: string;
    }
  | { act: "unsubscribe" | "subscribe"; purpose: string }
  | { act: "continue"; answer: "stay"; confirms: "" }
  /** The second word of leaving names the talk that the first one opened. */
  | { act: "continue"; answer: "leave"; confirms: string }
  | { act: "erase" }
  | { act: "read" };
export type Statement = Act & Common & { noren: typeof kind };

type Check = (value: JsonValue) => boolean;
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const between =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
const id = (prefix: string): Check => matches(new RegExp(`^${prefix}-[0-9a-f]{32}$`));
const hash = matches(/^[0-9a-f]{64}$/);
const wordsOf =
  (leastBytes: number, mostBytes: number): Check =>
  (value) => {
    if (typeof value !== "string") return false;
    const size = utf8ToBytes(value).length;
    return size >= leastBytes && size <= mostBytes;
  };
const time = between(0, Number.MAX_SAFE_INTEGER);
const companyName = matches(/^[a-z0-9][a-z0-9-]{0,39}$/);

/** Ascending by item, none twice; header digests in all elements or in none. */
const items: Check = (value) => {
  if (!Array.isArray(value) || value.length < 1 || value.length > itemsMaxCount) return false;
  const first = value[0];
  const names = ["digest", "item"];
  if (isJsonObject(first as JsonValue) && "header_sha256" in (first as JsonObject)) {
    names.push("header_sha256");
  }
  return value.every((element, i) => {
    if (!isJsonObject(element) || !hasExactly(element, names)) return false;
    const before = value[i - 1] as JsonObject | undefined;
    if (before !== undefined && String(before["item"]) >= String(element["item"])) return false;
    return names.every((name) => (name === "item" ? id("item") : hash)(element[name] ?? null));
  });
};
const itemsWithHeaders: Check = (value) =>
  items(value) && (value as JsonObject[]).every((element) => "header_sha256" in element);

const common: Record<string, Check> = {
  act: () => true,
  at: time,
  handle: id("seeker"),
  nonce: matches(/^[0-9a-f]{32}$/),
  noren: (value) => value === kind,
};
/** Corporate numbers as the service prints them, ascending. */
const employers: Check = (value) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= employersMaxCount &&
  value.every((one, i) => {
    const before = i > 0 ? value[i - 1] : "";
    return (
      typeof one === "string" &&
      typeof before === "string" &&
      /^(kr-corporation:[0-9]{13}|kr-business:[0-9]{10}|jp-corporation:[0-9]{13})$/.test(one) &&
      one > before
    );
  });
const grantTerms: Record<string, Check> = {
  company: companyName,
  company_key: hash,
  expires: time,
  items,
  notice_sha256: hash,
  policy_version: matches(/^[\x20-\x7e]{1,128}$/),
  posting: id("posting"),
  purpose: (value) => purposes.some((purpose) => purpose === value),
  retention_days: between(0, 3650),
};
const answer = { decision: matches(/^(grant|refuse)$/), invitation: id("invitation") };
const purpose = wordsOf(1, purposeMaxSizeBytes);

/** The members of each act beside the common ones. */
const members: Record<string, Record<string, Check>> = {
  discoverable: { companies_class: matches(/^[A-Za-z0-9\-_.:/+]{1,64}$/) },
  "answer grant": { ...answer, ...grantTerms },
  "answer refuse": answer,
  withdraw: { consent: (v) => v === "discoverability" || id("consent")(v) },
  block: { employers },
  unblock: { employers },
  rewrap: {
    company: companyName,
    company_key: hash,
    consent: id("consent"),
    items: itemsWithHeaders,
  },
  replace: { digest: hash, header_sha256: hash, item: id("item") },
  ask: {
    ask: matches(/^(explanation|review)$/),
    consent: id("consent"),
    decision: id("decision"),
    text: wordsOf(0, textMaxSizeBytes),
  },
  right: {
    ends_contract: matches(/^(yes|no)$/),
    objects_to: (value) => value === "" || id("request")(value),
    right: (value) => rights.some((right) => right === value),
    text: wordsOf(0, textMaxSizeBytes),
  },
  unsubscribe: { purpose },
  subscribe: { purpose },
  "continue stay": { answer: matches(/^stay$/), confirms: matches(/^$/) },
  "continue leave": {
    answer: matches(/^leave$/),
    confirms: matches(/^[A-Za-z0-9\-_.:/+]{0,64}$/),
  },
  erase: {},
  read: {},
};

/** Acts of two forms, and the member that says which it is. */
const forms: Record<string, string> = { answer: "decision", continue: "answer" };

function checkShape(value: JsonObject): Statement {
  const act = String(value["act"]);
  const form = Object.hasOwn(forms, act) ? forms[act] : undefined;
  const name = form === undefined ? act : `${act} ${String(value[form])}`;
  const own = Object.hasOwn(members, name) ? members[name] : undefined;
  if (own === undefined) throw new NorenFailure("MALFORMED", "act", "not an act of this version");
  const checks = { ...common, ...own };
  if (!hasExactly(value, Object.keys(checks))) {
    throw new NorenFailure("MALFORMED", "", "other members than this act has");
  }
  for (const [member, check] of Object.entries(checks)) {
    if (!check(value[member] ?? null)) {
      throw new NorenFailure("MALFORMED", member, "not as the act's format says");
    }
  }
  return value as unknown as Statement;
}

/** Reads a statement as the server would; refuses every text but the one it has. */
export function parseStatement(text: string): Statement {
  return checkShape(parseCanonicalObject(text, statementMaxSizeBytes));
}

/** Writes a statement with a nonce of its own. */
export function writeStatement(act: Act, handle: string, nowSeconds: number): string {
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
  const statement = { ...act, at: nowSeconds, handle, nonce, noren: kind };
  const text = writeCanonical(statement as unknown as JsonObject);
  parseStatement(text); // size, and that this client makes nothing it would not accept
  return text;
}

/** What is signed, and what the digest is of. */
export function statementMessage(text: string): Uint8Array {
  return utf8ToBytes(`noren/${kind}\n${text}`);
}

/** What codes are bound to and records keep. */
export function statementDigest(text: string): string {
  return sha256Hex(statementMessage(text));
}

export function verifyStatement(
  text: string,
  signature: Uint8Array,
  personKey: Uint8Array,
): Statement {
  const statement = parseStatement(text);
  if (!isSignedBy(personKey, statementMessage(text), signature)) {
    throw new NorenFailure("WRONG_KEY", "signature", "not by this key over this statement");
  }
  return statement;
}

/** Ed25519 as RFC 8032 says, without the leniency of ZIP 215; false for every malformed input. */
export function isSignedBy(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}
