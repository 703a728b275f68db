// One statement with everything that shows offline that the log records it.
// Source:   docs/formats/proof_bundle.md
// SPDX-License-Identifier: Apache-2.0
import { isSignedBy } from "../acts.js";
import { equalBytes, parseBase64, sha256, utf8ToBytes } from "../bytes.js";
import {
  hasExactly,
  isJsonObject,
  parseCanonicalObject,
  type JsonObject,
  type JsonValue,
} from "../canonical_json.js";
import { commitmentOf, isParty, readEntry, type EntryFacts } from "./entry.js";
import { hashesOf } from "./export.js";
import { hashLeaf, includes } from "./merkle.js";
import { openCheckpoint, parseVerifierKey, type VerifierKey } from "./note.js";
import { Report } from "./report.js";

const bundleMaxSizeBytes = 1 << 20;
const memberNames = [
  "checkpoint",
  "entry",
  "format",
  "inclusion",
  "index",
  "openings",
  "signature",
  "statement",
];

export interface BundleExpectations {
  verifierKey: string;
  /** Ed25519 key that must have signed the statement; the report notes when none was given. */
  signer?: Uint8Array;
}

function parseBundle(bundle: Uint8Array): JsonObject | null {
  if (bundle.length > bundleMaxSizeBytes || bundle.at(-1) !== 10) return null;
  try {
    const object = parseCanonicalObject(bundle.subarray(0, -1), bundleMaxSizeBytes);
    const fits = hasExactly(object, memberNames) && object["format"] === "noren/proof-bundle/2";
    return fits ? object : null;
  } catch {
    return null;
  }
}

function base64Of(value: JsonValue | undefined, sizeBytes?: number): Uint8Array | null {
  return typeof value === "string" ? parseBase64(value, sizeBytes) : null;
}

class BundleVerifier {
  readonly report = new Report();
  readonly #bundle: JsonObject;
  readonly #key: VerifierKey;
  readonly #signer: Uint8Array | undefined;

  constructor(bundle: JsonObject, key: VerifierKey, signer: Uint8Array | undefined) {
    this.#bundle = bundle;
    this.#key = key;
    this.#signer = signer;
  }

  run(): void {
    const entry = base64Of(this.#bundle["entry"]);
    if (entry === null) {
      this.report.found("MALFORMED", "the entry is not base64");
      return;
    }
    const facts = readEntry(entry);
    if (facts === null) {
      this.report.found("ENTRY_MALFORMED", "the entry does not decode");
      return;
    }
    this.report.lastSequence = facts.sequence;
    this.#checkInclusion(entry);
    this.#checkStatement(facts);
    this.#checkOpenings(facts);
  }

  #checkInclusion(entry: Uint8Array): void {
    const { checkpoint: note, index } = this.#bundle;
    const proof = hashesOf(this.#bundle["inclusion"]);
    if (typeof note !== "string" || typeof index !== "number" || index < 0 || proof === null) {
      this.report.found("MALFORMED", "checkpoint, index or inclusion proof");
      return;
    }
    const checkpoint = openCheckpoint(note, this.#key);
    if (checkpoint === null) {
      this.report.found("SIGNATURE_INVALID", "the checkpoint is not signed by the given key");
      return;
    }
    this.report.passed("checkpoint signature");
    const { origin, head } = checkpoint;
    this.report.origin = origin;
    this.report.treeSize = Number(head.size);
    this.report.root = head.root;
    if (!includes(head, BigInt(index), hashLeaf(entry), proof)) {
      const detail = "the inclusion proof does not lead to the checkpoint's root";
      this.report.found("NOT_INCLUDED", detail);
      return;
    }
    this.report.passed("inclusion proof", proof.length);
  }

  #checkStatement(facts: EntryFacts): void {
    const { statement, signature } = this.#bundle;
    if (typeof statement !== "string") {
      this.report.found("MALFORMED", "the statement is not a text");
      return;
    }
    const kind = kindOf(statement);
    if (kind === null) {
      this.report.found("MALFORMED", "the statement is of no kind");
      return;
    }
    // What a signature covers, and what the entry has the digest of.
    const message = utf8ToBytes(`noren/${kind}\n${statement}`);
    const digest = sha256(message);
    if (facts.statementDigest === null || !equalBytes(facts.statementDigest, digest)) {
      this.report.found("STATEMENT_MISMATCH", "the entry records another statement");
      return;
    }
    this.report.passed("statement recorded by the entry");
    if (signature === null) {
      this.report.notes.push(
        "the statement carries no signature: it was proved in another way",
      );
      if (this.#signer !== undefined) {
        this.report.found("SIGNATURE_INVALID", "the statement is not signed");
      }
      return;
    }
    this.#checkSignature(message, signature);
  }

  #checkSignature(message: Uint8Array, signature: JsonValue | undefined): void {
    const isPair = isJsonObject(signature) && hasExactly(signature, ["key", "value"]);
    const key = isPair ? base64Of(signature["key"], 32) : null;
    const value = isPair ? base64Of(signature["value"]) : null;
    if (key === null || value === null) {
      this.report.found("MALFORMED", "the statement's signature");
      return;
    }
    if (!isSignedBy(key, message, value)) {
      const detail = "the statement's signature does not fit its key";
      this.report.found("SIGNATURE_INVALID", detail);
      return;
    }
    if (this.#signer === undefined) {
      this.report.notes.push(
        "the statement's signature fits the key in the bundle; whose key that is was not checked",
      );
    } else if (!equalBytes(key, this.#signer)) {
      const detail = "the statement is signed by another key than expected";
      this.report.found("SIGNATURE_INVALID", detail);
      return;
    }
    this.report.passed("statement signature");
  }

  #checkOpenings(facts: EntryFacts): void {
    const openings = this.#bundle["openings"];
    if (!isJsonObject(openings)) {
      this.report.found("MALFORMED", "the openings are not an object");
      return;
    }
    let opened = 0;
    for (const [party, opening] of Object.entries(openings)) {
      if (!isParty(party) || !isJsonObject(opening)) {
        this.report.found("MALFORMED", "an opening of something that is no party");
        return;
      }
      const { name } = opening;
      const salt = base64Of(opening["salt"], 16);
      const named = hasExactly(opening, ["name", "salt"]);
      if (!named || typeof name !== "string" || salt === null) {
        this.report.found("MALFORMED", "an opening");
        return;
      }
      const commitment = facts[party];
      if (commitment === null || !equalBytes(commitment, commitmentOf(party, salt, name))) {
        const detail = "a revealed name does not open its commitment";
        this.report.found("OPENING_MISMATCH", detail);
        return;
      }
      opened++;
    }
    if (opened > 0) this.report.passed("names opened", opened);
  }
}

function kindOf(statement: string): string | null {
  try {
    const kind = parseCanonicalObject(statement)["noren"];
    return typeof kind === "string" ? kind : null;
  } catch {
    return null;
  }
}

/** Verifies a proof bundle, all of its bytes with the line feed at the end. */
export function verifyBundle(bundle: Uint8Array, expectations: BundleExpectations): Report {
  const key = parseVerifierKey(expectations.verifierKey);
  const object = parseBundle(bundle);
  if (object === null) {
    const report = new Report();
    report.found("MALFORMED", "not a proof bundle");
    return report;
  }
  const verifier = new BundleVerifier(object, key, expectations.signer);
  verifier.run();
  return verifier.report;
}
