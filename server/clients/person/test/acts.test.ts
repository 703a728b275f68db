// Statements against the golden file of the C++ side, and every member of every statement changed.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ed25519 } from "@noble/curves/ed25519.js";

import {
  parseStatement,
  PersonKeys,
  statementDigest,
  statementMessage,
  verifyStatement,
  writeCanonical,
  writeStatement,
  type Act,
  type JsonObject,
  type JsonValue,
} from "../src/index.js";
import { bytesToHex, parseHex } from "../src/bytes.js";
import { fails, filled, goldenLines } from "./support.js";

const lines = goldenLines("act_v1.txt");
const statements = lines.slice(0, 6);
const [digest, signatureHex] = lines.slice(6) as [string, string];
const erase = statements[3] as string;
const grant = statements[1] as string;
const later = goldenLines("act_later_v1.txt");
const goldenKey = ed25519.getPublicKey(filled(1));
const signature = parseHex(signatureHex, 64) as Uint8Array;
const handle = "seeker-" + "21".repeat(16);

/** The statement with one member another value. */
function changed(text: string, member: string, value: JsonValue | undefined): string {
  const object = JSON.parse(text) as JsonObject;
  if (value === undefined) delete object[member];
  else object[member] = value;
  return writeCanonical(object);
}

describe("a statement", () => {
  it("is read as the golden file has it, one per act", () => {
    const acts = statements.map((text) => parseStatement(text).act);
    assert.deepEqual(acts, ["discoverable", "answer", "withdraw", "erase", "read", "answer"]);
  });
  it("of every later kind is the text that the server writes", () => {
    const acts = later.map((text) => parseStatement(text).act);
    assert.deepEqual(
      [...new Set(acts)],
      ["block", "unblock", "answer", "rewrap", "replace", "ask", "right", "unsubscribe", "subscribe", "continue"],
    );
    for (const text of later) {
      const { at, handle, nonce, noren, ...act } = parseStatement(text);
      const own = JSON.parse(writeStatement(act as Act, handle, at)) as JsonObject;
      assert.equal(writeCanonical({ ...own, nonce, noren }), text);
    }
  });
  it("has the digest and the signature of the golden file", () => {
    assert.equal(statementDigest(erase), digest);
    assert.equal(bytesToHex(ed25519.sign(statementMessage(erase), filled(1))), signatureHex);
    assert.equal(verifyStatement(erase, signature, goldenKey).act, "erase");
  });
  it("is not proved by its signature once any member is another", async () => {
    const others: [string, JsonValue][] = [
      ["act", "read"],
      ["at", 1767571201],
      ["handle", "seeker-" + "22".repeat(16)],
      ["nonce", "0b".repeat(16)],
    ];
    for (const [member, value] of others) {
      const text = changed(erase, member, value);
      await fails(() => verifyStatement(text, signature, goldenKey), "WRONG_KEY", "signature");
    }
    const otherKey = ed25519.getPublicKey(filled(2));
    await fails(() => verifyStatement(erase, signature, otherKey), "WRONG_KEY", "signature");
    for (let bit = 0; bit < 512; bit += 7) {
      const bad = Uint8Array.from(signature);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await fails(() => verifyStatement(erase, bad, goldenKey), "WRONG_KEY", "signature");
    }
  });
  it("is refused when any member is missing, of another type or form", async () => {
    for (const text of statements) {
      for (const member of Object.keys(JSON.parse(text) as JsonObject)) {
        for (const value of [undefined, null, "", "x", -1, [], {}, true, 2 ** 40]) {
          if (value === 2 ** 40 && ["at", "expires"].includes(member)) continue;
          // A class of companies and a policy version may have this name.
          if (value === "x" && ["companies_class", "policy_version", "company"].includes(member)) {
            continue;
          }
          await fails(() => parseStatement(changed(text, member, value)), "MALFORMED");
        }
      }
      await fails(() => parseStatement(changed(text, "more", 1)), "MALFORMED");
    }
  });
  it("of a later kind is refused when any member is missing, of another type or too long", async () => {
    // What may be any text, and which of these may be empty.
    const words = ["text", "purpose", "confirms", "company"];
    const empty = ["text", "objects_to", "confirms"];
    for (const text of later) {
      for (const member of Object.keys(JSON.parse(text) as JsonObject)) {
        for (const value of [undefined, null, "", "x", -1, [], {}, true, "a".repeat(2001)]) {
          if (value === "" && empty.includes(member)) continue;
          if (value === "x" && (words.includes(member) || member === "policy_version")) continue;
          await fails(() => parseStatement(changed(text, member, value)), "MALFORMED");
        }
      }
    }
    // The limits count bytes: 667 of these letters are 2,001.
    const right = later.find((text) => text.includes('"act":"right"')) as string;
    parseStatement(changed(right, "text", "이".repeat(666)));
    await fails(() => parseStatement(changed(right, "text", "이".repeat(667))), "MALFORMED", "text");
    const stay = later.find((text) => text.includes('"answer":"stay"')) as string;
    await fails(() => parseStatement(changed(stay, "confirms", "contact-00")), "MALFORMED", "confirms");
  });
  it("is refused with items out of order, twice, too many, none or of other members", async () => {
    const item = (i: number): JsonObject => ({
      digest: "5".repeat(64),
      item: "item-" + i.toString(16).padStart(32, "0"),
    });
    const withHeader = (i: number): JsonObject => ({ ...item(i), header_sha256: "6".repeat(64) });
    const many = Array.from({ length: 33 }, (_, i) => item(i));
    for (const items of [
      [],
      [item(2), item(1)],
      [item(1), item(1)],
      many,
      [{ ...item(1), more: 1 }],
      [{ item: "item-1", digest: "5".repeat(64) }],
      [item(1), withHeader(2)],
      [withHeader(1), item(2)],
    ]) {
      await fails(() => parseStatement(changed(grant, "items", items)), "MALFORMED", "items");
    }
    parseStatement(changed(grant, "items", many.slice(1)));
    parseStatement(changed(grant, "items", [withHeader(1), withHeader(2)]));
  });
  it("is refused in every other text than its own", async () => {
    for (const text of [" " + erase, erase + "\n", erase.replace(":", ": "), erase + erase, ""]) {
      await fails(() => parseStatement(text), "MALFORMED");
    }
    const long = changed(statements[0] as string, "companies_class", "a".repeat(17000));
    await fails(() => parseStatement(long), "MALFORMED");
  });
  it("is written for every act with a nonce of its own, and read again", () => {
    const items = [{ digest: "1".repeat(64), header_sha256: "2".repeat(64), item: "item-" + "0".repeat(32) }];
    const acts: Act[] = [
      { act: "discoverable", companies_class: "all" },
      { act: "answer", decision: "refuse", invitation: "invitation-" + "3".repeat(32) },
      { act: "withdraw", consent: "discoverability" },
      { act: "block", employers: ["jp-corporation:7000012050002", "kr-business:1234567891"] },
      { act: "unblock", employers: ["kr-business:1234567891"] },
      {
        act: "rewrap",
        company: "hangang-care",
        company_key: "4".repeat(64),
        consent: "consent-" + "5".repeat(32),
        items,
      },
      { act: "replace", digest: "1".repeat(64), header_sha256: "2".repeat(64), item: "item-" + "0".repeat(32) },
      { act: "erase" },
      { act: "read" },
    ];
    const nonces = new Set<string>();
    for (const act of acts) {
      const statement = parseStatement(writeStatement(act, handle, 1767571200));
      assert.equal(statement.act, act.act);
      assert.equal(statement.handle, handle);
      nonces.add(statement.nonce);
    }
    assert.equal(nonces.size, acts.length);
  });
  it("of a rewrap needs the digests of the headers", async () => {
    const items = [{ digest: "1".repeat(64), item: "item-" + "0".repeat(32) }];
    const act = {
      act: "rewrap",
      company: "hangang-care",
      company_key: "4".repeat(64),
      consent: "consent-" + "5".repeat(32),
      items,
    } as unknown as Act;
    await fails(() => writeStatement(act, handle, 1), "MALFORMED", "items");
  });
  it("signed by a person's keys is verified by the public one", async () => {
    const keys = PersonKeys.generate();
    const text = writeStatement({ act: "read" }, handle, 1767571200);
    const own = keys.signBytes(statementMessage(text));
    assert.equal(verifyStatement(text, own, keys.personKey).act, "read");
    // The signature is over the statement with its kind in front, not over the text alone.
    const bare = keys.signBytes(new TextEncoder().encode(text));
    await fails(() => verifyStatement(text, bare, keys.personKey), "WRONG_KEY", "signature");
  });
});
