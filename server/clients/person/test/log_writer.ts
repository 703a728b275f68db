// A slow, obvious writer of logs for the verifier's tests: recursive RFC 6962, entries by hand.
// SPDX-License-Identifier: Apache-2.0
import { ed25519 } from "@noble/curves/ed25519.js";

import { writeCanonical } from "../src/index.js";
import {
  bytesToHex,
  concatBytes,
  encodeBase64,
  encodeField,
  sha256,
  utf8ToBytes,
} from "../src/bytes.js";
import { filled } from "./support.js";

const seed = filled(7);
const publicKey = ed25519.getPublicKey(seed);

export const leafOf = (entry: Uint8Array) => sha256(concatBytes(Uint8Array.of(0), entry));
const nodeOf = (a: Uint8Array, b: Uint8Array) => sha256(concatBytes(Uint8Array.of(1), a, b));

function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** MTH of RFC 6962 section 2.1. */
export function rootOf(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  const split = splitOf(leaves.length);
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** PATH of section 2.1.1. */
export function inclusionOf(index: number, leaves: Uint8Array[]): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionOf(index, left), rootOf(right)]
    : [...inclusionOf(index - split, right), rootOf(left)];
}

/** PROOF of section 2.1.2. */
export function consistencyOf(olderSize: number, leaves: Uint8Array[]): Uint8Array[] {
  const sub = (size: number, part: Uint8Array[], whole: boolean): Uint8Array[] => {
    if (size === part.length) return whole ? [] : [rootOf(part)];
    const split = splitOf(part.length);
    const [left, right] = [part.slice(0, split), part.slice(split)];
    return size <= split
      ? [...sub(size, left, whole), rootOf(right)]
      : [...sub(size - split, right, false), rootOf(left)];
  };
  return olderSize === 0 ? [] : sub(olderSize, leaves, true);
}

export function verifierKeyOf(name: string): string {
  const typed = concatBytes(Uint8Array.of(1), publicKey);
  const id = sha256(concatBytes(utf8ToBytes(name), Uint8Array.of(10), typed)).slice(0, 4);
  return `${name}+${bytesToHex(id)}+${encodeBase64(typed)}`;
}

export function signNote(text: string, name: string, key = seed): string {
  const id = utf8ToBytes(name);
  const typed = concatBytes(Uint8Array.of(10, 1), ed25519.getPublicKey(key));
  const keyId = sha256(concatBytes(id, typed)).slice(0, 4);
  const line = encodeBase64(concatBytes(keyId, ed25519.sign(utf8ToBytes(text), key)));
  return `${text}\n\u2014 ${name} ${line}\n`;
}

export function checkpointOf(leaves: Uint8Array[], origin: string): string {
  return signNote(`${origin}\n${leaves.length}\n${encodeBase64(rootOf(leaves))}\n`, origin);
}

export interface EntryParts {
  partition?: number;
  sequence: number;
  operation?: number;
  statementDigest?: Uint8Array;
  subject?: Uint8Array;
  consentRoot?: Uint8Array;
  lost?: { first: number; last: number; size: number; root: Uint8Array };
}

function integer(value: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let rest = BigInt(value);
  for (let i = sizeBytes - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n);
  return bytes;
}

export function encodeEntry(parts: EntryParts): Uint8Array {
  const { lost, subject, statementDigest, consentRoot } = parts;
  const present = (subject ? 2 : 0) | (statementDigest ? 8 : 0) | (lost ? 16 : 0);
  return concatBytes(
    integer(2, 1),
    integer(parts.partition ?? 0, 4),
    integer(parts.sequence, 8),
    integer(1767571200, 8),
    integer(lost ? 2 : (parts.operation ?? 67), 2),
    Uint8Array.of(1, 1),
    encodeField(""),
    Uint8Array.of(present),
    subject ?? new Uint8Array(),
    Uint8Array.of(0),
    filled(5),
    consentRoot ?? filled(0),
    statementDigest ?? new Uint8Array(),
    ...(lost
      ? [integer(lost.first, 8), integer(lost.last, 8), integer(lost.size, 8), lost.root]
      : []),
  );
}

export interface ExportParts {
  origin?: string;
  partition?: number;
  olderSize?: number;
}

/** The lines of an export, without line ends, of entries as they are. */
export function exportLines(entries: Uint8Array[], parts: ExportParts = {}): string[] {
  const { origin = "noren/sample", partition = 0, olderSize = 0 } = parts;
  const leaves = entries.map(leafOf);
  let head: Uint8Array = new Uint8Array(32);
  const lines = entries.map((entry, index) => {
    head = sha256(concatBytes(head, leafOf(entry)));
    const line = { entry: encodeBase64(entry), head: encodeBase64(head), index };
    return writeCanonical(line);
  });
  const header = { format: "noren/audit-export/1", older_size: olderSize, origin, partition };
  const trailer = {
    checkpoint: checkpointOf(leaves, origin),
    consistency: consistencyOf(olderSize, leaves).map(encodeBase64),
    tree_size: leaves.length,
  };
  return [writeCanonical(header), ...lines, writeCanonical(trailer)];
}
export const fileOf = (lines: string[]): Uint8Array =>
  utf8ToBytes(lines.map((line) => line + "\n").join(""));
