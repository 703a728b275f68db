// What a person took away: the document, what the service signed of it, a proof for each act.
// Source:   docs/formats/person_export.md
// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, parseHex, parseUtf8, sha256 } from "../bytes.js";
import { isJsonObject, parseCanonicalObject, type JsonObject } from "../canonical_json.js";
import { verifyBundle } from "./bundle.js";
import { openNote, parseVerifierKey, type VerifierKey } from "./note.js";
import { Report } from "./report.js";

const format = "noren/person-export/1";
const documentMaxSizeBytes = 32 << 20;

export interface PersonExportFiles {
  /** All bytes, with the line feed at the end. */
  document: Uint8Array;
  note: Uint8Array;
  proofs: Uint8Array[];
}

interface GivenActs {
  statements: Set<string>;
  personKey: Uint8Array | null;
}

function parseLine(line: Uint8Array): JsonObject | null {
  if (line.length > documentMaxSizeBytes || line.at(-1) !== 10) return null;
  try {
    return parseCanonicalObject(line.subarray(0, -1), documentMaxSizeBytes);
  } catch {
    return null;
  }
}

/** What the acts are compared with; null: not such a document. */
function givenActs(document: Uint8Array): GivenActs | null {
  const object = parseLine(document);
  const given = object?.["given"];
  if (object?.["format"] !== format || !isJsonObject(given)) return null;
  const { acts, person_key: key } = given;
  if (!Array.isArray(acts)) return null;
  const statements = new Set<string>();
  for (const act of acts) {
    if (!isJsonObject(act) || typeof act["statement"] !== "string") return null;
    statements.add(act["statement"]);
  }
  const personKey = typeof key === "string" ? parseHex(key, 32) : null;
  if (key !== null && personKey === null) return null;
  return { statements, personKey };
}

function checkSignature(files: PersonExportFiles, key: VerifierKey, report: Report): void {
  const text = openNote(parseUtf8(files.note) ?? "", key);
  if (text === null) {
    report.found("SIGNATURE_INVALID", "the export is not signed by the given key");
    return;
  }
  report.origin = key.name;
  report.passed("signature of the export");
  if (text !== `${format}\n${bytesToHex(sha256(files.document))}\n`) {
    report.found("STATEMENT_MISMATCH", "the document is not the one that was signed");
    return;
  }
  report.passed("document as signed");
}

/** The statement that the bundle proves, when it is one of the document. */
function checkProof(
  proof: Uint8Array,
  acts: GivenActs,
  expected: { verifierKey: string; name: string },
  report: Report,
): string | null {
  const bundle = parseLine(proof);
  const isSigned = bundle !== null && bundle["signature"] !== null;
  const signer = isSigned && acts.personKey !== null ? { signer: acts.personKey } : {};
  const found = verifyBundle(proof, { verifierKey: expected.verifierKey, ...signer });
  for (const { code, detail } of found.findings) report.found(code, `${expected.name}: ${detail}`);
  if (!found.verified) return null;
  if ((found.treeSize ?? 0) > (report.treeSize ?? 0)) report.treeSize = found.treeSize;
  if (found.lastSequence > report.lastSequence) report.lastSequence = found.lastSequence;
  const statement = bundle?.["statement"];
  if (typeof statement !== "string" || !acts.statements.has(statement)) {
    const detail = `${expected.name}: an act that is not in the document`;
    report.found("STATEMENT_MISMATCH", detail);
    return null;
  }
  return statement;
}

/** Verifies everything that was written by `noren person export`. */
export function verifyPersonExport(files: PersonExportFiles, verifierKey: string): Report {
  const key = parseVerifierKey(verifierKey);
  const report = new Report();
  report.treeSize = 0;
  const acts = givenActs(files.document);
  if (acts === null) {
    report.found("MALFORMED", "not what a person took away");
    return report;
  }
  checkSignature(files, key, report);
  const proved = new Set<string>();
  let right = 0;
  files.proofs.forEach((proof, i) => {
    const statement = checkProof(proof, acts, { verifierKey, name: `proof ${i + 1}` }, report);
    if (statement === null) return;
    proved.add(statement);
    right++;
  });
  if (right > 0) report.passed("acts in the log", right);
  const unproved = acts.statements.size - proved.size;
  if (unproved > 0) report.notes.push(`acts of the document without a proof: ${unproved}`);
  return report;
}
