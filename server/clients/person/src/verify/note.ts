// C2SP signed notes and the checkpoints in them.
// Source:   docs/formats/checkpoint.md; C2SP signed-note.md, tlog-checkpoint.md
// SPDX-License-Identifier: Apache-2.0
import { isSignedBy } from "../acts.js";
import {
  bytesToHex,
  concatBytes,
  parseBase64,
  parseHex,
  parseUtf8,
  sha256,
  utf8ToBytes,
} from "../bytes.js";
import { NorenFailure } from "../failure.js";
import type { TreeHead } from "./merkle.js";

const ed25519Type = 1;
const signaturePrefix = "\u2014 ";
const noteMaxSizeBytes = 64 * 1024;
const signaturesMaxCount = 64;

export interface VerifierKey {
  name: string;
  id: Uint8Array;
  key: Uint8Array;
}

function isName(text: string): boolean {
  return text !== "" && text.isWellFormed() && !/[\u0000-\u001f+\p{White_Space}]/u.test(text);
}

function isNoteText(text: string): boolean {
  return text.isWellFormed() && text.endsWith("\n") && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function keyIdOf(name: string, key: Uint8Array): Uint8Array {
  const typed = Uint8Array.of(10, ed25519Type);
  return sha256(concatBytes(utf8ToBytes(name), typed, key)).slice(0, 4);
}

/** Of `name+<key id in hex>+base64(01 | key)`. */
export function parseVerifierKey(text: string): VerifierKey {
  const failure = new NorenFailure("MALFORMED", "key", "not a verifier key (name+id+key)");
  const [, name, idText, keyText] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text) ?? [];
  const id = parseHex(idText ?? "", 4);
  const typed = parseBase64(keyText ?? "", 33);
  if (name === undefined || !isName(name) || typed?.[0] !== ed25519Type) throw failure;
  const key = typed.slice(1);
  if (id === null || bytesToHex(id) !== bytesToHex(keyIdOf(name, key))) throw failure;
  return { name, id, key };
}

interface SignatureLine {
  name: string;
  id: string;
  signature: Uint8Array;
}

function parseSignatureLine(line: string): SignatureLine | null {
  if (!line.startsWith(signaturePrefix)) return null;
  const rest = line.slice(signaturePrefix.length);
  const space = rest.indexOf(" ");
  const name = rest.slice(0, Math.max(space, 0));
  const bytes = parseBase64(rest.slice(space + 1));
  if (space < 0 || !isName(name) || bytes === null || bytes.length <= 4) return null;
  return { name, id: bytesToHex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

/** The signed text of a note in which every line of this key holds, and one is there; or null. */
export function openNote(note: string, key: VerifierKey): string | null {
  if (note.length > noteMaxSizeBytes || !isNoteText(note)) return null;
  if (utf8ToBytes(note).length > noteMaxSizeBytes) return null;
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0 || blank + 2 === note.length) return null;
  const text = note.slice(0, blank + 1);
  const lines = note.slice(blank + 2, -1).split("\n").map(parseSignatureLine);
  if (lines.length > signaturesMaxCount) return null;
  let found = false;
  for (const line of lines) {
    if (line === null) return null;
    if (line.name !== key.name || line.id !== bytesToHex(key.id)) continue;
    if (!isSignedBy(key.key, utf8ToBytes(text), line.signature)) return null;
    found = true;
  }
  return found ? text : null;
}

export interface Checkpoint {
  origin: string;
  head: TreeHead;
}

/** A checkpoint signed by this key and of the log that is the key's name; or null. */
export function openCheckpoint(note: string | Uint8Array, key: VerifierKey): Checkpoint | null {
  const source = typeof note === "string" ? note : parseUtf8(note);
  const text = source === null ? null : openNote(source, key);
  if (text === null) return null;
  const lines = text.slice(0, -1).split("\n");
  const [origin, sizeText, rootText] = lines;
  if (lines.length < 3 || lines.some((line) => line === "") || origin !== key.name) return null;
  const root = parseBase64(rootText ?? "", 32);
  if (root === null || !/^(?:0|[1-9][0-9]{0,19})$/.test(sizeText ?? "")) return null;
  const size = BigInt(sizeText ?? "0");
  return size < 1n << 64n ? { origin, head: { size, root } } : null;
}
