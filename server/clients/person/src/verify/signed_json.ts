// Canonical JSON under an Ed25519 signature: what receipts and release manifests have in common.
// SPDX-License-Identifier: Apache-2.0
import { isSignedBy } from "../acts.js";
import { parseHex, utf8ToBytes } from "../bytes.js";
import {
  hasExactly,
  parseCanonicalObject,
  type JsonObject,
  type JsonValue,
} from "../canonical_json.js";
import { NorenFailure } from "../failure.js";
import type { Report } from "./report.js";

export type MemberCheck = (value: JsonValue) => boolean;

export const isId =
  (prefix: string): MemberCheck =>
  (value) =>
    typeof value === "string" && new RegExp(`^${prefix}-[0-9a-f]{32}$`).test(value);
export const isHash: MemberCheck = (value) =>
  typeof value === "string" && parseHex(value, 32) !== null;
export const isCount: MemberCheck = (value) => typeof value === "number" && value >= 0;
export const isText =
  (maxSize: number): MemberCheck =>
  (value) =>
    typeof value === "string" && value !== "" && value.length <= maxSize;
export const isOneOf =
  (...names: string[]): MemberCheck =>
  (value) =>
    names.some((name) => name === value);

export function hasShape(object: JsonObject, members: Record<string, MemberCheck>): boolean {
  return (
    hasExactly(object, Object.keys(members)) &&
    Object.entries(members).every(([name, check]) => check(object[name] ?? null))
  );
}

/** The key of a signature, in hex as officers hand it out. */
export function parseSigningKey(hex: string): Uint8Array {
  const key = parseHex(hex, 32);
  if (key === null) throw new NorenFailure("MALFORMED", "key", "64 hex digits");
  return key;
}

/** The object of a signed text; null, with the finding, when text or signature are not right. */
export function openSigned(
  text: string,
  signature: Uint8Array,
  signer: { key: Uint8Array; kind: string },
  report: Report,
): JsonObject | null {
  let object: JsonObject | null = null;
  try {
    object = parseCanonicalObject(text);
  } catch {
    // said below
  }
  if (object?.["noren"] !== signer.kind) {
    report.found("MALFORMED", `not the canonical text of a ${signer.kind}`);
    return null;
  }
  if (!isSignedBy(signer.key, utf8ToBytes(`noren/${signer.kind}\n${text}`), signature)) {
    report.found("SIGNATURE_INVALID", `the ${signer.kind} is not signed by the given key`);
    return null;
  }
  report.passed("signature");
  return object;
}
