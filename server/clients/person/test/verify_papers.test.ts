// Receipts, releases and the command: golden files pass, every changed byte fails, exit codes are
// those of the documents.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";

import {
  encryptItem,
  PersonKeys,
  splitItem,
  statementDigest,
  writeCanonical,
  type JsonObject,
  type JsonValue,
} from "../src/index.js";
import { bytesToHex, parseHex, sha256, utf8ToBytes } from "../src/bytes.js";
import {
  handleCommitment,
  parseReceiptFile,
  reportText,
  verifyReceipt,
  verifyRelease,
  type Finding,
  type Report,
} from "../src/verify/index.js";
import { checkpointOf, verifierKeyOf } from "./log_writer.js";
import { filled, golden, goldenBytes, goldenLines, inFolder, patterned, repository } from "./support.js";

// The receipt key of the golden files: purpose `receipt-sign` of the root 32 x 01.
const seed = hkdf(sha256, filled(1), undefined, utf8ToBytes("noren/v1/receipt-sign"), 32);
const receiptKey = ed25519.getPublicKey(seed);
const handle = "seeker-" + "21".repeat(16);

function finds(report: Report, code: Finding): void {
  assert.ok(report.has(code), `${code}, not: ${reportText(report)}`);
  assert.ok(!report.verified);
}
function signed(kind: string, object: JsonObject): [string, Uint8Array] {
  const text = writeCanonical(object);
  return [text, ed25519.sign(utf8ToBytes(`noren/${kind}\n${text}`), seed)];
}
/** Runs `check` with every member of `object` missing and of other values, signed all the same. */
function withoutEach(object: JsonObject, check: (changed: JsonObject, member: string) => void): void {
  for (const member of Object.keys(object)) {
    const { [member]: dropped, ...rest } = object;
    assert.notEqual(dropped, undefined);
    check(rest, member);
    for (const value of [null, "", -1, {}, [1], true] as JsonValue[]) {
      check({ ...object, [member]: value }, member);
    }
  }
  check({ ...object, more: 1 }, "more");
}

describe("a destruction receipt", () => {
  const [text, signatureHex] = goldenLines("receipt_v1.txt") as [string, string];
  const signature = parseHex(signatureHex, 64) as Uint8Array;
  const object = JSON.parse(text) as JsonObject;

  it("of the golden file passes and is of this handle", () => {
    const report = verifyReceipt(text, signature, { receiptKey, handle });
    assert.ok(report.verified, reportText(report));
    assert.equal(handleCommitment(String(object["receipt"]), handle), object["handle_commitment"]);
    assert.match(reportText(report), /older images of the data's own device are not covered/);
  });
  it("notes that no handle was given, and finds another's", () => {
    const report = verifyReceipt(text, signature, { receiptKey });
    assert.match(reportText(report), /whose receipt it is was not checked/);
    for (const other of ["seeker-" + "22".repeat(16), "", "21".repeat(16)]) {
      finds(verifyReceipt(text, signature, { receiptKey, handle: other }), "OPENING_MISMATCH");
    }
  });
  it("fails with any byte of text or signature changed, and of another key", () => {
    for (let i = 0; i < text.length; i++) {
      const changed = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
      assert.ok(!verifyReceipt(changed, signature, { receiptKey }).verified, `byte ${i}`);
    }
    for (let i = 0; i < 64; i++) {
      const changed = Uint8Array.from(signature);
      changed[i] = (changed[i] ?? 0) ^ 1;
      finds(verifyReceipt(text, changed, { receiptKey }), "SIGNATURE_INVALID");
    }
    const other = ed25519.getPublicKey(filled(9));
    finds(verifyReceipt(text, signature, { receiptKey: other }), "SIGNATURE_INVALID");
  });
  it("signed, but with a member missing, more or of another form, is malformed", () => {
    withoutEach(object, (changed, member) => {
      const report = verifyReceipt(...signed("receipt/1", changed), { receiptKey });
      assert.ok(report.has("MALFORMED"), member);
    });
    for (const changes of [
      { what: ["items", "consents"] },
      { key_tree_after: 4 },
      { erasure_claim: "everywhere" },
      { noren: "release/1" },
    ] as JsonObject[]) {
      finds(verifyReceipt(...signed("receipt/1", { ...object, ...changes }), { receiptKey }), "MALFORMED");
    }
    assert.ok(verifyReceipt(...signed("receipt/1", object), { receiptKey }).verified);
  });
  it("signed as something else does not pass as a receipt", () => {
    const [, asAct] = signed("act/1", object);
    finds(verifyReceipt(text, asAct, { receiptKey }), "SIGNATURE_INVALID");
  });
  it("is read from the officer's file and from two lines, and from nothing else", () => {
    const file = writeCanonical({ receipt: text, signature: signatureHex }) + "\n";
    assert.deepEqual(parseReceiptFile(file), { text, signature });
    assert.deepEqual(parseReceiptFile(golden("receipt_v1.txt")), { text, signature });
    for (const bad of [
      "",
      "{}",
      text,
      file.replace("{", "{ "),
      text + "\nzz",
      `${text}\n${signatureHex}\nx`,
      JSON.stringify({ receipt: text, signature: signatureHex.toUpperCase() }),
      JSON.stringify({ receipt: 1, signature: signatureHex }),
    ]) {
      assert.equal(parseReceiptFile(bad), null, bad.slice(0, 40));
    }
  });
});

describe("a release", () => {
  const [manifest, signatureHex] = goldenLines("release_manifest_v1.txt") as [string, string];
  const signature = parseHex(signatureHex, 64) as Uint8Array;
  const object = JSON.parse(manifest) as JsonObject;

  it("of the golden file passes", () => {
    const report = verifyRelease(manifest, signature, { receiptKey });
    assert.ok(report.verified, reportText(report));
    assert.match(reportText(report), /no files were given/);
  });
  it("fails with any byte changed", () => {
    const bytes = goldenBytes("release_manifest_v1.txt").slice(0, utf8ToBytes(manifest).length);
    for (let i = 0; i < bytes.length; i++) {
      const changed = Uint8Array.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      const text = new TextDecoder().decode(changed);
      assert.ok(!verifyRelease(text, signature, { receiptKey }).verified, `byte ${i}`);
    }
  });
  it("signed, but with a member missing, more or of another form, is malformed", () => {
    withoutEach(object, (changed, member) => {
      const report = verifyRelease(...signed("release/1", changed), { receiptKey });
      assert.ok(report.has("MALFORMED"), `${member}: ${reportText(report)}`);
    });
    const [item] = object["items"] as [JsonObject];
    withoutEach(item, (changed, member) => {
      const release = { ...object, items: [changed] };
      const report = verifyRelease(...signed("release/1", release), { receiptKey });
      assert.ok(report.has("MALFORMED"), `${member}: ${reportText(report)}`);
    });
  });
  it("under person custody may name the custody and the rewrap", () => {
    const later = { ...object, custody: "person", rewrap_statement_sha256: "1".repeat(64) };
    assert.ok(verifyRelease(...signed("release/1", later), { receiptKey }).verified);
    const wrong = { ...object, custody: "operator" };
    finds(verifyRelease(...signed("release/1", wrong), { receiptKey }), "MALFORMED");
  });
  it("rests on the person's statement or is found", () => {
    const statement = '{"noren":"act/1"}';
    const release = { ...object, statement_sha256: statementDigest(statement) };
    const paper = signed("release/1", release);
    assert.ok(verifyRelease(...paper, { receiptKey, statement }).verified);
    const other = { receiptKey, statement: '{"noren":"act/2"}' };
    finds(verifyRelease(...paper, other), "STATEMENT_MISMATCH");
  });
  it("has exactly the files that it names", async () => {
    const files = new Map<string, Uint8Array>();
    const items: JsonObject[] = [];
    for (const i of [0, 1]) {
      const file = await encryptItem(patterned(10 + i), PersonKeys.generate());
      files.set(`${i}.age`, file);
      const { headerSha256, digest, payload } = splitItem(file);
      const [item] = object["items"] as [JsonObject];
      items.push({
        ...item,
        header_sha256: headerSha256,
        payload_sha256: digest,
        payload_size_bytes: payload.length,
      });
    }
    const paper = signed("release/1", { ...object, items });
    const check = (given: Map<string, Uint8Array>) =>
      verifyRelease(...paper, { receiptKey, files: given });
    assert.ok(check(files).verified);
    const [first, second] = [...files.values()] as [Uint8Array, Uint8Array];
    finds(check(new Map([["0.age", first]])), "FILE_MISMATCH");
    finds(check(new Map([...files, ["2.age", first]])), "FILE_MISMATCH");
    finds(check(new Map([["0.age", first], ["1.age", first]])), "FILE_MISMATCH");
    finds(check(new Map([["0.age", first], ["1.age", second.slice(0, -1)]])), "FILE_MISMATCH");
    finds(check(new Map([["0.age", first], ["1.age", new Uint8Array()]])), "FILE_MISMATCH");
  });
});

describe("noren-verify", () => {
  const program = fileURLToPath(new URL("../src/verify/main.js", import.meta.url));
  const logKey = verifierKeyOf("noren/sample");
  const file = (name: string) => join(repository, "tests/golden", name);
  const verify = (...arguments_: string[]) =>
    spawnSync(process.execPath, [program, ...arguments_], { encoding: "utf8" });

  it("verifies export, bundle, checkpoint, receipt and release, and ends with 0", () => {
    const hex = bytesToHex(receiptKey);
    for (const name of ["audit_export_v1.jsonl", "proof_bundle_v2.json"]) {
      const { status, stdout } = verify("--key", logKey, file(name));
      assert.equal(status, 0);
      assert.match(stdout, /\nverified\n$/);
    }
    const example = "noren/example+636f7c40+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    assert.equal(verify("--key", example, file("checkpoint_v1.txt")).status, 0);
    const papers = [file("receipt_v1.txt"), file("release_manifest_v1.txt")];
    const { status, stdout } = verify("--receipt-key", hex, "--handle", handle, ...papers);
    assert.equal(status, 0, stdout);
    assert.equal(stdout.match(/^verified$/gm)?.length, 2);
  });
  it("ends with 2 on a finding and names it, as text and as JSON", () =>
    inFolder((folder) => {
      const path = join(folder, "export.jsonl");
      writeFileSync(path, golden("audit_export_v1.jsonl").replace('"index":2', '"index":3'));
      const text = verify("--key", logKey, path);
      assert.equal(text.status, 2);
      assert.match(text.stdout, /FOUND SEQUENCE_GAP: expected index 2 \(line 4\)/);
      assert.match(text.stdout, /\nNOT verified\n$/);
      const json = verify("--json", "--key", logKey, path);
      assert.equal(json.status, 2);
      const report = JSON.parse(json.stdout) as { verified: boolean; findings: JsonObject[] };
      assert.equal(report.verified, false);
      assert.deepEqual(report.findings, [{ code: "SEQUENCE_GAP", detail: "expected index 2", line: 4 }]);
      const known = join(folder, "older");
      writeFileSync(known, checkpointOf([filled(1), filled(2)], "noren/sample"));
      const older = verify("--key", logKey, "--older", known, file("audit_export_v1.jsonl"));
      assert.equal(older.status, 2);
      assert.match(older.stdout, /FOUND INCONSISTENT/);
      const both = verify("--key", logKey, path, file("audit_export_v1.jsonl"));
      assert.equal(both.status, 2);
      writeFileSync(path, "anything else");
      assert.equal(verify("--key", logKey, path).status, 2);
    }));
  it("verifies a release with the files beside it", () =>
    inFolder(async (folder) => {
      const { headerSha256, digest, payload } = splitItem(await writeItem(join(folder, "a.age")));
      const manifest = JSON.parse(goldenLines("release_manifest_v1.txt")[0] as string) as JsonObject;
      const [item] = manifest["items"] as [JsonObject];
      const named = { header_sha256: headerSha256, payload_sha256: digest };
      const items = [{ ...item, ...named, payload_size_bytes: payload.length }];
      const [text, signature] = signed("release/1", { ...manifest, items });
      const path = join(folder, "manifest.json");
      writeFileSync(path, text);
      writeFileSync(join(folder, "manifest.sig"), signature);
      const check = () => verify("--receipt-key", bytesToHex(receiptKey), path);
      assert.match(check().stdout, /ok {4}files of the manifest \(1\)/);
      assert.equal(check().status, 0);
      await writeItem(join(folder, "a.age"));
      assert.match(check().stdout, /FOUND FILE_MISMATCH/);
      assert.equal(check().status, 2);
    }));
  it("ends with 1 on wrong arguments", () => {
    const log = file("audit_export_v1.jsonl");
    for (const arguments_ of [
      [],
      [log],
      ["--key", "no key", log],
      ["--key", logKey, "--older", file("checkpoint_v1.txt"), log],
      ["--unknown", log],
      [file("receipt_v1.txt")],
      ["--receipt-key", "zz", file("receipt_v1.txt")],
      ["--key", logKey, "--signer", "zz", file("proof_bundle_v2.json")],
    ]) {
      const { status, stdout, stderr } = verify(...arguments_);
      assert.equal(status, 1, arguments_.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, /^noren-verify: /);
    }
    assert.equal(verify("--help").status, 0);
  });
  it("ends with 74 on a file that cannot be read", () =>
    inFolder((folder) => {
      mkdirSync(join(folder, "sub"));
      assert.equal(verify("--key", logKey, join(folder, "none")).status, 74);
      assert.equal(verify("--key", logKey, join(folder, "sub")).status, 74);
    }));
});

async function writeItem(path: string): Promise<Uint8Array> {
  const file = await encryptItem(patterned(20), PersonKeys.generate());
  writeFileSync(path, file);
  return file;
}
