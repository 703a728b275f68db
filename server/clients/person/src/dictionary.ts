// The code lists, handed in as the text of their files: what a person's words are, in codes.
// Resolution is exact: a code, label or alias after folding. A nearest name is only suggested.
// Source:   docs/formats/taxonomies.md
// SPDX-License-Identifier: Apache-2.0
import { NorenFailure } from "./failure.js";
import { nearestNames } from "./name_distance.js";

export type CodeKind =
  | "occupation"
  | "skill"
  | "region"
  | "licence"
  | "language"
  | "language_level"
  | "employment_type"
  | "education";

/** Which file of datasets/taxonomies holds which kind. */
export const taxonomyFiles: Record<CodeKind, string> = {
  occupation: "occupations.tsv",
  skill: "skills.tsv",
  region: "regions.tsv",
  licence: "licences.tsv",
  language: "languages.tsv",
  language_level: "language_levels.tsv",
  employment_type: "employment_types.tsv",
  education: "education.tsv",
};

export interface DictionaryEntry {
  code: string;
  parent: string;
  ko: string;
  ja: string;
  en: string;
  aliases: string[];
}

export type Found =
  | { is: "found"; entry: DictionaryEntry }
  | { is: "ambiguous"; entries: DictionaryEntry[] }
  | { is: "unknown"; nearest: DictionaryEntry[] };

const nameMaxSizeBytes = 4096;
const suggestionsCount = 3;
const dropped = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\u00b7\u30fb\u318d\u2219]/gu;
const columns = ["code", "parent", "ko", "ja", "en", "aliases"];

/**
 * NFKC and case folding, without white space and the middle dots that Korean and Japanese put
 * between words. "" for what cannot be a name.
 */
export function foldName(text: string): string {
  if (!text.isWellFormed() || text.length > nameMaxSizeBytes) return "";
  // A UTF-16 unit is at most three bytes.
  const isLong = text.length * 3 > nameMaxSizeBytes;
  if (isLong && new TextEncoder().encode(text).length > nameMaxSizeBytes) return "";
  // Upper case first, so that a sharp s becomes two; the dotless i has no other case here.
  const fold = (part: string) => part.toUpperCase().toLowerCase().replaceAll("\u03c2", "\u03c3");
  const folded = text.normalize("NFKC").split("\u0131").map(fold).join("\u0131");
  return folded.normalize("NFKC").replace(dropped, "");
}

class KindTable {
  readonly byCode = new Map<string, DictionaryEntry>();
  readonly byName = new Map<string, DictionaryEntry[]>();

  constructor(kind: CodeKind, text: string) {
    for (const entry of readRows(taxonomyFiles[kind], text, kind === "region")) {
      this.byCode.set(entry.code, entry);
    }
    for (const entry of this.byCode.values()) {
      if (entry.parent !== "" && !this.byCode.has(entry.parent)) {
        throw new NorenFailure("MALFORMED", taxonomyFiles[kind], `${entry.code}: no such parent`);
      }
      for (const name of [entry.code, entry.ko, entry.ja, entry.en, ...entry.aliases]) {
        this.#add(name, entry);
      }
    }
    if (kind === "region") this.byCode.forEach((entry) => this.#addRegionNames(entry));
  }

  #add(name: string, entry: DictionaryEntry): void {
    const folded = foldName(name);
    if (folded === "") return;
    const entries = this.byName.get(folded) ?? [];
    if (!entries.includes(entry)) entries.push(entry);
    this.byName.set(folded, entries);
  }

  /** A ward without its city; every region with each of those above it. */
  #addRegionNames(entry: DictionaryEntry): void {
    const city = this.byCode.get(entry.parent);
    for (const [label, above] of [
      [entry.ko, city?.ko],
      [entry.ja, city?.ja],
    ] as const) {
      if (above && label.length > above.length && label.startsWith(above)) {
        this.#add(label.slice(above.length), entry);
      }
    }
    for (let above = city; above && above.parent !== ""; above = this.byCode.get(above.parent)) {
      for (const name of [...above.aliases, above.ko, above.ja].filter((one) => one !== "")) {
        for (const label of [entry.ko, entry.ja]) if (label !== "") this.#add(name + label, entry);
      }
      this.#add(`${entry.en},${above.en}`, entry);
    }
  }

  isAbove(upper: DictionaryEntry, lower: DictionaryEntry): boolean {
    let at = this.byCode.get(lower.parent);
    while (at !== undefined && at !== upper) at = this.byCode.get(at.parent);
    return at === upper;
  }
}

function readRows(file: string, text: string, hasPlace: boolean): DictionaryEntry[] {
  const failure = (line: number, what: string) =>
    new NorenFailure("MALFORMED", file, `line ${line}: ${what}`);
  const wanted = hasPlace ? [...columns, "latitude", "longitude"] : columns;
  const entries: DictionaryEntry[] = [];
  let hasHeader = false;
  text.split("\n").forEach((line, i) => {
    if (line === "" || line.startsWith("#")) return;
    const cells = line.split("\t");
    if (cells.length !== wanted.length) throw failure(i + 1, "number of cells");
    if (!hasHeader) {
      if (cells.join() !== wanted.join()) throw failure(i + 1, "header");
      hasHeader = true;
      return;
    }
    const [code = "", parent = "", ko = "", ja = "", en = "", aliases = ""] = cells;
    const last = entries.at(-1);
    if (code === "" || (last !== undefined && last.code >= code)) {
      throw failure(i + 1, "order of codes");
    }
    const names = aliases === "" ? [] : aliases.split("|");
    entries.push({ code, parent, ko, ja, en, aliases: names });
  });
  if (entries.length === 0) throw failure(0, "no rows");
  return entries;
}

export class Dictionary {
  readonly #tables = new Map<CodeKind, KindTable>();

  /**
   *   files  the text of each file of `taxonomyFiles`, by kind
   */
  constructor(files: Record<CodeKind, string>) {
    for (const kind of Object.keys(taxonomyFiles) as CodeKind[]) {
      this.#tables.set(kind, new KindTable(kind, files[kind]));
    }
  }

  find(kind: CodeKind, word: string): Found {
    const table = this.#tables.get(kind) as KindTable;
    const folded = foldName(word);
    const entries = table.byName.get(folded) ?? [];
    // Groups in one line share a name when the upper has one member only: the lowest is meant.
    const lowest = entries.find((entry) =>
      entries.every((other) => other === entry || table.isAbove(other, entry)),
    );
    if (lowest !== undefined) return { is: "found", entry: lowest };
    if (entries.length > 0) {
      return { is: "ambiguous", entries: [...entries].sort((a, b) => (a.code < b.code ? -1 : 1)) };
    }
    return { is: "unknown", nearest: nearestNames(folded, table.byName, suggestionsCount) };
  }
}
