// Items against the age program in both directions, against the golden file of the C++ side, and
// against every way to damage a file.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { bech32 } from "@scure/base";

import {
  encryptItem,
  encryptItemStream,
  joinItem,
  makeHeader,
  measureHeader,
  openHeader,
  openItem,
  openItemStream,
  PersonKeys,
  splitItem,
} from "../src/index.js";
import { concatBytes, utf8ToBytes } from "../src/bytes.js";
import { fails, filled, goldenBytes, hasProgram, inFolder, patterned, run } from "./support.js";

const keys = PersonKeys.fromRoot(filled(1));
const sizes = [0, 1, 65535, 65536, 65537, 131071, 131072, 131073, 300000];

/** The identity that the age specification shows: the golden file is for it. */
const specificationIdentity =
  "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

function streamOf(bytes: Uint8Array, step: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + step));
      at += step;
    },
  });
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return concatBytes(...pieces);
}

describe("an item", () => {
  it("opens again, of every size around the chunks", async () => {
    for (const size of sizes) {
      const document = patterned(size);
      const file = await encryptItem(document, keys);
      assert.deepEqual(await openItem(file, keys), document);
      const payload = splitItem(file).payload.length;
      assert.equal(payload, 16 + size + 16 * Math.max(1, Math.ceil(size / 65536)));
    }
  });
  it("goes both ways in a stream, cut anywhere", async () => {
    const document = patterned(200000);
    for (const step of [1000, 65536, 70001]) {
      const encrypted = await encryptItemStream(streamOf(document, step), keys);
      const file = await collect(encrypted);
      assert.deepEqual(await openItem(file, keys), document);
      assert.deepEqual(await collect(await openItemStream(streamOf(file, step), keys)), document);
    }
  });
  it("has at most 20 MiB, whole or in a stream", async () => {
    const large = new Uint8Array((20 << 20) + 1);
    await fails(() => encryptItem(large, keys), "TOO_LARGE", "item");
    const stream = await encryptItemStream(streamOf(large, 1 << 20), keys);
    await fails(() => collect(stream), "TOO_LARGE", "item");
  });
  it("does not open for another person", async () => {
    const file = await encryptItem(patterned(9), keys);
    const other = PersonKeys.fromRoot(filled(2));
    await fails(() => openItem(file, other), "WRONG_KEY", "header");
    await fails(() => openItemStream(streamOf(file, 64), other), "WRONG_KEY", "header");
  });
  it("does not open when any byte is another", async () => {
    const file = await encryptItem(patterned(40), keys);
    for (let i = 0; i < file.length; i++) {
      const changed = Uint8Array.from(file);
      changed[i] = (changed[i] ?? 0) ^ 1;
      await assert.rejects(openItem(changed, keys), `byte ${i}`);
    }
  });
  it("does not open when it is cut, extended or out of order", async () => {
    const file = await encryptItem(patterned(3 * 65536), keys);
    const { header, payload } = splitItem(file);
    const chunk = (i: number) => payload.slice(16 + i * 65552, 16 + (i + 1) * 65552);
    const nonce = payload.slice(0, 16);
    const payloads = [
      payload.slice(0, -1),
      payload.slice(0, 16 + 2 * 65552),
      payload.slice(0, 16),
      payload.slice(0, 15),
      new Uint8Array(),
      concatBytes(payload, filled(0, 1)),
      concatBytes(payload, chunk(2)),
      concatBytes(nonce, chunk(1), chunk(0), chunk(2)),
      concatBytes(nonce, chunk(0), chunk(2)),
    ];
    for (const bad of payloads) {
      await fails(() => openItem(joinItem(header, bad), keys), "DAMAGED", "payload");
    }
    assert.equal((await openItem(joinItem(header, payload), keys)).length, 3 * 65536);
  });
  it("opens the golden file of the age format with the identity of the specification", async () => {
    const file = goldenBytes("age_file_v1.age");
    const scalar = bech32.decodeToBytes(specificationIdentity).bytes;
    const fileKey = openHeader(file.slice(0, measureHeader(file)), scalar);
    assert.equal(fileKey.length, 16);
    // The same payload under a header of ours.
    const moved = joinItem(makeHeader(fileKey, [keys.recipient]), splitItem(file).payload);
    const opened = await openItem(moved, keys);
    assert.equal(new TextDecoder().decode(opened), "behind the curtain\n");
  });
});

describe("a header", () => {
  const fileKey = filled(9, 16);
  const header = makeHeader(fileKey, [keys.recipient, PersonKeys.fromRoot(filled(2)).recipient]);
  const scalar = keys.exposeItemsScalar();

  it("gives the file key to each recipient and to nobody else", async () => {
    assert.deepEqual(openHeader(header, scalar), fileKey);
    const second = PersonKeys.fromRoot(filled(2)).exposeItemsScalar();
    assert.deepEqual(openHeader(header, second), fileKey);
    const third = PersonKeys.fromRoot(filled(3)).exposeItemsScalar();
    await fails(() => openHeader(header, third), "WRONG_KEY", "header");
  });
  it("is refused when any bit of any byte is another", () => {
    for (let bit = 0; bit < header.length * 8; bit++) {
      const changed = Uint8Array.from(header);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => openHeader(changed, scalar), `bit ${bit}`);
    }
  });
  it("is refused when it is cut anywhere or something follows", async () => {
    for (let size = 0; size < header.length; size++) {
      await fails(() => openHeader(header.slice(0, size), scalar), "MALFORMED", "header");
    }
    await fails(() => openHeader(concatBytes(header, filled(10, 1)), scalar), "MALFORMED");
  });
  it("has X25519 stanzas only: scrypt, plugins, grease, armor and odd forms are refused", async () => {
    const text = new TextDecoder().decode(header);
    const variants = [
      text.replace("-> X25519", "-> grease-x"),
      text.replace("---", "-> grease x\n\n---"),
      text.replace("---", "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\nAAAA\n---"),
      text.replace("-> X25519", "-> X25519 more"),
      text.replace("-> X25519", "->  X25519"),
      text.replace("-> X25519", "-> x25519"),
      text.replaceAll("\n", "\r\n"),
      "-----BEGIN AGE ENCRYPTED FILE-----\n" + text,
      text.replace("/v1", "/v2"),
      text.replace(/-> X25519 .*\n.*\n/g, ""),
      text.replace(/-> X25519 (\S+)/, `-> X25519 ${"A".repeat(43)}`), // share of small order
    ];
    for (const variant of variants) {
      await fails(() => openHeader(utf8ToBytes(variant), scalar), "MALFORMED", "header");
    }
  });
  it("is made for 1 to 8 recipients of full order", async () => {
    assert.ok(makeHeader(fileKey, new Array<string>(8).fill(keys.recipient)).length > 0);
    for (const count of [0, 9]) {
      const recipients = new Array<string>(count).fill(keys.recipient);
      await fails(() => makeHeader(fileKey, recipients), "MALFORMED", "recipients");
    }
    const smallOrder = bech32.encodeFromBytes("age", filled(0));
    await fails(() => makeHeader(fileKey, [smallOrder]), "MALFORMED");
    for (const bad of ["", "age1", keys.recipient.toUpperCase(), keys.exposeAgeIdentity()]) {
      await fails(() => makeHeader(fileKey, [bad]), "MALFORMED", "recipient");
    }
    await fails(() => makeHeader(filled(9, 15), [keys.recipient]), "MALFORMED");
  });
});

if (hasProgram("age") && hasProgram("age-keygen")) {
  describe("the age program", () => {
    it("opens what is made here, and makes what opens here", () =>
      inFolder(async (folder) => {
        const at = (name: string) => join(folder, name);
        writeFileSync(at("identity"), keys.exposeAgeIdentity() + "\n", { mode: 0o600 });
        for (const size of sizes) {
          const document = patterned(size);
          writeFileSync(at("ours.age"), await encryptItem(document, keys));
          const opened = run("age", "-d", "-i", at("identity"), at("ours.age"));
          assert.deepEqual(new Uint8Array(opened), document);
          writeFileSync(at("plain"), document);
          run("age", "-r", keys.recipient, "-o", at("theirs.age"), at("plain"));
          const theirs = new Uint8Array(readFileSync(at("theirs.age")));
          assert.deepEqual(await openItem(theirs, keys), document);
        }
      }));
  });
}
