// Exports and bundles: the golden files of the C++ side pass, every changed byte and
// every kind of lie is found with the code that the documents name.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  commitmentOf,
  reportText,
  verifyBundle,
  verifyExport,
  type Finding,
  type Report,
} from "../src/verify/index.js";
import { encodeBase64, parseBase64, sha256, utf8ToBytes } from "../src/bytes.js";
import { writeCanonical, type JsonObject, type JsonValue } from "../src/index.js";
import {
  checkpointOf,
  encodeEntry,
  exportLines,
  fileOf,
  inclusionOf,
  leafOf,
  rootOf,
  signNote,
  verifierKeyOf,
  type EntryParts,
} from "./log_writer.js";
import { fails, filled, golden, goldenBytes } from "./support.js";

const verifierKey = verifierKeyOf("noren/sample");
const goldenExport = goldenBytes("audit_export_v1.jsonl");
const goldenBundle = goldenBytes("proof_bundle_v2.json");

async function exportOf(lines: string[], knownCheckpoint?: string): Promise<Report> {
  const known = knownCheckpoint === undefined ? {} : { knownCheckpoint };
  return verifyExport(fileOf(lines), { verifierKey, ...known });
}
function finds(report: Report, code: Finding, line?: number): void {
  const found = report.findings.find((finding) => finding.code === code);
  assert.ok(found !== undefined, `${code}, not: ${reportText(report)}`);
  if (line !== undefined) assert.equal(found.line, line);
  assert.ok(!report.verified);
}
const entriesOf = (count: number, parts: Partial<EntryParts> = {}) =>
  Array.from({ length: count }, (_, i) => encodeEntry({ sequence: i + 1, ...parts }));

describe("an audit export", () => {
  it("of the golden file passes, and the report is the one of noren audit verify", async () => {
    const report = await verifyExport(goldenExport, { verifierKey });
    const [, , root = ""] = golden("audit_export_v1.jsonl").split('"checkpoint":"')[1]!.split("\\n");
    const rootHex = Buffer.from(root, "base64").toString("hex");
    assert.equal(
      reportText(report),
      `log       noren/sample
tree size 6
sequence  8
root      ${rootHex}
  ok    leaf hashes (6)
  ok    chain heads (6)
  ok    sequence without gaps (6)
  ok    consents changed by consent entries only (6)
  ok    checkpoint signature (1)
  ok    root hash (6)
  ok    consistency proof (4)
  note  a restore at line 7 declares 2 acknowledged entries lost, from sequence 6
  note  no earlier checkpoint was given: that the log was never longer, or other, than it is now was not checked
verified
`,
    );
    assert.equal(report.lostEntries, 2n);
  });
  it("fails with any byte changed", async () => {
    for (let i = 0; i < goldenExport.length; i++) {
      const changed = Uint8Array.from(goldenExport);
      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8));
      const report = await verifyExport(changed, { verifierKey });
      assert.ok(!report.verified, `byte ${i}`);
    }
  });
  it("fails when it is cut anywhere or goes on", async () => {
    for (let size = 0; size < goldenExport.length; size += 1) {
      const report = await verifyExport(goldenExport.slice(0, size), { verifierKey });
      assert.ok(report.has("MALFORMED"), `cut at ${size}`);
    }
    const longer = new Uint8Array([...goldenExport, 10]);
    finds(await verifyExport(longer, { verifierKey }), "MALFORMED");
  });
  it("reads the same in chunks of any size", async () => {
    for (const step of [1, 7, 64, 5000]) {
      const chunks = (async function* () {
        for (let at = 0; at < goldenExport.length; at += step) {
          yield goldenExport.slice(at, at + step);
        }
      })();
      assert.ok((await verifyExport(chunks, { verifierKey })).verified);
    }
  });
  it("without a line that ends is given up at 512 KiB", async () => {
    finds(await verifyExport(filled(0x7b, 1 << 20), { verifierKey }), "MALFORMED", 1);
  });
  it("of another log or partition is found", async () => {
    const lines = exportLines(entriesOf(3), { origin: "noren/other" });
    finds(await exportOf(lines), "WRONG_LOG", 1);
    finds(await exportOf(exportLines(entriesOf(3), { partition: 1 })), "WRONG_LOG", 1);
    finds(await exportOf(exportLines(entriesOf(3, { partition: 1 }))), "WRONG_LOG", 2);
    const partition = { origin: "noren/sample/2", partition: 2 };
    const further = fileOf(exportLines(entriesOf(3, { partition: 2 }), partition));
    const key = verifierKeyOf("noren/sample/2");
    assert.ok((await verifyExport(further, { verifierKey: key })).verified);
    const wrong = fileOf(exportLines(entriesOf(3), { origin: "noren/sample/2", partition: 0 }));
    finds(await verifyExport(wrong, { verifierKey: key }), "WRONG_LOG", 1);
  });
  it("with an entry missing, twice, out of order or of another number is found", async () => {
    const entries = entriesOf(5);
    const pick = (...indexes: number[]) => indexes.map((i) => entries[i] as Uint8Array);
    assert.ok((await exportOf(exportLines(entries))).verified);
    finds(await exportOf(exportLines(pick(0, 1, 3, 4))), "SEQUENCE_GAP", 4);
    finds(await exportOf(exportLines(pick(0, 1, 1, 2))), "SEQUENCE_GAP", 4);
    finds(await exportOf(exportLines(pick(1, 0, 2))), "SEQUENCE_GAP", 2);
    const lines = exportLines(entries);
    finds(await exportOf([...lines.slice(0, 2), ...lines.slice(3)]), "SEQUENCE_GAP", 3);
  });
  it("with another head, root or size than the entries give is found", async () => {
    const entries = entriesOf(4);
    const lines = exportLines(entries);
    const edit = (at: number, change: (line: JsonObject) => void): string[] => {
      const line = JSON.parse(lines[at] as string) as JsonObject;
      change(line);
      return lines.map((text, i) => (i === at ? writeCanonical(line) : text));
    };
    const heads = edit(2, (line) => (line["head"] = encodeBase64(filled(1))));
    finds(await exportOf(heads), "CHAIN_BROKEN", 3);
    const leaves = entries.map(leafOf);
    const origin = "noren/sample";
    const sign = (size: number, root: Uint8Array) =>
      signNote(`${origin}\n${size}\n${encodeBase64(root)}\n`, origin);
    const note = (text: string) => edit(5, (line) => (line["checkpoint"] = text));
    finds(await exportOf(note(sign(4, filled(1)))), "ROOT_MISMATCH", 6);
    finds(await exportOf(note(sign(3, rootOf(leaves)))), "ROOT_MISMATCH", 6);
    finds(await exportOf(note(sign(5, rootOf(leaves)))), "TRUNCATED", 6);
    finds(await exportOf(edit(5, (line) => (line["tree_size"] = 5))), "MALFORMED", 6);
    finds(await exportOf(edit(5, (line) => (line["more"] = 5))), "MALFORMED", 6);
    const foreign = signNote(`${origin}\n4\n${encodeBase64(rootOf(leaves))}\n`, origin, filled(8));
    finds(await exportOf(note(foreign)), "SIGNATURE_INVALID", 6);
  });
  it("with a consistency proof that does not hold, lacks or is too much is found", async () => {
    const lines = exportLines(entriesOf(6), { olderSize: 3 });
    assert.ok((await exportOf(lines)).verified);
    const trailer = JSON.parse(lines[7] as string) as JsonObject;
    const proof = trailer["consistency"] as string[];
    const withProof = (consistency: JsonValue) =>
      exportOf([...lines.slice(0, 7), writeCanonical({ ...trailer, consistency })]);
    finds(await withProof([]), "MALFORMED", 8);
    finds(await withProof(["AA=="]), "MALFORMED", 8);
    finds(await withProof([...proof].reverse()), "INCONSISTENT", 8);
    finds(await withProof(proof.slice(1)), "INCONSISTENT", 8);
    const unasked = exportLines(entriesOf(6));
    finds(await exportOf([...unasked.slice(0, 7), lines[7] as string]), "MALFORMED", 8);
  });
  it("that a known checkpoint contradicts is found", async () => {
    const entries = entriesOf(6);
    const leaves = entries.map(leafOf);
    const origin = "noren/sample";
    const known = checkpointOf(leaves.slice(0, 4), origin);
    const report = await exportOf(exportLines(entries), known);
    assert.ok(report.verified);
    assert.ok(report.notes.length === 0);
    finds(await exportOf(exportLines(entries.slice(0, 3)), known), "TRUNCATED");
    const rewritten = [...entriesOf(3), encodeEntry({ sequence: 4, operation: 69 })];
    finds(await exportOf(exportLines(rewritten), known), "INCONSISTENT");
    const foreign = signNote(`${origin}\n4\n${encodeBase64(rootOf(leaves))}\n`, origin, filled(8));
    await fails(() => exportOf(exportLines(entries), foreign), "MALFORMED", "older");
  });
  it("declares exactly what a restore lost, or is found", async () => {
    const before = entriesOf(6);
    const root = rootOf(before.map(leafOf));
    const known = checkpointOf(before.map(leafOf), "noren/sample");
    const restored = (lost: { first: number; last: number; size: number; root: Uint8Array }) => [
      ...before.slice(0, 4),
      encodeEntry({ sequence: lost.last + 1, lost }),
      encodeEntry({ sequence: lost.last + 2 }),
    ];
    const honest = { first: 5, last: 6, size: 6, root };
    const report = await exportOf(exportLines(restored(honest)), known);
    assert.ok(report.verified, reportText(report));
    assert.equal(report.lostEntries, 2n);
    // The lost log was no longer than this one: an older backup had been restored before this one.
    const newer = await exportOf(exportLines(restored({ ...honest, size: 3 })));
    assert.ok(newer.verified, reportText(newer));
    assert.match(reportText(newer), /declares up to 2 acknowledged entries lost, from sequence 5/);
    const otherRoot = restored({ ...honest, root: filled(1) });
    finds(await exportOf(exportLines(otherRoot), known), "INCONSISTENT");
    for (const lie of [
      { ...honest, first: 6 },
      { ...honest, last: 4 },
      { ...honest, size: 0 },
      { ...honest, size: 8 },
    ]) {
      finds(await exportOf(exportLines(restored(lie)), known), "SEQUENCE_GAP", 6);
    }
  });
  it("whose consents change under an entry that cannot change any is found", async () => {
    const roots = [0, 1, 1, 2, 2].map((byte) => filled(byte));
    const log = (operations: number[]) =>
      operations.map((operation, i) =>
        encodeEntry({ sequence: i + 1, operation, consentRoot: roots[i] as Uint8Array }),
      );
    const report = await exportOf(exportLines(log([16, 66, 80, 67, 48])));
    assert.ok(report.verified, reportText(report));
    assert.match(reportText(report), /consents changed by consent entries only \(5\)/);
    finds(await exportOf(exportLines(log([16, 66, 80, 80, 48]))), "CONSENT_ROOT_MOVED", 5);
    finds(await exportOf(exportLines(log([16, 80, 80, 80, 48]))), "CONSENT_ROOT_MOVED", 3);
  });
  it("needs a usable key", async () => {
    for (const key of ["", "noren/sample", verifierKey.replace("+f", "+e"), verifierKey + "A"]) {
      await fails(() => verifyExport(goldenExport, { verifierKey: key }), "MALFORMED", "key");
    }
  });
});

describe("a proof bundle", () => {
  const object = JSON.parse(golden("proof_bundle_v2.json")) as JsonObject;
  const signature = object["signature"] as JsonObject;
  const signer = parseBase64(String(signature["key"])) as Uint8Array;
  const fileOfBundle = (changes: JsonObject) =>
    utf8ToBytes(writeCanonical({ ...object, ...changes }) + "\n");
  const bundleOf = (changes: JsonObject) => verifyBundle(fileOfBundle(changes), { verifierKey });

  it("of the golden file passes, with the signer it names", () => {
    const report = verifyBundle(goldenBundle, { verifierKey, signer });
    assert.ok(report.verified, reportText(report));
    assert.equal(report.checks.length, 5);
    assert.equal(report.notes.length, 0);
    assert.equal(report.lastSequence, 3n);
    assert.equal(report.treeSize, 7);
  });
  it("notes that nobody said who signs", () => {
    const report = verifyBundle(goldenBundle, { verifierKey });
    assert.match(reportText(report), /whose key that is was not checked/);
    assert.ok(report.verified);
  });
  it("fails with any byte changed, cut or added", () => {
    for (let i = 0; i < goldenBundle.length; i++) {
      const changed = Uint8Array.from(goldenBundle);
      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8));
      assert.ok(!verifyBundle(changed, { verifierKey }).verified, `byte ${i}`);
      const cut = goldenBundle.slice(0, i);
      finds(verifyBundle(cut, { verifierKey }), "MALFORMED");
    }
    finds(verifyBundle(new Uint8Array([...goldenBundle, 10]), { verifierKey }), "MALFORMED");
    finds(verifyBundle(filled(0x7b, 2 << 20), { verifierKey }), "MALFORMED");
  });
  it("fails with any member changed, with the finding of that member", () => {
    const openings = object["openings"] as Record<string, JsonObject>;
    const inclusion = object["inclusion"] as string[];
    const other = encodeBase64(filled(1));
    const cases: [JsonObject, Finding][] = [
      [{ format: "noren/proof-bundle/1" }, "MALFORMED"],
      [{ more: 1 }, "MALFORMED"],
      [{ statement: 1 }, "MALFORMED"],
      [{ statement: String(object["statement"]).replace("1767", "1768") }, "STATEMENT_MISMATCH"],
      [{ entry: "AQ==" }, "ENTRY_MALFORMED"],
      [{ entry: "A" }, "MALFORMED"],
      [{ index: 3 }, "NOT_INCLUDED"],
      [{ index: 7 }, "NOT_INCLUDED"],
      [{ index: -1 }, "MALFORMED"],
      [{ inclusion: [...inclusion].reverse() }, "NOT_INCLUDED"],
      [{ inclusion: inclusion.slice(1) }, "NOT_INCLUDED"],
      [{ inclusion: [...inclusion, other] }, "NOT_INCLUDED"],
      [{ inclusion: ["AA=="] }, "MALFORMED"],
      [{ checkpoint: String(object["checkpoint"]).replace("\n7\n", "\n8\n") }, "SIGNATURE_INVALID"],
      [{ signature: { ...signature, key: other } }, "SIGNATURE_INVALID"],
      [{ signature: { ...signature, value: other } }, "SIGNATURE_INVALID"],
      [{ signature: { key: "", value: "" } }, "MALFORMED"],
      [{ signature: [] }, "MALFORMED"],
      [{ openings: { witness: openings["subject"] ?? null } }, "MALFORMED"],
      [{ openings: { subject: openings["object"] ?? null } }, "OPENING_MISMATCH"],
      [{ openings: { subject: { ...openings["subject"], name: "person-3" } } }, "OPENING_MISMATCH"],
      [{ openings: { subject: { name: "person-2", salt: "AA==" } } }, "MALFORMED"],
      [{ openings: [] }, "MALFORMED"],
    ];
    for (const [changes, code] of cases) finds(bundleOf(changes), code);
    assert.ok(bundleOf({ openings: {} }).verified);
  });
  it("signed by another key than expected, or not signed, is found", () => {
    finds(verifyBundle(goldenBundle, { verifierKey, signer: filled(1) }), "SIGNATURE_INVALID");
    const unsigned = fileOfBundle({ signature: null });
    assert.match(reportText(verifyBundle(unsigned, { verifierKey })), /carries no signature/);
    assert.ok(verifyBundle(unsigned, { verifierKey }).verified);
    finds(verifyBundle(unsigned, { verifierKey, signer }), "SIGNATURE_INVALID");
  });
  it("made by other code passes too", () => {
    const statement = '{"noren":"receipt/1"}';
    const salt = filled(4, 16);
    const entry = encodeEntry({
      sequence: 2,
      subject: commitmentOf("subject", salt, "person-1"),
      statementDigest: sha256(utf8ToBytes(`noren/receipt/1\n${statement}`)),
    });
    const leaves = [...entriesOf(1), entry, ...entriesOf(3)].map(leafOf);
    const report = bundleOf({
      checkpoint: checkpointOf(leaves, "noren/sample"),
      entry: encodeBase64(entry),
      inclusion: inclusionOf(1, leaves).map(encodeBase64),
      index: 1,
      openings: { subject: { name: "person-1", salt: encodeBase64(salt) } },
      signature: null,
      statement,
    });
    assert.ok(report.verified, reportText(report));
  });
});
