// Identifiers as people type them, against the vectors that the C++ side holds, too.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { mailIdentifierOf, phoneIdentifierOf, type DialledFrom } from "../src/index.js";
import { holdsResidentNumber } from "../src/resident_number.js";
import { fails, repository } from "./support.js";

interface Vector {
  kind: "phone" | "mail";
  country?: DialledFrom;
  written: string;
  identifier?: string;
  refused?: "RESIDENT_NUMBER" | "MALFORMED";
}
const vectors = JSON.parse(
  readFileSync(join(repository, "tests/vectors/portal_identifiers.json"), "utf8"),
) as Vector[];

describe("an identifier as it is typed", () => {
  it("has one form, or is refused for the same reason as in C++", async () => {
    assert.ok(vectors.length > 40);
    for (const { kind, country, written, identifier, refused } of vectors) {
      const make = () =>
        kind === "mail" ? mailIdentifierOf(written) : phoneIdentifierOf(written, country!);
      if (identifier !== undefined) assert.equal(make(), identifier, written);
      else await fails(async () => make(), refused!, kind);
    }
  });
});

describe("a resident number", () => {
  it("is found by its form or its check digit, and by nothing else", () => {
    for (const text of ["900101-1234567", "no 900101-1234567.", "123456789018", "1234-5678-9018"]) {
      assert.ok(holdsResidentNumber(text), text);
    }
    for (const text of [
      "8001011234561", // wrong check digit
      "901301-1234567", // no such month
      "900101-12345678",
      "1900101-1234567",
      "123456789017",
      "12-3456-789018",
      "+123456789018",
      "",
    ]) {
      assert.ok(!holdsResidentNumber(text), text);
    }
  });
});
