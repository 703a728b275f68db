// Canonical JSON over the values that Noren signs: no fraction, no half surrogate, one text per
// value.
// Source:   docs/formats/canonical_json.md; RFC 8785
// SPDX-License-Identifier: Apache-2.0
import canonicalize from "canonicalize";

import { parseUtf8 } from "./bytes.js";
import { NorenFailure } from "./failure.js";

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [name: string]: JsonValue };

const maxDepth = 32;
const maxSizeBytes = 1 << 20;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSignable(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isSignable(item, depth + 1));
  if (!isJsonObject(value)) return false;
  return Object.entries(value).every(
    ([name, member]) => name.isWellFormed() && isSignable(member, depth + 1),
  );
}

/** The one text of a value. */
export function writeCanonical(value: JsonValue): string {
  const text = isSignable(value, 0) ? canonicalize(value) : undefined;
  if (text === undefined) throw new NorenFailure("MALFORMED", "", "not a value that can be signed");
  return text;
}

/** The value of a text that is canonical, byte for byte; refuses every other. */
export function parseCanonical(text: string | Uint8Array, limitBytes = maxSizeBytes): JsonValue {
  const malformed = new NorenFailure("MALFORMED", "", "not canonical JSON");
  const source = typeof text === "string" ? text : parseUtf8(text);
  // A UTF-16 unit is at least one byte, so that a longer text is surely over the limit.
  if (source === null || source.length > limitBytes) throw malformed;
  if (new TextEncoder().encode(source).length > limitBytes) throw malformed;
  let value: JsonValue;
  try {
    value = JSON.parse(source) as JsonValue;
  } catch {
    throw malformed;
  }
  if (!isSignable(value, 0) || canonicalize(value) !== source) throw malformed;
  return value;
}

export function parseCanonicalObject(
  text: string | Uint8Array,
  limitBytes = maxSizeBytes,
): JsonObject {
  const value = parseCanonical(text, limitBytes);
  if (!isJsonObject(value)) throw new NorenFailure("MALFORMED", "", "not an object");
  return value;
}

export function hasExactly(object: JsonObject, names: readonly string[]): boolean {
  const own = Object.keys(object);
  return own.length === names.length && names.every((name) => Object.hasOwn(object, name));
}
