// The worked example of person custody, made by the service's own code: everything in it is read
// here, and what is deterministic is made here again.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { bech32 } from "@scure/base";
import { Decrypter } from "age-encryption";

import {
  companyKeyOf,
  countStanzas,
  joinItem,
  openHeader,
  parseStatement,
  splitItem,
  statementMessage,
  verifyStatement,
  type GrantedItem,
} from "../src/index.js";
import { bytesToHex, parseHex, sha256Hex } from "../src/bytes.js";
import { fails, filled, goldenLines } from "./support.js";

const example = Object.fromEntries(
  goldenLines("person_custody_v1.txt").map((line) => line.split(" = ", 2) as [string, string]),
) as Record<string, string>;
const value = (name: string): string => {
  const text = example[name];
  assert.ok(text !== undefined, name);
  return text;
};
const bytes = (name: string): Uint8Array => parseHex(value(name)) as Uint8Array;
const file = bytes("file");
const { header, payload, digest, headerSha256 } = splitItem(file);

async function opened(of: Uint8Array, identity: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(of, "text");
}

describe("the worked example of person custody", () => {
  it("has the keys that its seeds and scalars give", () => {
    assert.equal(bytesToHex(ed25519.getPublicKey(filled(1))), value("person_key"));
    for (const [scalar, recipient, identity] of [
      [0x22, "age_recipient", "age_identity"],
      [0x33, "company_recipient_1", "company_identity_1"],
      [0x44, "company_recipient_2", "company_identity_2"],
    ] as const) {
      const secret = filled(scalar);
      assert.equal(bech32.encodeFromBytes("age", x25519.getPublicKey(secret)), value(recipient));
      const text = bech32.encodeFromBytes("age-secret-key-", secret).toUpperCase();
      assert.equal(text, value(identity));
    }
    const recipients = [value("company_recipient_1"), value("company_recipient_2")];
    assert.equal(companyKeyOf(recipients), value("company_key"));
  });
  it("has a file that is cut and opened as the service cuts it", async () => {
    assert.equal(bytesToHex(header), value("header"));
    assert.equal(digest, value("payload_sha256"));
    assert.equal(sha256Hex(file), value("file_sha256"));
    assert.equal(await opened(file, value("age_identity")), "behind the curtain\n");
  });
  it("has granted headers that open the same payload for the company alone", async () => {
    const granted = bytes("grant_header");
    assert.equal(countStanzas(granted), 2);
    const fileKey = openHeader(header, filled(0x22));
    assert.deepEqual(openHeader(granted, filled(0x33)), fileKey);
    assert.deepEqual(openHeader(granted, filled(0x44)), fileKey);
    await fails(() => openHeader(granted, filled(0x22)), "WRONG_KEY", "header");
    const whole = joinItem(granted, payload);
    assert.equal(await opened(whole, value("company_identity_1")), "behind the curtain\n");
    const rewrapped = bytes("rewrap_header");
    assert.equal(countStanzas(rewrapped), 1);
    assert.deepEqual(openHeader(rewrapped, filled(0x44)), fileKey);
    await fails(() => openHeader(rewrapped, filled(0x33)), "WRONG_KEY", "header");
  });
  it("has statements that name those headers, each signed by the person's key", () => {
    const key = bytes("person_key");
    for (const name of ["grant", "rewrap", "replace"]) {
      const text = value(`${name}_statement`);
      verifyStatement(text, bytes(`${name}_signature`), key);
      const signature = ed25519.sign(statementMessage(text), filled(1));
      assert.equal(bytesToHex(signature), value(`${name}_signature`));
    }
    const grant = parseStatement(value("grant_statement"));
    assert.ok(grant.act === "answer" && grant.decision === "grant");
    const [granted] = grant.items as [GrantedItem];
    assert.equal(granted.header_sha256, sha256Hex(bytes("grant_header")));
    assert.equal(granted.digest, digest);
    assert.equal(grant.company_key, value("company_key"));
    const rewrap = parseStatement(value("rewrap_statement"));
    assert.ok(rewrap.act === "rewrap");
    assert.equal(rewrap.items[0]?.header_sha256, sha256Hex(bytes("rewrap_header")));
    assert.equal(rewrap.company_key, companyKeyOf([value("company_recipient_2")]));
    const replace = parseStatement(value("replace_statement"));
    assert.ok(replace.act === "replace");
    assert.equal(replace.digest, digest);
    assert.equal(replace.header_sha256, headerSha256);
  });
});
