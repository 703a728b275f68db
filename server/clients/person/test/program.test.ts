// The noren program beside this package: two readings of the documents must agree, in bytes, words
// and exit codes. NOREN_PROGRAM names the program.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import {
  Dictionary,
  PersonKeys,
  statementMessage,
  writeStatement,
  type CodeKind,
  type JsonObject,
} from "../src/index.js";
import { bytesToHex, sha256, utf8ToBytes } from "../src/bytes.js";
import { signNote, verifierKeyOf } from "./log_writer.js";
import { golden, inFolder, repository, taxonomies } from "./support.js";

const program = process.env["NOREN_PROGRAM"] ?? "";
const verifier = fileURLToPath(new URL("../src/verify/main.js", import.meta.url));

interface Outcome {
  status: number | null;
  stdout: string;
}
function run(command: string, ...arguments_: string[]): Outcome {
  const { status, stdout } = spawnSync(command, arguments_, { encoding: "utf8" });
  return { status, stdout };
}
const noren = (...arguments_: string[]) => run(program, ...arguments_);
const ours = (...arguments_: string[]) => run(process.execPath, verifier, ...arguments_);

if (program !== "") describe("the noren program", () => {
  const key = verifierKeyOf("noren/sample");

  it("says the same of the golden export and bundle, and of damaged ones", () =>
    inFolder((folder) => {
      const damages: [string, string, RegExp | string, string][] = [
        ["verify", "audit_export_v1.jsonl", "", ""],
        ["verify", "audit_export_v1.jsonl", '"index":2', '"index":3'],
        ["verify", "audit_export_v1.jsonl", /"head":"[^Z]/, '"head":"Z'],
        ["verify", "audit_export_v1.jsonl", /\{"checkpoint.*\n/, ""],
        ["verify", "audit_export_v1.jsonl", '"tree_size":6', '"tree_size":7'],
        ["verify", "audit_export_v1.jsonl", "\\n6\\n", "\\n7\\n"],
        ["verify-bundle", "proof_bundle_v2.json", "", ""],
        ["verify-bundle", "proof_bundle_v2.json", '"index":2', '"index":3'],
        ["verify-bundle", "proof_bundle_v2.json", "hanbit", "hanbyt"],
        ["verify-bundle", "proof_bundle_v2.json", "1767571200", "1767571201"],
      ];
      for (const [verb, name, from, to] of damages) {
        const path = join(folder, name);
        writeFileSync(path, golden(name).replace(from, to));
        const theirs = noren("audit", verb, path, "--key", key);
        assert.deepEqual(ours("--key", key, path), theirs, `${name} ${String(from)}`);
        assert.equal(theirs.status, from === "" ? 0 : 2);
      }
    }));
  it("says the same of what a person took away, and of damaged ones", () =>
    inFolder((folder) => {
      const document = golden("person_export_v1.json");
      const digest = bytesToHex(sha256(utf8ToBytes(document)));
      const note = signNote(`noren/person-export/1\n${digest}\n`, "noren/sample");
      const proof = golden("proof_bundle_v2.json");
      const cases: [string, string, string[], number][] = [
        [document, note, [], 0],
        [document.replace("granted", "refused"), note, [], 2],
        [document.replace("given", "giver"), note, [], 2],
        [document, note.replace("noren/sample", "noren/simple"), [], 2],
        [document, signNote("noren/person-export/1\n\n", "noren/sample"), [], 2],
        [document, note, [proof], 2],
        [document, note, ["{}\n"], 2],
      ];
      for (const [text, signed, proofs, status] of cases) {
        const path = join(folder, "own.json");
        writeFileSync(path, text);
        writeFileSync(`${path}.note`, signed);
        proofs.forEach((one, i) => {
          writeFileSync(`${path}.proof-${i + 1}.json`, one);
        });
        const theirs = noren("person", "verify", path, "--key", key);
        assert.deepEqual(ours("--key", key, path), theirs);
        assert.equal(theirs.status, status);
      }
    }));
  it("makes the same signature of a statement from the same seed", () =>
    inFolder((folder) => {
      const keys = PersonKeys.generate();
      const seed = join(folder, "seed");
      writeFileSync(seed, keys.exposeSigningSeedHex() + "\n", { mode: 0o600 });
      const text = writeStatement({ act: "read" }, "seeker-" + "21".repeat(16), 1767571200);
      const { status, stdout } = noren("act", "sign", "--key", seed, text);
      assert.equal(status, 0);
      assert.equal(stdout.trim(), bytesToHex(keys.signBytes(statementMessage(text))));
    }));
  it("finds the same codes for the same words", () => {
    const dictionary = new Dictionary(taxonomies());
    const words: [CodeKind, string][] = [
      ["region", "중구"],
      ["region", "Jung-gu, Seoul"],
      ["region", "大阪府大阪市"],
      ["occupation", "장교"],
      ["skill", " ｐＹＴＨＯＮ"],
      ["education", "大卒"],
      ["skill", "no such skill at all"],
    ];
    for (const [kind, word] of words) {
      const datasets = join(repository, "datasets");
      const answer = noren("--json", "--datasets", datasets, "codes", "find", kind, word).stdout;
      const { exact, entries } = JSON.parse(answer) as { exact: boolean; entries: JsonObject[] };
      const found = dictionary.find(kind, word);
      assert.equal(found.is !== "unknown", exact, word);
      if (found.is === "unknown") continue;
      const codes = found.is === "found" ? [found.entry.code] : found.entries.map((e) => e.code);
      const theirs = entries.map((entry) => String(entry["code"]));
      // The program lists a whole line of groups; ours is the lowest of them.
      assert.ok(codes.every((code) => theirs.includes(code)), word);
      assert.equal(codes.length, found.is === "found" ? 1 : theirs.length);
    }
  });
});
