// Checkpoints and entries, each by itself.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { encodeBase64, parseHex } from "../src/bytes.js";
import { openCheckpoint, parseVerifierKey, readEntry } from "../src/verify/index.js";
import { encodeEntry, signNote } from "./log_writer.js";
import { filled, golden, goldenBytes } from "./support.js";

describe("a checkpoint", () => {
  const note = golden("checkpoint_v1.txt");
  const key = parseVerifierKey(
    "noren/example+636f7c40+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs",
  );
  it("of the golden file opens, and so does one with a witness's line", () => {
    const opened = openCheckpoint(note, key);
    assert.equal(opened?.origin, "noren/example");
    assert.equal(opened?.head.size, 20260105n);
    const text = note.slice(0, note.indexOf("\n\n") + 1);
    const witness = signNote(text, "witness.example").slice(text.length + 1);
    assert.ok(openCheckpoint(note + witness, key) !== null);
  });
  it("fails with any byte changed or cut", () => {
    const bytes = goldenBytes("checkpoint_v1.txt");
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(openCheckpoint(changed, key), null, `bit ${bit}`);
    }
    for (let size = 0; size < bytes.length; size++) {
      assert.equal(openCheckpoint(bytes.slice(0, size), key), null);
    }
  });
  it("fails of another log, another key, of odd sizes and roots, and with a bad line", () => {
    const origin = "noren/example";
    const root = encodeBase64(filled(1));
    const opens = (text: string) => openCheckpoint(signNote(text, origin), key) !== null;
    assert.ok(opens(`${origin}\n0\n${root}\n`));
    assert.ok(opens(`${origin}\n1\n${root}\nextension\n`));
    for (const text of [
      `noren/other\n1\n${root}\n`,
      `${origin}\n01\n${root}\n`,
      `${origin}\n+1\n${root}\n`,
      `${origin}\n18446744073709551616\n${root}\n`,
      `${origin}\n1\n${root.slice(0, -1)}\n`,
      `${origin}\n1\n`,
      `${origin}\n1\n${root}\n\nx\n`,
      `${origin}\n1\t\n${root}\n`,
    ]) {
      assert.ok(!opens(text), text);
    }
    const text = `${origin}\n1\n${root}\n`;
    assert.equal(openCheckpoint(signNote(text, origin, filled(8)), key), null);
    const good = signNote(text, origin);
    assert.equal(openCheckpoint(good + "not a line\n", key), null);
    const line = good.slice(text.length + 1);
    assert.ok(openCheckpoint(good + line.repeat(63), key) !== null);
    assert.equal(openCheckpoint(good + line.repeat(64), key), null);
  });
});

describe("an audit entry", () => {
  it("of the golden file has every part", () => {
    const bytes = parseHex(golden("audit_entry_v2.hex").replace(/\s/g, "")) as Uint8Array;
    const facts = readEntry(bytes);
    assert.ok(facts?.principal && facts.subject && facts.object && facts.statementDigest);
    assert.ok(facts.lost !== null);
  });
  it("that names its policy is of version 3, and no other is", () => {
    const bytes = parseHex(golden("audit_entry_v3.hex").replace(/\s/g, "")) as Uint8Array;
    const facts = readEntry(bytes);
    assert.ok(facts?.principal && facts.statementDigest && facts.lost !== null);
    assert.deepEqual(facts.consentRoot, filled(0x77));
    assert.equal(readEntry(Uint8Array.of(2, ...bytes.slice(1))), null);
    const older = parseHex(golden("audit_entry_v2.hex").replace(/\s/g, "")) as Uint8Array;
    assert.equal(readEntry(Uint8Array.of(3, ...older.slice(1))), null);
  });
  it("of version 1, which had no consent root, is refused", () => {
    const entry = encodeEntry({ sequence: 1 });
    const first = Uint8Array.of(1, ...entry.slice(1, -32)); // nothing follows the root here
    assert.equal(readEntry(first), null);
    assert.equal(readEntry(Uint8Array.of(1, ...entry.slice(1))), null);
  });
  it("may change consents under the operations of the document, when it is allowed", () => {
    const may = [66, 67, 68, 69, 70, 71, 74, 102, 103];
    for (let operation = 3; operation < 128; operation++) {
      const facts = readEntry(encodeEntry({ sequence: 1, operation }));
      assert.equal(facts?.mayChangeConsents, may.includes(operation), `${operation}`);
    }
  });
  it("cut, extended, or with a number of no meaning is refused", () => {
    const entry = encodeEntry({ sequence: 1, subject: filled(1) });
    assert.ok(readEntry(entry) !== null);
    for (let size = 0; size < entry.length; size++) {
      assert.equal(readEntry(entry.slice(0, size)), null);
    }
    assert.equal(readEntry(new Uint8Array([...entry, 0])), null);
    const withByte = (at: number, value: number) => {
      const changed = Uint8Array.from(entry);
      changed[at] = value;
      return readEntry(changed);
    };
    assert.equal(withByte(0, 3), null); // version
    assert.equal(withByte(23, 0), null); // role
    assert.ok(withByte(23, 7) !== null); // a handler
    assert.equal(withByte(23, 8), null);
    assert.equal(withByte(24, 3), null); // decision
    assert.equal(withByte(24, 2), null); // a refusal without an outcome
    assert.equal(withByte(29, 32), null); // present
    const lost = { first: 2, last: 3, size: 3, root: filled(1) };
    const continued = encodeEntry({ sequence: 4, lost });
    assert.ok(readEntry(continued) !== null);
    continued[22] = 3; // another operation
    assert.equal(readEntry(continued), null);
  });
});
