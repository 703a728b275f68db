// Words to codes, on the project's own code lists and sample people.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import {
  codeProfile,
  Dictionary,
  foldName,
  taxonomyFiles,
  type CodeKind,
  type JsonObject,
} from "../src/index.js";
import { fails, repository, taxonomies } from "./support.js";

const kinds = Object.keys(taxonomyFiles) as CodeKind[];
const files = taxonomies();
const dictionary = new Dictionary(files);

function codeOf(kind: CodeKind, word: string): string {
  const found = dictionary.find(kind, word);
  return found.is === "found" ? found.entry.code : found.is;
}
function samples(language: string): JsonObject[] {
  const path = join(repository, `datasets/samples/seekers.${language}.jsonl`);
  const rows = readFileSync(path, "utf8").trimEnd().split("\n");
  return rows.map((row) => (JSON.parse(row) as { profile: JsonObject }).profile);
}

const form: JsonObject = {
  occupations: ["소프트웨어 개발자"],
  skills: [
    { skill: "Python", level: 4 },
    { skill: "SK-sql", level: 3 },
  ],
  regions: ["KR-11", "성남시 분당구"],
  licences: ["정보처리기사"],
  languages: [
    { language: "ko", level: "C2" },
    { language: "ja", level: "JLPT N2" },
    { language: "영어", level: 4 },
  ],
  employment_types: ["full_time", "계약직"],
  wage_floor: { amount: 42000000, currency: "KRW", per: "year" },
  experience_months: 54,
  education: "대졸",
  available_from: "2026-12-01",
  preferences: { occupation: 8, wage: 0 },
};
const problemsOf = (changes: JsonObject) => codeProfile({ ...form, ...changes }, dictionary).problems;

describe("a word", () => {
  it("is each code, label and alias of the lists, but for shared labels of regions", () => {
    for (const kind of kinds) {
      for (const line of files[kind].split("\n").slice(1)) {
        if (line === "" || line.startsWith("#") || line.startsWith("code\t")) continue;
        const [code = "", , ko = "", ja = "", en = "", aliases = ""] = line.split("\t");
        assert.equal(codeOf(kind, code), code);
        for (const name of [ko, ja, en, ...aliases.split("|")].filter((one) => one !== "")) {
          const found = codeOf(kind, name);
          const shared = kind === "region" && found === "ambiguous";
          const below = kind === "occupation" && found.startsWith(code);
          assert.ok(found === code || shared || below, `${name}: ${found}, not ${code}`);
        }
      }
    }
  });
  it("is folded: width, case, white space and middle dots do not matter", () => {
    assert.equal(foldName(" Ｐｙｔｈｏｎ\u3000３・x·Y "), "python3xy");
    assert.equal(foldName("Straße"), "strasse");
    assert.equal(foldName("ΣΑΣ"), "σασ");
    assert.equal(foldName("\ud800"), "");
    assert.equal(foldName("a".repeat(4097)), "");
    assert.equal(codeOf("skill", "ｐＹＴＨＯＮ "), "SK-python");
    assert.equal(codeOf("region", "Bundang-gu, Seongnam"), "KR-41135");
  });
  it("of a region may stand with what is above it, and a ward without its city", () => {
    assert.equal(codeOf("region", "서울 중구"), "KR-11140");
    assert.equal(codeOf("region", "분당구"), "KR-41135");
    assert.equal(codeOf("region", "경기도 성남시 분당구"), "KR-41135");
    assert.equal(codeOf("region", "神奈川県川崎市川崎区"), "JP-14131");
    assert.equal(codeOf("region", "Jung-gu, Seoul"), "KR-11140");
  });
  it("that several regions share is ambiguous and names them", () => {
    const found = dictionary.find("region", "중구");
    assert.ok(found.is === "ambiguous");
    assert.equal(found.entries.length, 6);
    assert.ok(found.entries.some((entry) => entry.code === "KR-11140"));
  });
  it("along one line of groups means the lowest", () => {
    assert.equal(codeOf("occupation", "장교"), "ISCO-0110");
  });
  it("that is not in the lists is unknown, with the nearest named and never taken", () => {
    const found = dictionary.find("skill", "Pyhton");
    assert.ok(found.is === "unknown");
    assert.equal(found.nearest[0]?.code, "SK-python");
    const nothing = dictionary.find("skill", "…");
    assert.ok(nothing.is === "unknown" && nothing.nearest.length === 0);
  });
});

describe("a profile", () => {
  it("is coded as the service takes it", () => {
    assert.deepEqual(codeProfile(form, dictionary).profile, {
      occupations: ["ISCO-2512"],
      skills: [
        { code: "SK-python", level: 4 },
        { code: "SK-sql", level: 3 },
      ],
      regions: ["KR-11", "KR-41135"],
      licences: [codeOf("licence", "정보처리기사")],
      languages: [
        { code: "ko", level: 6 },
        { code: "ja", level: 4 },
        { code: "en", level: 4 },
      ],
      employment_types: ["full_time", "contract"],
      wage_floor: { amount: 3500000, currency: "KRW" },
      experience_months: 54,
      education: 6,
      available_from: "2026-12-01",
      preferences: { occupation: 8, wage: 0 },
    });
  });
  it("of every sample person is coded without a problem", () => {
    let count = 0;
    for (const language of ["ko", "ja", "en"]) {
      for (const sample of samples(language)) {
        const { profile, problems } = codeProfile(sample, dictionary);
        assert.deepEqual(problems, []);
        assert.ok(profile !== null && profile.occupations.every((code) => code.startsWith("ISCO-")));
        count++;
      }
    }
    assert.ok(count >= 30, String(count));
  });
  it("with an unknown word names the word and where it stands, and codes nothing", () => {
    const { profile, problems } = codeProfile(
      { ...form, skills: [{ skill: "Pyhton", level: 4 }, { skill: "SQL 잘함", level: 2 }] },
      dictionary,
    );
    assert.equal(profile, null);
    assert.deepEqual(
      problems.map(({ field, code, word }) => [field, code, word]),
      [
        ["profile.skills[0].skill", "UNKNOWN_CODE", "Pyhton"],
        ["profile.skills[1].skill", "UNKNOWN_CODE", "SQL 잘함"],
      ],
    );
    assert.equal(problems[0]?.entries?.[0]?.code, "SK-python");
  });
  it("with anything out of form names the field and the reason", () => {
    const cases: [JsonObject, string, string][] = [
      [{ occupations: [] }, "profile.occupations", "MISSING_FIELD"],
      [{ occupations: "ISCO-2512" }, "profile.occupations", "BAD_REQUEST"],
      [{ occupations: [5] }, "profile.occupations[0]", "BAD_REQUEST"],
      [{ occupations: ["ISCO-2512", "소프트웨어 개발자"] }, "profile.occupations[1]", "DUPLICATE_VALUE"],
      [{ regions: ["중구"] }, "profile.regions[0]", "AMBIGUOUS_WORD"],
      [{ regions: new Array<string>(9).fill("KR-11") }, "profile.regions", "OUT_OF_RANGE"],
      [{ skills: [{ skill: "SK-sql" }] }, "profile.skills[0].level", "MISSING_FIELD"],
      [{ skills: [{ skill: "SK-sql", level: 6 }] }, "profile.skills[0].level", "OUT_OF_RANGE"],
      [{ skills: [{ skill: "SK-sql", level: 1.5 }] }, "profile.skills[0].level", "BAD_REQUEST"],
      [{ skills: [{ skill: "SK-sql", level: 1, x: 1 }] }, "profile.skills[0].x", "UNKNOWN_FIELD"],
      [{ skills: ["SK-sql"] }, "profile.skills[0]", "BAD_REQUEST"],
      [{ languages: [{ language: "en", level: "JLPT N2" }] }, "profile.languages[0].level", "BAD_REQUEST"],
      [{ languages: [{ language: "ja", level: "TOPIK 3" }] }, "profile.languages[0].level", "BAD_REQUEST"],
      [{ languages: [{ language: "ja", level: 7 }] }, "profile.languages[0].level", "OUT_OF_RANGE"],
      [{ wage_floor: { amount: 0, currency: "KRW" } }, "profile.wage_floor.amount", "OUT_OF_RANGE"],
      [{ wage_floor: { currency: "KRW" } }, "profile.wage_floor.amount", "MISSING_FIELD"],
      [{ wage_floor: { amount: 1 } }, "profile.wage_floor.currency", "MISSING_FIELD"],
      [{ wage_floor: { amount: 1, currency: "GBP" } }, "profile.wage_floor.currency", "UNKNOWN_CODE"],
      [{ wage_floor: { amount: 1, currency: "KRW", per: "decade" } }, "profile.wage_floor.per", "BAD_REQUEST"],
      [{ experience_months: 841 }, "profile.experience_months", "OUT_OF_RANGE"],
      [{ education: 9 }, "profile.education", "OUT_OF_RANGE"],
      [{ education: "졸업" }, "profile.education", "UNKNOWN_CODE"],
      [{ available_from: "2026-02-30" }, "profile.available_from", "BAD_REQUEST"],
      [{ available_from: "2026-2-3" }, "profile.available_from", "BAD_REQUEST"],
      [{ confirmed_on: "1899-12-31" }, "profile.confirmed_on", "OUT_OF_RANGE"],
      [{ preferences: { occupation: 11 } }, "profile.preferences.occupation", "OUT_OF_RANGE"],
      [{ preferences: { photo: 1 } }, "profile.preferences.photo", "UNKNOWN_FIELD"],
      [{ photo: "x" }, "profile.photo", "UNKNOWN_FIELD"],
    ];
    for (const [changes, field, code] of cases) {
      const problems = problemsOf(changes).map((problem) => `${problem.field} ${problem.code}`);
      assert.ok(problems.includes(`${field} ${code}`), `${field} ${code}, not ${problems.join()}`);
    }
  });
  it("leaves out what is null or absent", () => {
    const bare: JsonObject = { occupations: ["ISCO-2512"], regions: ["KR-11"], education: null };
    const { profile } = codeProfile(bare, dictionary);
    assert.ok(profile !== null && !("education" in profile) && !("wage_floor" in profile));
  });
});

describe("code lists", () => {
  it("that are broken are refused, naming file and line", async () => {
    const change = (kind: CodeKind, edit: (text: string) => string) => () =>
      new Dictionary({ ...files, [kind]: edit(files[kind]) });
    const file = "skills.tsv";
    await fails(change("skill", () => ""), "MALFORMED", file);
    await fails(change("skill", (text) => text.replace("code\t", "codes\t")), "MALFORMED", file);
    await fails(change("skill", (text) => text.replace("\tPython\t", "\t")), "MALFORMED", file);
    const twice = (text: string) => text.replace(/\n(SK-access\t.*)\n/, "\n$1\n$1\n");
    await fails(change("skill", twice), "MALFORMED", file);
    const orphan = (text: string) => text.replace("\nKR-11140\tKR-11\t", "\nKR-11140\tKR-XX\t");
    await fails(change("region", orphan), "MALFORMED", "regions.tsv");
  });
});
