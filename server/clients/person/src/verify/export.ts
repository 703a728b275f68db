// A whole log, read once in constant memory.
// Source:   docs/formats/audit_export.md, audit_entry.md
// SPDX-License-Identifier: Apache-2.0
import { concatBytes, equalBytes, parseBase64, sha256 } from "../bytes.js";
import { hasExactly, parseCanonicalObject, type JsonObject } from "../canonical_json.js";
import { NorenFailure } from "../failure.js";
import { readEntry, type EntryFacts, type LostEntries } from "./entry.js";
import { extendsTree, Frontier, hashLeaf, type TreeHead } from "./merkle.js";
import { openCheckpoint, parseVerifierKey, type VerifierKey } from "./note.js";
import { Report } from "./report.js";

// A checkpoint has up to 64 KiB, and JSON may write a byte of it as six.
const lineMaxSizeBytes = 512 << 10;

export interface ExportExpectations {
  /** C2SP: `<origin>+<key hash>+<base64>`. */
  verifierKey: string;
  /** A signed note seen earlier or elsewhere. */
  knownCheckpoint?: string | Uint8Array;
}

type LineEnd = "line" | "tooLong" | "unended";
interface Line {
  bytes: Uint8Array;
  end: LineEnd;
}

/** Lines as they come; one that is too long, or that nothing ends, is the last. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
      const bytes = concatBytes(...pieces, chunk.subarray(at, end));
      yield { bytes, end: bytes.length > lineMaxSizeBytes ? "tooLong" : "line" };
      pieces = [];
      size = 0;
      at = end + 1;
    }
    pieces.push(chunk.slice(at));
    size += chunk.length - at;
    if (size > lineMaxSizeBytes) return yield { bytes: new Uint8Array(), end: "tooLong" };
  }
  if (size > 0) yield { bytes: concatBytes(...pieces), end: "unended" };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

class ExportVerifier {
  readonly report = new Report();
  readonly #frontier = new Frontier();
  #lines: AsyncGenerator<Line>;
  #lineNumber = 0;
  #partition = 0;
  #olderSize = 0;
  #olderRoot: Uint8Array | null = null;
  #rootAtKnown: Uint8Array | null = null;
  readonly #lost: LostEntries[] = [];
  #sequence = 0n;
  #head: Uint8Array = new Uint8Array(32);
  #consentRoot: Uint8Array = new Uint8Array(32);
  #trailer: JsonObject | null = null;
  readonly key: VerifierKey;
  readonly known: TreeHead | null;

  constructor(chunks: AsyncIterable<Uint8Array>, key: VerifierKey, known: TreeHead | null) {
    this.#lines = linesOf(chunks);
    this.key = key;
    this.known = known;
  }

  async run(): Promise<Report> {
    if ((await this.#readHeader()) && (await this.#readEntries())) {
      await this.#checkTrailer();
      this.#checkKnown();
    }
    this.report.treeSize = this.#frontier.size;
    this.report.lastSequence = this.#sequence;
    this.report.root = this.#frontier.root();
    return this.report;
  }

  #found(code: Parameters<Report["found"]>[0], detail: string): false {
    return this.report.found(code, detail, this.#lineNumber);
  }

  async #nextObject(): Promise<JsonObject | null> {
    this.#lineNumber++;
    const next = await this.#lines.next();
    if (next.done === true) {
      this.#found("MALFORMED", "the file ends before its last line");
      return null;
    }
    try {
      if (next.value.end === "line") {
        return parseCanonicalObject(next.value.bytes, lineMaxSizeBytes);
      }
    } catch {
      // said below, for every reason alike
    }
    this.#found("MALFORMED", "not a line of canonical JSON");
    return null;
  }

  async #readHeader(): Promise<boolean> {
    const header = await this.#nextObject();
    if (header === null) return false;
    const { format, origin } = header;
    const olderSize = unsigned(header["older_size"]);
    const partition = unsigned(header["partition"]);
    const named = hasExactly(header, ["format", "older_size", "origin", "partition"]);
    if (!named || typeof origin !== "string" || format !== "noren/audit-export/1") {
      return this.#found("MALFORMED", "the first line is not the header of an audit export");
    }
    if (olderSize === null || partition === null) {
      return this.#found("MALFORMED", "the first line is not the header of an audit export");
    }
    this.report.origin = origin;
    this.#partition = partition;
    this.#olderSize = olderSize;
    if (origin !== this.key.name) {
      return this.#found("WRONG_LOG", "the export is of another log than the key");
    }
    const isFurther = origin.split("/").length > 2;
    const fits = isFurther
      ? partition !== 0 && origin.endsWith(`/${partition}`)
      : partition === 0;
    return fits || this.#found("WRONG_LOG", "the partition is not the origin's");
  }

  async #readEntries(): Promise<boolean> {
    this.#rememberRoots();
    for (;;) {
      const line = await this.#nextObject();
      if (line === null) return false;
      if (typeof line["checkpoint"] === "string") {
        this.#trailer = line;
        for (const name of ["leaf hashes", "chain heads", "sequence without gaps"]) {
          this.report.passed(name, this.#frontier.size);
        }
        if (!this.report.has("CONSENT_ROOT_MOVED")) {
          this.report.passed("consents changed by consent entries only", this.#frontier.size);
        }
        return true;
      }
      if (!this.#readEntry(line)) return false;
    }
  }

  #readEntry(line: JsonObject): boolean {
    const entry = base64Of(line["entry"]);
    const head = base64Of(line["head"], 32);
    const index = unsigned(line["index"]);
    const named = hasExactly(line, ["entry", "head", "index"]);
    if (!named || entry === null || head === null || index === null) {
      return this.#found("MALFORMED", "not an entry line");
    }
    if (index !== this.#frontier.size) {
      return this.#found("SEQUENCE_GAP", `expected index ${this.#frontier.size}`);
    }
    const facts = readEntry(entry);
    if (facts === null) return this.#found("ENTRY_MALFORMED", "the entry does not decode");
    if (facts.partition !== this.#partition) {
      return this.#found("WRONG_LOG", "the entry is of another partition");
    }
    if (!this.#followSequence(facts)) return false;
    const leafHash = hashLeaf(entry);
    this.#head = sha256(concatBytes(this.#head, leafHash));
    if (!equalBytes(this.#head, head)) {
      return this.#found("CHAIN_BROKEN", "the chain head is not what the entries give");
    }
    this.#followConsentRoot(facts);
    this.#frontier.append(leafHash);
    this.#rememberRoots();
    return true;
  }

  #followSequence(facts: EntryFacts): boolean {
    let expected = this.#sequence + 1n;
    const lost = facts.lost;
    if (lost !== null) {
      const more = lost.treeSize - BigInt(this.#frontier.size);
      const sequences = lost.lastSequence - lost.firstSequence + 1n;
      const follows = this.#sequence > 0n && lost.firstSequence === expected && sequences > 0n;
      if (!follows || lost.treeSize < 1n || lost.treeSize > lost.lastSequence) {
        return this.#found("SEQUENCE_GAP", "the lost range does not follow the entry before");
      }
      // A lost log that is not longer, or longer by more than the sequences, had another backup
      // under it than this one: then only the sequences bound how many entries are lost.
      const counted = more > 0n && more <= sequences;
      const [count, bound] = counted ? [more, ""] : [sequences, "up to "];
      this.#lost.push(lost);
      this.report.lostEntries += count;
      this.report.notes.push(
        `a restore at line ${this.#lineNumber} declares ${bound}${count} acknowledged entries ` +
          `lost, from sequence ${lost.firstSequence}`,
      );
      expected = lost.lastSequence + 1n;
    }
    if (facts.sequence !== expected) {
      const detail = `expected sequence ${expected}, found ${facts.sequence}`;
      return this.#found("SEQUENCE_GAP", detail);
    }
    this.#sequence = expected;
    return true;
  }

  /** The first move is the finding; those after it may follow from it. */
  #followConsentRoot({ consentRoot, mayChangeConsents }: EntryFacts): void {
    const moved = !mayChangeConsents && !equalBytes(consentRoot, this.#consentRoot);
    if (moved && !this.report.has("CONSENT_ROOT_MOVED")) {
      const detail = "consents changed under an entry that cannot change any";
      this.#found("CONSENT_ROOT_MOVED", detail);
    }
    this.#consentRoot = consentRoot;
  }

  #rememberRoots(): void {
    const size = this.#frontier.size;
    if (this.#olderSize > 0 && size === this.#olderSize) this.#olderRoot = this.#frontier.root();
    if (this.known?.size === BigInt(size)) this.#rootAtKnown = this.#frontier.root();
  }

  async #checkTrailer(): Promise<void> {
    const trailer = this.#trailer as JsonObject;
    const named = hasExactly(trailer, ["checkpoint", "consistency", "tree_size"]);
    if (!named || unsigned(trailer["tree_size"]) !== this.#frontier.size) {
      this.#found("MALFORMED", "the last line does not fit the entries");
    }
    if ((await this.#lines.next()).done !== true) {
      this.#found("MALFORMED", "the file goes on after its last line");
    }
    this.#checkCheckpoint(String(trailer["checkpoint"]));
    this.#checkConsistency(hashesOf(trailer["consistency"]));
  }

  #checkCheckpoint(note: string): void {
    const checkpoint = openCheckpoint(note, this.key);
    if (checkpoint === null) {
      this.#found("SIGNATURE_INVALID", "the checkpoint is not signed by the given key");
      return;
    }
    this.report.passed("checkpoint signature");
    const size = this.#frontier.size;
    const { head } = checkpoint;
    if (head.size > BigInt(size)) {
      const detail = `the checkpoint covers ${head.size} entries, the file holds ${size}`;
      this.#found("TRUNCATED", detail);
    } else if (head.size !== BigInt(size) || !equalBytes(head.root, this.#frontier.root())) {
      this.#found("ROOT_MISMATCH", "the entries do not give the checkpoint's root");
    } else {
      this.report.passed("root hash", size);
    }
  }

  #checkConsistency(proof: Uint8Array[] | null): void {
    if (proof === null || (this.#olderSize === 0) !== (proof.length === 0)) {
      this.#found("MALFORMED", "the consistency proof does not fit the header");
      return;
    }
    if (this.#olderSize === 0) return;
    const newer = { size: BigInt(this.#frontier.size), root: this.#frontier.root() };
    const root = this.#olderRoot;
    if (root === null || !extendsTree({ size: BigInt(this.#olderSize), root }, newer, proof)) {
      this.#found("INCONSISTENT", "the consistency proof does not hold");
      return;
    }
    this.report.passed("consistency proof", proof.length);
  }

  #checkKnown(): void {
    const known = this.known;
    if (known === null) {
      this.report.notes.push(
        "no earlier checkpoint was given: that the log was never longer, or other, than it is " +
          "now was not checked",
      );
      return;
    }
    const size = Number(known.size);
    const declared = this.#lost.some(
      (lost) => lost.treeSize === known.size && equalBytes(lost.root, known.root),
    );
    if (this.#rootAtKnown !== null && equalBytes(this.#rootAtKnown, known.root)) {
      this.report.passed("extends the known checkpoint", size);
    } else if (declared) {
      this.report.passed("declares the known checkpoint lost", size);
    } else if (size > this.#frontier.size) {
      const holds = this.#frontier.size;
      this.#found(
        "TRUNCATED",
        `a known checkpoint covers ${size} entries, the file holds ${holds}`,
      );
    } else {
      const detail = `the first ${size} entries are not those of the known checkpoint`;
      this.#found("INCONSISTENT", detail);
    }
  }
}

function unsigned(value: unknown): number | null {
  return typeof value === "number" && value >= 0 ? value : null;
}
function base64Of(value: unknown, sizeBytes?: number): Uint8Array | null {
  return typeof value === "string" ? parseBase64(value, sizeBytes) : null;
}

/** A list of hashes; null when it is anything else. */
export function hashesOf(value: unknown): Uint8Array[] | null {
  if (!Array.isArray(value)) return null;
  const hashes = value.map((item) => base64Of(item, 32));
  return hashes.includes(null) ? null : (hashes as Uint8Array[]);
}

/**
 * Verifies an export of `noren audit export`.
 *   errors  MALFORMED: the key, or the known checkpoint, is unusable; all else is in the report
 */
export async function verifyExport(
  input: Uint8Array | AsyncIterable<Uint8Array>,
  expectations: ExportExpectations,
): Promise<Report> {
  const key = parseVerifierKey(expectations.verifierKey);
  let known: TreeHead | null = null;
  if (expectations.knownCheckpoint !== undefined) {
    const opened = openCheckpoint(expectations.knownCheckpoint, key);
    if (opened === null) {
      const why = "the known checkpoint is not one that this key signed";
      throw new NorenFailure("MALFORMED", "older", why);
    }
    known = opened.head;
  }
  const chunks = input instanceof Uint8Array ? once(input) : input;
  return new ExportVerifier(chunks, key, known).run();
}
