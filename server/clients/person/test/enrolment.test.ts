// Blind enrolment against the RFC's vectors, the golden file of the C++ side, and a lying service.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";

import {
  blindedBytes,
  blindIdentifiers,
  finishBatch,
  mailIdentifier,
  phoneIdentifier,
  subjectIds,
  type BlindedIdentifier,
} from "../src/index.js";
import { bytesToHex, concatBytes, parseHex, utf8ToBytes } from "../src/bytes.js";
import { fails, filled, goldenLines, repository } from "./support.js";

const { voprf } = ristretto255_oprf;
const bytes = (hex: string): Uint8Array => parseHex(hex) as Uint8Array;
const keys = voprf.deriveKeyPair(filled(0x11), utf8ToBytes("noren/v1/enrolment/1"));
const identifiers = [phoneIdentifier("+819012345678"), mailIdentifier("Hanako.Sato@Example.jp")];

function answerTo(batch: BlindedIdentifier[], own = keys): Uint8Array {
  const blinded = batch.map((item) => item.blinded);
  const { evaluated, proof } = voprf.blindEvaluateBatch(own.secretKey, own.publicKey, blinded);
  return concatBytes(...evaluated, proof);
}

describe("an identifier", () => {
  it("of a phone has one form", async () => {
    assert.equal(phoneIdentifier("+821012345678"), "noren/v1/phone:+821012345678");
    for (const bad of [
      "",
      "821012345678",
      "+0821012345",
      "+1234567",
      "+1234567890123456",
      "+82 10 1234 5678",
      "+82-10-1234-5678",
      "900101-1234567",
      "+８２１０１２３４５６７８",
      "+821012345678\n",
    ]) {
      await fails(() => phoneIdentifier(bad), "MALFORMED", "phone");
    }
  });
  it("of a mail address has one form, with capitals made small and nothing else changed", async () => {
    assert.equal(mailIdentifier("A.b+C@X-y.Example"), "noren/v1/mail:a.b+c@x-y.example");
    for (const bad of [
      "",
      "a",
      "@b.c",
      "a@b",
      "a@b.",
      "a@.b",
      ".a@b.c",
      "a.@b.c",
      "a..b@c.d",
      "a@-b.c",
      "a@b-.c",
      "a@b@c.d",
      "a b@c.d",
      '"a"@b.c',
      "ㄱ@b.c",
      "a@ㄱ.c",
      "a".repeat(65) + "@b.c",
      "a@" + "b".repeat(64) + ".c",
      "a@b.c\n",
    ]) {
      await fails(() => mailIdentifier(bad), "MALFORMED", "mail");
    }
  });
});

describe("a batch", () => {
  it("has the outputs of the golden file, from its blinds and its answer", () => {
    const lines = goldenLines("oprf_v1.txt").map((line) => line.split(" ") as [string, string]);
    const mode1 = lines.slice(lines.findIndex(([name, value]) => name === "mode" && value === "1"));
    const all = (name: string) => mode1.filter(([n]) => n === name).map(([, value]) => value);
    const blinds = all("blind").map(bytes);
    assert.deepEqual(all("identifier"), identifiers);
    assert.equal(all("key")[0], bytesToHex(keys.publicKey));
    const batch = all("blinded").map((blinded, i) => ({
      input: utf8ToBytes(identifiers[i] as string),
      blind: blinds[i] as Uint8Array,
      blinded: bytes(blinded),
    }));
    const answer = bytes(all("evaluated").join("") + all("proof").join(""));
    const outputs = finishBatch(batch, answer, keys.publicKey);
    assert.deepEqual(outputs.map(bytesToHex), all("output"));
  });
  it("has the outputs of every vector of RFC 9497 in mode 1", () => {
    interface Vector {
      mode: number;
      public_key: string;
      cases: Record<string, string>[];
    }
    const path = join(repository, "tests/vectors/rfc9497_ristretto255.json");
    const { vectors } = JSON.parse(readFileSync(path, "utf8")) as { vectors: Vector[] };
    let count = 0;
    for (const { public_key, cases } of vectors.filter(({ mode }) => mode === 1)) {
      for (const vector of cases) {
        const list = (name: string) => (vector[name] ?? "").split(",").map(bytes);
        const [blinds, blinded] = [list("blind"), list("blindedElement")];
        const batch = list("input").map((input, i) => ({
          input,
          blind: blinds[i] as Uint8Array,
          blinded: blinded[i] as Uint8Array,
        }));
        const proof = vector["proof"] ?? vector["Proof"] ?? "";
        const answer = concatBytes(...list("evaluationElement"), bytes(proof));
        const outputs = finishBatch(batch, answer, bytes(public_key));
        assert.deepEqual(outputs, list("output"));
        count++;
      }
    }
    assert.equal(count, 3);
  });
  it("has the same outputs with other blinds, which the service cannot tell apart", () => {
    const [first, second] = [blindIdentifiers(identifiers), blindIdentifiers(identifiers)];
    assert.notDeepEqual(blindedBytes(first), blindedBytes(second));
    assert.deepEqual(
      finishBatch(first, answerTo(first), keys.publicKey),
      finishBatch(second, answerTo(second), keys.publicKey),
    );
    assert.equal(blindedBytes(first).length, 64);
  });
  it("is refused when the service used another key, for all or for one", async () => {
    const batch = blindIdentifiers(identifiers);
    const other = voprf.deriveKeyPair(filled(0x12), utf8ToBytes("noren/v1/enrolment/1"));
    await fails(() => finishBatch(batch, answerTo(batch, other), keys.publicKey), "WRONG_KEY");
    const honest = answerTo(batch);
    const marked = Uint8Array.from(honest);
    marked.set(answerTo(batch, other).slice(32, 64), 32);
    await fails(() => finishBatch(batch, marked, keys.publicKey), "WRONG_KEY", "proof");
    const swapped = concatBytes(honest.slice(32, 64), honest.slice(0, 32), honest.slice(64));
    await fails(() => finishBatch(batch, swapped, keys.publicKey), "WRONG_KEY", "proof");
  });
  it("is refused when any byte of the proof is another", async () => {
    const batch = blindIdentifiers(identifiers.slice(1));
    const honest = answerTo(batch);
    for (let i = 32; i < 96; i += 5) {
      const changed = Uint8Array.from(honest);
      changed[i] = (changed[i] ?? 0) ^ 1;
      await fails(() => finishBatch(batch, changed, keys.publicKey), "WRONG_KEY", "proof");
    }
  });
  it("is refused when an element does not decode, is the identity or is missing", async () => {
    const batch = blindIdentifiers(identifiers);
    const honest = answerTo(batch);
    const withSecond = (element: Uint8Array) => {
      const changed = Uint8Array.from(honest);
      changed.set(element, 32);
      return changed;
    };
    const highBit = honest.slice(32, 64);
    highBit[31] = (highBit[31] ?? 0) | 0x80;
    for (const bad of [filled(0), filled(0xff), filled(1), highBit]) {
      await fails(() => finishBatch(batch, withSecond(bad), keys.publicKey), "MALFORMED", "answer[1]");
    }
    assert.throws(() => ristretto255.Point.fromBytes(highBit));
    for (const bad of [honest.slice(32), honest.slice(0, -1), new Uint8Array()]) {
      await fails(() => finishBatch(batch, bad, keys.publicKey), "MALFORMED", "answer");
    }
    await fails(() => finishBatch(batch, honest, filled(0)), "MALFORMED", "public_key");
    await fails(() => finishBatch([], honest, keys.publicKey), "MALFORMED", "answer");
  });
  it("has 1 to 10,000 identifiers", async () => {
    await fails(() => blindIdentifiers([]), "MALFORMED", "batch");
    const many = new Array<string>(10_001).fill("noren/v1/phone:+819012345678");
    await fails(() => blindIdentifiers(many), "MALFORMED", "batch");
  });
});

describe("subject ids", () => {
  const second = voprf.deriveKeyPair(filled(0x22), utf8ToBytes("noren/v1/enrolment/2"));
  const pinned = new Map([
    [1, keys.publicKey],
    [2, second.publicKey],
  ]);
  const under = (batch: BlindedIdentifier[], version: number, own: typeof keys) => {
    const answer = answerTo(batch, own);
    return { version, elements: answer.slice(0, -64), proof: answer.slice(-64) };
  };
  it("are one for each version that lives, the same whatever the blinds", () => {
    const make = () => {
      const batch = blindIdentifiers(identifiers);
      return subjectIds(batch, [under(batch, 1, keys), under(batch, 2, second)], pinned);
    };
    const ids = make();
    assert.deepEqual(ids, make());
    assert.equal(ids.length, 2);
    assert.deepEqual(ids[0]!.map(({ version }) => version), [1, 2]);
    assert.ok(ids.flat().every(({ id }) => id.length === 64));
    assert.notDeepEqual(ids[0]![0]!.id, ids[0]![1]!.id);
  });
  it("are not made of a key that is not pinned, or another version's", async () => {
    const batch = blindIdentifiers(identifiers);
    const one = under(batch, 1, keys);
    await fails(() => subjectIds(batch, [under(batch, 3, keys)], pinned), "WRONG_KEY", "version");
    await fails(() => subjectIds(batch, [under(batch, 2, keys)], pinned), "WRONG_KEY", "proof");
    await fails(() => subjectIds(batch, [one, one], pinned), "MALFORMED", "evaluations");
    await fails(() => subjectIds(batch, [], pinned), "MALFORMED", "evaluations");
  });
});
