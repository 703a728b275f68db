// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { parseCanonical, writeCanonical, type JsonValue } from "../src/index.js";
import { fails } from "./support.js";

describe("canonical JSON", () => {
  it("sorts members by UTF-16 code units and writes no white space", () => {
    assert.equal(
      writeCanonical({ b: [1, "2"], "\u{1f600}": null, "\ufb33": true, a: -5 }),
      '{"a":-5,"b":[1,"2"],"\u{1f600}":null,"\ufb33":true}',
    );
  });
  it("escapes as RFC 8785 says and nothing else", () => {
    assert.equal(writeCanonical("\u0000\b\t\n\f\r\"\\/\u007f한글"), '"\\u0000\\b\\t\\n\\f\\r\\"\\\\/\u007f한글"');
  });
  it("reads what it writes", () => {
    const text = '{"act":"grant","at":1795305600,"items":["item-2","item-10"],"noren":"act/1"}';
    assert.equal(writeCanonical(parseCanonical(text)), text);
  });
  it("refuses to write what cannot be signed", async () => {
    const deep = JSON.parse("[".repeat(33) + "]".repeat(33)) as JsonValue;
    for (const value of [0.5, -0, 2 ** 53, NaN, Infinity, "\ud800", { "\udc00": 1 }, deep]) {
      await fails(() => writeCanonical(value as JsonValue), "MALFORMED");
    }
    await fails(() => writeCanonical(undefined as unknown as JsonValue), "MALFORMED");
    await fails(() => writeCanonical([undefined] as unknown as JsonValue), "MALFORMED");
  });
  it("refuses every text but the canonical one", async () => {
    const texts = [
      "",
      " 1",
      "1 ",
      "1\n",
      "\ufeff1",
      "01",
      "1.0",
      "1e3",
      "-0",
      "0.5",
      "9007199254740993",
      '{"b":1,"a":2}',
      '{"a":1,"a":1}',
      '{"a":1,"a":2}',
      '{ "a":1}',
      '"\\u0041"',
      '"\\/"',
      '"\\ud800"',
      '"\\u000A"',
      "[1,]",
      "{}{}",
      "nul",
      "[".repeat(33) + "]".repeat(33),
    ];
    for (const text of texts) await fails(() => parseCanonical(text), "MALFORMED");
    await fails(() => parseCanonical(new Uint8Array([0x22, 0xff, 0x22])), "MALFORMED");
    await fails(() => parseCanonical(new Uint8Array([0xef, 0xbb, 0xbf, 0x31])), "MALFORMED");
  });
  it("keeps a member called __proto__ a member", async () => {
    assert.equal(writeCanonical(parseCanonical('{"__proto__":1}')), '{"__proto__":1}');
  });
  it("takes up to the limit of bytes and no more", async () => {
    assert.equal(parseCanonical('"한한"', 8), "한한");
    await fails(() => parseCanonical('"한한"', 7), "MALFORMED");
  });
});
