// Items: documents and contact data, each a whole age v1 file for the person alone.
// Source:   docs/formats/item.md, person_custody.md; C2SP age.md
// SPDX-License-Identifier: Apache-2.0
import { Decrypter, Encrypter } from "age-encryption";

import { measureHeader, openHeader } from "./age_header.js";
import { concatBytes, sha256Hex } from "./bytes.js";
import { NorenFailure } from "./failure.js";
import type { PersonKeys, PersonPublicKeys } from "./keys.js";

export const itemMaxSizeBytes = 20 << 20;

export interface SplitItem {
  header: Uint8Array;
  payload: Uint8Array;
  /** SHA-256 of the payload, hex: what statements call `digest`. */
  digest: string;
  /** SHA-256 of the header, hex. */
  headerSha256: string;
}

function tooLarge(): NorenFailure {
  return new NorenFailure("TOO_LARGE", "item", "at most 20 MiB");
}

/** Encrypts a document for the person. */
export async function encryptItem(
  document: Uint8Array,
  keys: PersonPublicKeys,
): Promise<Uint8Array> {
  if (document.length > itemMaxSizeBytes) throw tooLarge();
  const encrypter = new Encrypter();
  encrypter.addRecipient(keys.recipient);
  return encrypter.encrypt(document);
}

/** The same in a stream, one chunk of 64 KiB in memory at a time; it fails over 20 MiB. */
export async function encryptItemStream(
  document: ReadableStream<Uint8Array>,
  keys: PersonPublicKeys,
): Promise<ReadableStream<Uint8Array>> {
  let size = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > itemMaxSizeBytes) controller.error(tooLarge());
      else controller.enqueue(chunk);
    },
  });
  const encrypter = new Encrypter();
  encrypter.addRecipient(keys.recipient);
  return encrypter.encrypt(document.pipeThrough(limit));
}

/** Header and payload of a file, with the digests that statements name. */
export function splitItem(file: Uint8Array): SplitItem {
  const size = measureHeader(file);
  const header = file.slice(0, size);
  const payload = file.slice(size);
  return { header, payload, digest: sha256Hex(payload), headerSha256: sha256Hex(header) };
}

function decrypterOf(keys: PersonKeys): Decrypter {
  const decrypter = new Decrypter();
  decrypter.addIdentity(keys.exposeAgeIdentity());
  return decrypter;
}

/** Opens a file that is for this person. */
export async function openItem(file: Uint8Array, keys: PersonKeys): Promise<Uint8Array> {
  const { header } = splitItem(file);
  openHeader(header, keys.exposeItemsScalar()); // says apart: malformed, another's, damaged
  try {
    return await decrypterOf(keys).decrypt(file);
  } catch {
    throw new NorenFailure("DAMAGED", "payload", "changed, cut or extended");
  }
}

/** What comes out is authentic at once, but whole only when the stream ends without an error. */
export async function openItemStream(
  file: ReadableStream<Uint8Array>,
  keys: PersonKeys,
): Promise<ReadableStream<Uint8Array>> {
  try {
    return await decrypterOf(keys).decrypt(file);
  } catch {
    throw new NorenFailure("WRONG_KEY", "header", "no header that this identity opens");
  }
}

/** Header and payload put together again, as kept apart by the service. */
export function joinItem(header: Uint8Array, payload: Uint8Array): Uint8Array {
  if (measureHeader(header) !== header.length) {
    throw new NorenFailure("MALFORMED", "header", "something follows the header");
  }
  return concatBytes(header, payload);
}
