// Bytes as text and as big-endian records, read strictly: one value has one text.
// Source:   docs/formats/audit_entry.md (fields), RFC 4648
// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64, base64nopad } from "@scure/base";

export { bytesToHex, concatBytes, sha256, utf8ToBytes };

export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** Bytes of lower-case hex, or null. */
export function parseHex(text: string, sizeBytes?: number): Uint8Array | null {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return null;
  if (sizeBytes !== undefined && text.length !== 2 * sizeBytes) return null;
  return hexToBytes(text);
}

function parseWith(
  coder: { encode(bytes: Uint8Array): string; decode(text: string): Uint8Array },
  text: string,
): Uint8Array | null {
  try {
    const bytes = coder.decode(text);
    return coder.encode(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

/** Padded, canonical base64, or null. */
export function parseBase64(text: string, sizeBytes?: number): Uint8Array | null {
  const bytes = parseWith(base64, text);
  return bytes !== null && sizeBytes !== undefined && bytes.length !== sizeBytes ? null : bytes;
}

/** Unpadded, canonical base64, or null: the form of age headers. */
export function parseBase64Unpadded(text: string): Uint8Array | null {
  return parseWith(base64nopad, text);
}

export const encodeBase64 = (bytes: Uint8Array): string => base64.encode(bytes);
export const encodeBase64Unpadded = (bytes: Uint8Array): string => base64nopad.encode(bytes);

/** The text of well-formed UTF-8, byte order mark included; null for anything else. */
export function parseUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** A 32-bit length and that many bytes. */
export function encodeField(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? utf8ToBytes(value) : value;
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, bytes.length);
  return concatBytes(size, bytes);
}

/** Reads a record from its front; what is missing makes the whole reading fail at `finish`. */
export class RecordReader {
  #at = 0;
  #failed = false;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #take(sizeBytes: number): number | null {
    if (this.#failed || this.#bytes.length - this.#at < sizeBytes) {
      this.#failed = true;
      return null;
    }
    this.#at += sizeBytes;
    return this.#at - sizeBytes;
  }
  u8(): number {
    const at = this.#take(1);
    return at === null ? 0 : this.#view.getUint8(at);
  }
  u16(): number {
    const at = this.#take(2);
    return at === null ? 0 : this.#view.getUint16(at);
  }
  u32(): number {
    const at = this.#take(4);
    return at === null ? 0 : this.#view.getUint32(at);
  }
  u64(): bigint {
    const at = this.#take(8);
    return at === null ? 0n : this.#view.getBigUint64(at);
  }
  i64(): bigint {
    const at = this.#take(8);
    return at === null ? 0n : this.#view.getBigInt64(at);
  }
  raw(sizeBytes: number): Uint8Array {
    const at = this.#take(sizeBytes);
    return at === null ? new Uint8Array(sizeBytes) : this.#bytes.subarray(at, at + sizeBytes);
  }
  field(maxSizeBytes: number): Uint8Array {
    const size = this.u32();
    if (size > maxSizeBytes) this.#failed = true;
    return this.#failed ? new Uint8Array() : this.raw(size);
  }
  /** True when everything was there and nothing is left. */
  finish(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }
}
