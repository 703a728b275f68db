// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";

import { isSignedBy, PersonKeys } from "../src/index.js";
import { bytesToHex } from "../src/bytes.js";
import { fails, filled, goldenLines, hasProgram, inFolder, run } from "./support.js";

describe("a person's keys", () => {
  it("are those of the golden file, from 32 bytes 01", () => {
    const keys = PersonKeys.fromRoot(filled(1));
    assert.deepEqual(goldenLines("person_keys_v1.txt"), [
      keys.exposeSecretText(),
      keys.exposeSigningSeedHex(),
      bytesToHex(keys.personKey),
      keys.exposeAgeIdentity(),
      keys.recipient,
    ]);
  });
  it("differ each time they are generated", () => {
    assert.notEqual(
      PersonKeys.generate().exposeSecretText(),
      PersonKeys.generate().exposeSecretText(),
    );
  });
  it("come back from their text, in either case", () => {
    const keys = PersonKeys.generate();
    const text = keys.exposeSecretText();
    for (const form of [text, text.toLowerCase()]) {
      const again = PersonKeys.fromSecretText(form);
      assert.equal(again.exposeSecretText(), text);
      assert.equal(again.recipient, keys.recipient);
    }
  });
  it("are refused when one letter of the text is another", async () => {
    const text = PersonKeys.fromRoot(filled(7)).exposeSecretText();
    for (let i = 0; i < text.length; i++) {
      const letter = text[i] === "Q" ? "P" : "Q";
      await fails(
        () => PersonKeys.fromSecretText(text.slice(0, i) + letter + text.slice(i + 1)),
        "MALFORMED",
        "key",
      );
    }
  });
  it("are refused when the text is cut, empty, mixed in case or an age identity", async () => {
    const keys = PersonKeys.fromRoot(filled(7));
    const text = keys.exposeSecretText();
    for (const bad of [
      "",
      text.slice(1),
      text.slice(0, -1),
      text.slice(0, 20) + text.slice(20).toLowerCase(),
      keys.exposeAgeIdentity(),
      keys.recipient,
    ]) {
      await fails(() => PersonKeys.fromSecretText(bad), "MALFORMED", "key");
    }
    await fails(() => PersonKeys.fromRoot(filled(1, 31)), "MALFORMED", "root");
  });
  it("come back from a sealed export with the passphrase and with no other", async () => {
    const keys = PersonKeys.generate();
    const sealed = await keys.exportSealed("correct horse battery");
    const again = await PersonKeys.importSealed(sealed, "correct horse battery");
    assert.equal(again.exposeSecretText(), keys.exposeSecretText());
    await fails(() => PersonKeys.importSealed(sealed, "correct horse batterz"), "WRONG_KEY");
    await fails(() => PersonKeys.importSealed("x", "correct horse battery"), "WRONG_KEY");
    await fails(() => keys.exportSealed("short"), "MALFORMED", "passphrase");
  });
  it("show nothing secret to JSON, inspection or string conversion", () => {
    const keys = PersonKeys.generate();
    const seen = JSON.stringify(keys) + inspect(keys, { showHidden: true, depth: 9 }) + String(keys);
    for (const secret of [keys.exposeSigningSeedHex(), keys.exposeAgeIdentity().slice(-20)]) {
      assert.ok(!seen.includes(secret));
    }
    assert.ok(seen.includes(keys.recipient));
  });
  it("neither sign nor open once destroyed", async () => {
    const keys = PersonKeys.generate();
    keys.destroy();
    await fails(() => keys.signBytes(filled(0)), "WRONG_KEY");
    await fails(() => keys.exposeSecretText(), "WRONG_KEY");
    await fails(() => keys.exposeItemsScalar(), "WRONG_KEY");
  });
  it("sign as Ed25519 does, and refuse another key, message or signature", () => {
    const keys = PersonKeys.generate();
    const message = filled(3);
    const signature = keys.signBytes(message);
    assert.ok(isSignedBy(keys.personKey, message, signature));
    assert.ok(!isSignedBy(PersonKeys.generate().personKey, message, signature));
    assert.ok(!isSignedBy(keys.personKey, filled(4), signature));
    assert.ok(!isSignedBy(keys.personKey, message, signature.slice(1)));
    assert.ok(!isSignedBy(new Uint8Array(32), message, signature)); // a point of small order
    for (let i = 0; i < 64; i++) {
      const changed = Uint8Array.from(signature);
      changed[i] = (changed[i] ?? 0) ^ 1;
      assert.ok(!isSignedBy(keys.personKey, message, changed), `byte ${i}`);
    }
  });
  if (!hasProgram("age-keygen")) return; // the age program is not on this machine
  it("are an identity that age-keygen reads", () =>
    inFolder((folder) => {
      const keys = PersonKeys.generate();
      const file = join(folder, "identity.txt");
      writeFileSync(file, keys.exposeAgeIdentity() + "\n", { mode: 0o600 });
      assert.equal(run("age-keygen", "-y", file).toString().trim(), keys.recipient);
    }));
});
