// The header of an age file, apart from its payload: the library encrypts and opens whole files; a
// grant needs a new header for a payload that stays where it is.
// Source:   docs/formats/age.md, person_custody.md; C2SP age.md, version age-encryption.org/v1
// Secrets:  the file key
// SPDX-License-Identifier: Apache-2.0
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { bech32 } from "@scure/base";

import {
  concatBytes,
  encodeBase64Unpadded,
  equalBytes,
  parseBase64Unpadded,
  sha256,
  utf8ToBytes,
} from "./bytes.js";
import { NorenFailure } from "./failure.js";

const versionLine = "age-encryption.org/v1";
const bodyLineSize = 64;
const fileKeySizeBytes = 16;
export const headerMaxSizeBytes = 64 * 1024;
/** Person custody takes and makes no other count, and no other type, of stanzas. */
export const stanzasMaxCount = 8;

interface Stanza {
  share: Uint8Array;
  body: Uint8Array;
}

interface ParsedHeader {
  stanzas: Stanza[];
  /** What the MAC is over. */
  authenticated: Uint8Array;
  mac: Uint8Array;
  sizeBytes: number;
}

const malformed = () => new NorenFailure("MALFORMED", "header", "not an age header of ours");

/** Parses strictly; only X25519 stanzas are known here, every other makes the header malformed. */
function parseHeader(file: Uint8Array): ParsedHeader {
  const front = file.subarray(0, headerMaxSizeBytes);
  let at = 0;
  const nextLine = (): string => {
    const end = front.indexOf(10, at);
    if (end < 0) throw malformed();
    const line = String.fromCharCode(...front.subarray(at, Math.min(end, at + 1000)));
    if (line.length !== end - at || !/^[\x20-\x7e]*$/.test(line)) throw malformed();
    at = end + 1;
    return line;
  };
  if (nextLine() !== versionLine) throw malformed();
  const stanzas: Stanza[] = [];
  for (;;) {
    const begin = at;
    const line = nextLine();
    if (line.startsWith("--- ")) {
      const mac = parseBase64Unpadded(line.slice(4));
      if (mac?.length !== 32 || stanzas.length === 0) throw malformed();
      return { stanzas, authenticated: front.subarray(0, begin + 3), mac, sizeBytes: at };
    }
    const [arrow, type, shareText, ...more] = line.split(" ");
    if (arrow !== "->" || type !== "X25519" || shareText === undefined) throw malformed();
    const share = parseBase64Unpadded(shareText);
    const bodyLine = nextLine();
    const body = bodyLine.length < bodyLineSize ? parseBase64Unpadded(bodyLine) : null;
    if (more.length > 0 || share?.length !== 32 || body?.length !== 32) throw malformed();
    if (stanzas.length === stanzasMaxCount) throw malformed();
    stanzas.push({ share, body });
  }
}

function sharedSecret(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(scalar, point);
  } catch {
    throw malformed(); // a point of small order
  }
}

function wrapKeyOf(shared: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  const info = utf8ToBytes("age-encryption.org/v1/X25519");
  return hkdf(sha256, shared, concatBytes(share, recipient), info, 32);
}

function headerMac(fileKey: Uint8Array, authenticated: Uint8Array): Uint8Array {
  return hmac(sha256, hkdf(sha256, fileKey, undefined, utf8ToBytes("header"), 32), authenticated);
}

/** The 32 bytes of `age1...`, lower case only, as the service takes it. */
export function parseRecipient(text: string): Uint8Array {
  const failure = new NorenFailure("MALFORMED", "recipient", "not an X25519 recipient (age1...)");
  if (text !== text.toLowerCase()) throw failure;
  let decoded;
  try {
    decoded = bech32.decodeToBytes(text);
  } catch {
    throw failure;
  }
  if (decoded.prefix !== "age" || decoded.bytes.length !== 32) throw failure;
  return decoded.bytes;
}

/** How many bytes at the front of `file` are its header. */
export function measureHeader(file: Uint8Array): number {
  return parseHeader(file).sizeBytes;
}

export function countStanzas(header: Uint8Array): number {
  return parseHeader(header).stanzas.length;
}

/** The file key that `header` (and nothing behind it) wraps to the X25519 `scalar`. */
export function openHeader(header: Uint8Array, scalar: Uint8Array): Uint8Array {
  const parsed = parseHeader(header);
  if (parsed.sizeBytes !== header.length) throw malformed();
  const recipient = x25519.getPublicKey(scalar);
  for (const stanza of parsed.stanzas) {
    const shared = sharedSecret(scalar, stanza.share);
    const wrapKey = wrapKeyOf(shared, stanza.share, recipient);
    let fileKey: Uint8Array;
    try {
      fileKey = chacha20poly1305(wrapKey, new Uint8Array(12)).decrypt(stanza.body);
    } catch {
      continue; // for somebody else
    }
    if (!equalBytes(headerMac(fileKey, parsed.authenticated), parsed.mac)) {
      throw new NorenFailure("DAMAGED", "header", "its MAC does not hold");
    }
    return fileKey;
  }
  throw new NorenFailure("WRONG_KEY", "header", "no stanza opens with this identity");
}

/** A header that wraps `fileKey` to each recipient, with an ephemeral share of its own for each. */
export function makeHeader(fileKey: Uint8Array, recipients: readonly string[]): Uint8Array {
  if (fileKey.length !== fileKeySizeBytes) throw malformed();
  if (recipients.length === 0 || recipients.length > stanzasMaxCount) {
    throw new NorenFailure("MALFORMED", "recipients", `1 to ${stanzasMaxCount}`);
  }
  let text = versionLine + "\n";
  for (const recipientText of recipients) {
    const recipient = parseRecipient(recipientText);
    const { secretKey, publicKey: share } = x25519.keygen();
    const wrapKey = wrapKeyOf(sharedSecret(secretKey, recipient), share, recipient);
    const body = chacha20poly1305(wrapKey, new Uint8Array(12)).encrypt(fileKey);
    text += `-> X25519 ${encodeBase64Unpadded(share)}\n${encodeBase64Unpadded(body)}\n`;
  }
  const authenticated = utf8ToBytes(text + "---");
  const mac = encodeBase64Unpadded(headerMac(fileKey, authenticated));
  return concatBytes(authenticated, utf8ToBytes(` ${mac}\n`));
}
