// The person's keys: 32 random bytes, and from them the Ed25519 key that signs acts and the age
// identity that opens items. They never leave the client but on the person's own recovery sheet.
// Source:   docs/formats/person_keys.md; RFC 8032; C2SP age.md
// Secrets:  the root, the seed, the scalar; overwritten by `destroy` as far as the language allows
// SPDX-License-Identifier: Apache-2.0
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { bech32 } from "@scure/base";
import { armor, Decrypter, Encrypter } from "age-encryption";

import { bytesToHex, sha256, utf8ToBytes } from "./bytes.js";
import { NorenFailure } from "./failure.js";

const rootSizeBytes = 32;
const textPrefix = "noren-person-key-";
const identityPrefix = "age-secret-key-";
const signInfo = "noren/person/sign/1";
const itemsInfo = "noren/person/items/1";

function derive(root: Uint8Array, info: string): Uint8Array {
  return hkdf(sha256, root, undefined, utf8ToBytes(info), 32);
}

function encodeSecret(prefix: string, secret: Uint8Array): string {
  return bech32.encodeFromBytes(prefix, secret).toUpperCase();
}

/** The public half: what a registration carries. */
export interface PersonPublicKeys {
  /** Ed25519, 32 bytes: acts are signed by it. */
  readonly personKey: Uint8Array;
  /** `age1...`: items are encrypted for it. */
  readonly recipient: string;
}

export class PersonKeys implements PersonPublicKeys {
  readonly #root: Uint8Array;
  readonly #seed: Uint8Array;
  readonly #scalar: Uint8Array;
  #alive = true;
  readonly personKey: Uint8Array;
  readonly recipient: string;

  private constructor(root: Uint8Array) {
    this.#root = Uint8Array.from(root);
    this.#seed = derive(root, signInfo);
    this.#scalar = derive(root, itemsInfo);
    this.personKey = ed25519.getPublicKey(this.#seed);
    this.recipient = bech32.encodeFromBytes("age", x25519.getPublicKey(this.#scalar));
  }

  static generate(): PersonKeys {
    return new PersonKeys(crypto.getRandomValues(new Uint8Array(rootSizeBytes)));
  }

  static fromRoot(root: Uint8Array): PersonKeys {
    if (root.length !== rootSizeBytes) throw new NorenFailure("MALFORMED", "root", "not 32 bytes");
    return new PersonKeys(root);
  }

  /** Of `NOREN-PERSON-KEY-1...`, in either case; a mistyped letter is found by the checksum. */
  static fromSecretText(text: string): PersonKeys {
    let decoded;
    try {
      decoded = bech32.decodeToBytes(text);
    } catch {
      throw new NorenFailure("MALFORMED", "key", "mistyped: the checksum does not hold");
    }
    if (decoded.prefix !== textPrefix || decoded.bytes.length !== rootSizeBytes) {
      throw new NorenFailure("MALFORMED", "key", "not a person's key");
    }
    return new PersonKeys(decoded.bytes);
  }

  /** Everything, as one line: for the recovery sheet and nothing else. */
  exposeSecretText(): string {
    return encodeSecret(textPrefix, this.#living(this.#root));
  }

  /** `AGE-SECRET-KEY-1...`: opens the items with any age program. */
  exposeAgeIdentity(): string {
    return encodeSecret(identityPrefix, this.#living(this.#scalar));
  }

  /** The seed as `noren act sign` reads it: 64 hex digits. */
  exposeSigningSeedHex(): string {
    return bytesToHex(this.#living(this.#seed));
  }

  exposeItemsScalar(): Uint8Array {
    return Uint8Array.from(this.#living(this.#scalar));
  }

  signBytes(message: Uint8Array): Uint8Array {
    return ed25519.sign(message, this.#living(this.#seed));
  }

  /** The keys in an armored age file under a passphrase, to be kept on the device. */
  async exportSealed(passphrase: string): Promise<string> {
    if (passphrase.length < 12) {
      throw new NorenFailure("MALFORMED", "passphrase", "at least 12 characters");
    }
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    return armor.encode(await encrypter.encrypt(this.exposeSecretText() + "\n"));
  }

  static async importSealed(sealed: string, passphrase: string): Promise<PersonKeys> {
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    let text: string;
    try {
      text = await decrypter.decrypt(armor.decode(sealed), "text");
    } catch {
      throw new NorenFailure("WRONG_KEY", "passphrase", "another passphrase, or a damaged file");
    }
    return PersonKeys.fromSecretText(text.trimEnd());
  }

  #living(secret: Uint8Array): Uint8Array {
    if (!this.#alive) throw new NorenFailure("WRONG_KEY", "key", "the keys were destroyed");
    return secret;
  }

  /** Overwrites the secrets; nothing can be signed or opened afterwards. */
  destroy(): void {
    this.#alive = false;
    for (const secret of [this.#root, this.#seed, this.#scalar]) secret.fill(0);
  }

  /** Neither JSON nor a log shows more than what is public. */
  toJSON(): object {
    return { personKey: bytesToHex(this.personKey), recipient: this.recipient };
  }
}
