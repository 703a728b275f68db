// The recovery sheet: one printable page that holds the person's keys as QR codes and as letters,
// and the way back from it.
// Source:   docs/formats/person_keys.md; ISO/IEC 18004 through the library `qr`
// Secrets:  the whole page. It is made in the client, printed, and kept nowhere else.
// SPDX-License-Identifier: Apache-2.0
import encodeQR from "qr";
import decodeQR from "qr/decode.js";

import { bytesToHex, sha256 } from "./bytes.js";
import { NorenFailure } from "./failure.js";
import { PersonKeys, type PersonPublicKeys } from "./keys.js";
import { sheetStyle } from "./sheet_style.js";
import { sheetWords, type SheetLanguage } from "./sheet_words.js";

export type { SheetLanguage } from "./sheet_words.js";

export interface SheetLabels {
  language: SheetLanguage;
  /** What the person writes on it; never needed to read it back. */
  person: string;
  portal: string;
  /** `2026-11-23`. */
  madeOn: string;
}

/** Eight letters that tell one person's keys from another's and give nothing away. */
export function checkLetters(keys: PersonPublicKeys): string {
  const hex = bytesToHex(sha256(keys.personKey)).slice(0, 8).toUpperCase();
  return `${hex.slice(0, 4)} ${hex.slice(4)}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Groups of four letters after the `1` that ends the prefix. */
export function grouped(secretText: string): string {
  const end = secretText.lastIndexOf("1") + 1;
  return [secretText.slice(0, end), ...(secretText.slice(end).match(/.{1,4}/g) ?? [])].join(" ");
}

/** A QR code of error correction M, with its quiet zone of four modules, black on white. */
function qrSvg(text: string, label: string): string {
  const modules = encodeQR(text, "raw", { ecc: "medium", border: 4 });
  const size = modules.length;
  let path = "";
  modules.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue;
      let end = x + 1;
      while (row[end] === true) end++;
      path += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  });
  const name = escapeHtml(label);
  return (
    `<svg role="img" aria-label="${name}" viewBox="0 0 ${size} ${size}" ` +
    `shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/>` +
    `<path fill="#000" d="${path}"/></svg>`
  );
}

function codeBlock(secretText: string, name: string, meaning: string): string {
  const groups = grouped(secretText)
    .split(" ")
    .map((group) => `<span>${group}</span>`)
    .join(" ");
  return (
    `<figure>${qrSvg(secretText, name)}<figcaption><h2>${escapeHtml(name)}</h2>` +
    `<p>${escapeHtml(meaning)}</p><p class="letters" translate="no">${groups}</p>` +
    `</figcaption></figure>`
  );
}

function section(title: string, sentences: readonly string[], list: "ul" | "ol"): string {
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("");
  return `<section><h2>${escapeHtml(title)}</h2><${list}>${items}</${list}></section>`;
}

/** A whole HTML document. It loads nothing and runs nothing. */
export function makeRecoverySheet(keys: PersonKeys, labels: SheetLabels): string {
  const words = sheetWords[labels.language];
  const row = (name: string, value: string, extra = "") =>
    `<div${extra}><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="${labels.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(words.title)}</title>
<style>${sheetStyle}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(words.title)}</h1><p>${escapeHtml(words.lead)}</p></header>
<dl>
${row(words.person, labels.person)}
${row(words.portal, labels.portal)}
${row(words.made, labels.madeOn)}
${row(words.checkTitle, checkLetters(keys), ' class="check"')}
</dl>
<div class="columns">
${section(words.whyTitle, words.why, "ul")}
${section(words.keepTitle, words.keep, "ul")}
${section(words.useTitle, words.use, "ol")}
${section(words.lostTitle, words.lost, "ul")}
</div>
<p class="fold"><span>${escapeHtml(words.fold)}</span></p>
<div class="codes">
${codeBlock(keys.exposeSecretText(), words.mainCode, words.mainCodeMeaning)}
${codeBlock(keys.exposeAgeIdentity(), words.ageCode, words.ageCodeMeaning)}
</div>
<p class="note">${escapeHtml(`${words.checkTitle}: ${checkLetters(keys)} — ${words.check}`)}</p>
</main>
</body>
</html>
`;
}

/**
 * Reads what a scanner gave or what somebody typed: spaces, line ends, hyphens and case as they
 * like.
 *   errors  MALFORMED: mistyped, cut, or another code than the first
 */
export function readRecoveryText(typed: string): PersonKeys {
  const letters = typed.normalize("NFKC").replace(/[\s\p{Pd}]/gu, "").toUpperCase();
  const found = /^NORENPERSONKEY1([02-9AC-HJ-NP-Z]{58})$/.exec(letters);
  if (letters.startsWith("AGESECRETKEY")) {
    throw new NorenFailure("MALFORMED", "key", "the second code; the first one is asked for");
  }
  if (found === null) throw new NorenFailure("MALFORMED", "key", "not the letters of a sheet");
  return PersonKeys.fromSecretText("NOREN-PERSON-KEY-1" + found[1]);
}

/** Of a camera's picture: `ImageData`, or anything with RGBA bytes. */
export function readRecoveryImage(image: {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}): PersonKeys {
  let text: string;
  try {
    text = decodeQR(image);
  } catch {
    throw new NorenFailure("MALFORMED", "image", "no code is seen; hold the paper flat and near");
  }
  return readRecoveryText(text);
}
