// The printed page, read back as a camera and as a tired person would: the codes are drawn from the
// page itself and read by a second library too.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";

import {
  checkLetters,
  encryptItem,
  grouped,
  makeRecoverySheet,
  openItem,
  PersonKeys,
  readRecoveryImage,
  readRecoveryText,
  type SheetLanguage,
} from "../src/index.js";
import { fails, filled, patterned } from "./support.js";

type JsQr = (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
const jsqr = createRequire(import.meta.url)("jsqr") as JsQr;

const languages: SheetLanguage[] = ["ko", "ja", "en"];
const keys = PersonKeys.fromRoot(filled(1));
const labels = { person: "김하늘", portal: "강남 3번 창구", madeOn: "2026-11-23" };
const sheetOf = (language: SheetLanguage, own = keys) =>
  makeRecoverySheet(own, { language, ...labels });

interface Image {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Draws the n-th SVG of the page, `scale` pixels a module, as a camera would see it. */
function draw(html: string, n: number, scale: number): Image {
  const svg = [...html.matchAll(/<svg.*?<\/svg>/gs)][n]?.[0] ?? "";
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1]);
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, w] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      for (let column = Number(x) * scale; column < (Number(x) + Number(w)) * scale; column++) {
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3);
      }
    }
  }
  return { width, height: width, data };
}

/** Specks of ink and of wear, always the same ones. */
function worn(image: Image, share: number): Image {
  const data = Uint8ClampedArray.from(image.data);
  const noise = patterned(image.width * image.height);
  for (let i = 0; i < noise.length; i++) {
    if ((noise[i] ?? 0) < share * 256) data.fill(i % 2 === 0 ? 255 : 0, i * 4, i * 4 + 3);
  }
  return { ...image, data };
}

describe("the recovery sheet", () => {
  it("brings a person's items back, in each language, from its first code", async () => {
    for (const language of languages) {
      const own = PersonKeys.generate();
      const file = await encryptItem(patterned(1000), own);
      const image = draw(sheetOf(language, own), 0, 6);
      const again = readRecoveryImage(image);
      assert.deepEqual(await openItem(file, again), patterned(1000));
      assert.deepEqual(again.personKey, own.personKey);
    }
  });
  it("has two codes that another reader reads as well: the key and the age identity", () => {
    const html = sheetOf("ko");
    const read = (n: number) => {
      const { data, width, height } = draw(html, n, 5);
      return jsqr(data, width, height)?.data;
    };
    assert.equal(read(0), keys.exposeSecretText());
    assert.equal(read(1), keys.exposeAgeIdentity());
    assert.equal([...html.matchAll(/<svg/g)].length, 2);
  });
  it("is read when it is worn", () => {
    const again = readRecoveryImage(worn(draw(sheetOf("ja"), 0, 8), 0.03));
    assert.equal(again.recipient, keys.recipient);
  });
  it("carries both secrets as letters in groups of four", () => {
    const text = sheetOf("en").replace(/<[^>]*>/g, "");
    assert.ok(text.includes(grouped(keys.exposeSecretText())));
    assert.ok(text.includes(grouped(keys.exposeAgeIdentity())));
    assert.match(grouped(keys.exposeSecretText()), /^NOREN-PERSON-KEY-1( [A-Z0-9]{4}){14} [A-Z0-9]{2}$/);
  });
  it("loads nothing, runs nothing and escapes what is written on it", () => {
    const odd = { person: `<script>alert("x")</script>`, portal: "a&b", madeOn: "'" };
    const html = makeRecoverySheet(keys, { language: "en", ...odd });
    assert.ok(!html.includes("<script"));
    assert.ok(html.includes("&#60;script&#62;"));
    assert.ok(!/(?:src|href)=|url\(|@import|\son\w+=/i.test(html));
    assert.match(html, /default-src 'none'/);
  });
  it("says in each language what is at stake, with every sentence of its own", () => {
    const [ko, ja, en] = languages.map((language) => sheetOf(language)) as [string, string, string];
    assert.match(ko, /<html lang="ko">.*통장처럼 보관하세요/s);
    assert.match(ja, /<html lang="ja">.*通帳と同じように保管/s);
    assert.match(en, /<html lang="en">.*Keep it like a bank book/s);
    for (const html of [ko, ja, en]) assert.equal(html.match(/<li>/g)?.length, 9);
  });
});

describe("a sheet typed at a counter", () => {
  const letters = keys.exposeSecretText();
  it("is read in any case, with spaces, line ends, dashes and full-width letters", () => {
    const wide = [...letters].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join("");
    for (const typed of [
      letters,
      letters.toLowerCase(),
      grouped(letters),
      grouped(letters).replaceAll(" ", "\n"),
      grouped(letters).replaceAll(" ", "-"),
      grouped(letters).replaceAll(" ", " – "),
      ` ${letters}\r\n`,
      wide,
    ]) {
      assert.equal(readRecoveryText(typed).recipient, keys.recipient);
    }
  });
  it("is refused with a wrong, missing, added or swapped letter", async () => {
    for (let i = 18; i < letters.length; i++) {
      const wrong = letters.slice(0, i) + (letters[i] === "Q" ? "Z" : "Q") + letters.slice(i + 1);
      await fails(() => readRecoveryText(wrong), "MALFORMED", "key");
      await fails(() => readRecoveryText(letters.slice(0, i) + letters.slice(i + 1)), "MALFORMED");
      await fails(() => readRecoveryText(letters.slice(0, i) + "Q" + letters.slice(i)), "MALFORMED");
      const [a, b] = [letters[i], letters[i + 1]];
      if (b === undefined || a === b) continue;
      await fails(() => readRecoveryText(letters.slice(0, i) + b + a + letters.slice(i + 2)), "MALFORMED");
    }
  });
  it("is refused when it is the second code, empty, or something else", async () => {
    for (const typed of [keys.exposeAgeIdentity(), "", "hello", keys.recipient]) {
      await fails(() => readRecoveryText(typed), "MALFORMED", "key");
    }
    const { width, height, data } = draw(sheetOf("en"), 1, 6);
    await fails(() => readRecoveryImage({ width, height, data }), "MALFORMED", "key");
    const blank = { width: 200, height: 200, data: new Uint8ClampedArray(160000).fill(255) };
    await fails(() => readRecoveryImage(blank), "MALFORMED", "image");
  });
  it("shows check letters that are another's for other keys", () => {
    assert.match(checkLetters(keys), /^[0-9A-F]{4} [0-9A-F]{4}$/);
    assert.notEqual(checkLetters(keys), checkLetters(PersonKeys.fromRoot(filled(2))));
    assert.ok(sheetOf("ko").includes(checkLetters(keys)));
  });
});
