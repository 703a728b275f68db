// A person's words in codes: the profile as the service sees it, made in the client. Only what is
// in the code lists leaves; a word that is not is named to the person and guessed by nobody.
// Source:   docs/formats/noren_jsonl.md, taxonomies.md; server/thrift/common.thrift (Profile)
// SPDX-License-Identifier: Apache-2.0
import { isJsonObject, type JsonObject, type JsonValue } from "./canonical_json.js";
import { foldName, type CodeKind, type Dictionary, type DictionaryEntry } from "./dictionary.js";

export type ProblemCode =
  | "UNKNOWN_CODE"
  | "AMBIGUOUS_WORD"
  | "UNKNOWN_FIELD"
  | "MISSING_FIELD"
  | "BAD_REQUEST"
  | "OUT_OF_RANGE"
  | "DUPLICATE_VALUE";

/** Shown to the person alone; `word` is what they wrote. */
export interface ProfileProblem {
  field: string;
  code: ProblemCode;
  word?: string;
  /** Nearest entries of an unknown word, or the several that an ambiguous one means. */
  entries?: DictionaryEntry[];
}

export interface CodedProfile {
  occupations: string[];
  skills: { code: string; level: number }[];
  regions: string[];
  licences: string[];
  languages: { code: string; level: number }[];
  employment_types: string[];
  wage_floor?: { amount: number; currency: string };
  experience_months?: number;
  education?: number;
  available_from?: string;
  confirmed_on?: string;
  preferences?: Record<string, number>;
}

const educationLevels = [
  "none",
  "primary",
  "lower_secondary",
  "upper_secondary",
  "post_secondary",
  "short_tertiary",
  "bachelor",
  "master",
  "doctor",
];
const limits = {
  occupations: [1, 5],
  skills: [0, 64],
  regions: [1, 8],
  licences: [0, 32],
  languages: [0, 16],
  employment_types: [0, 8],
} as const;
const currencies = ["KRW", "JPY", "USD", "EUR"];
/** Units of pay a month: year / 12, week x 52 / 12, day x 260 / 12, hour x 2080 / 12. */
const perMonth: Record<string, [number, number]> = {
  month: [1, 1],
  year: [1, 12],
  week: [52, 12],
  day: [260, 12],
  hour: [2080, 12],
};
const wageMaxPerMonth = 1_000_000_000_000;
const preferenceNames = ["occupation", "region", "wage", "employment_type", "skills"];
const memberNames = [
  ...Object.keys(limits),
  "wage_floor",
  "experience_months",
  "education",
  "available_from",
  "confirmed_on",
  "preferences",
];
const jlpt = ["jlpt", "日本語能力試験", "일본어능력시험"];
const topik = ["topik", "韓国語能力試験", "한국어능력시험"];

class ProfileCoder {
  readonly problems: ProfileProblem[] = [];
  constructor(private readonly dictionary: Dictionary) {}

  note(field: string, code: ProblemCode, more: Partial<ProfileProblem> = {}): null {
    this.problems.push({ field, code, ...more });
    return null;
  }

  code(kind: CodeKind, word: JsonValue | undefined, field: string): string | null {
    if (word === undefined || word === null) return this.note(field, "MISSING_FIELD");
    if (typeof word !== "string") return this.note(field, "BAD_REQUEST");
    const found = this.dictionary.find(kind, word);
    if (found.is === "found") return found.entry.code;
    return found.is === "ambiguous"
      ? this.note(field, "AMBIGUOUS_WORD", { word, entries: found.entries })
      : this.note(field, "UNKNOWN_CODE", { word, entries: found.nearest });
  }

  integer(value: JsonValue | undefined, field: string, [least, most]: [number, number]) {
    if (value === undefined || value === null) return this.note(field, "MISSING_FIELD");
    if (typeof value !== "number" || !Number.isInteger(value)) {
      return this.note(field, "BAD_REQUEST");
    }
    return value < least || value > most ? this.note(field, "OUT_OF_RANGE") : value;
  }

  known(object: JsonObject, names: readonly string[], path: string): void {
    for (const name of Object.keys(object)) {
      if (!names.includes(name)) this.note(`${path}.${name}`, "UNKNOWN_FIELD");
    }
  }

  /** Elements that could be read; a code that comes twice is a problem. */
  list<Element>(
    form: JsonObject,
    name: keyof typeof limits,
    read: (item: JsonValue, field: string) => Element | null,
    codeOf: (element: Element) => string,
  ): Element[] {
    const field = `profile.${name}`;
    const [least, most] = limits[name];
    const value = form[name] ?? [];
    if (!Array.isArray(value)) {
      this.note(field, "BAD_REQUEST");
      return [];
    }
    if (value.length < least) this.note(field, "MISSING_FIELD");
    if (value.length > most) this.note(field, "OUT_OF_RANGE");
    const codes = new Set<string>();
    return value.flatMap((item, i) => {
      const element = read(item, `${field}[${i}]`);
      if (element === null) return [];
      if (codes.has(codeOf(element))) this.note(`${field}[${i}]`, "DUPLICATE_VALUE");
      codes.add(codeOf(element));
      return [element];
    });
  }

  codes(form: JsonObject, name: keyof typeof limits, kind: CodeKind): string[] {
    const read = (item: JsonValue, field: string) => this.code(kind, item, field);
    return this.list(form, name, read, (code) => code);
  }

  /** `{"skill": word, "level": n}` and its like for languages. */
  levels(form: JsonObject, name: "skills" | "languages", kind: "skill" | "language") {
    const read = (item: JsonValue, field: string) => {
      if (!isJsonObject(item)) return this.note(field, "BAD_REQUEST");
      this.known(item, [kind, "level"], field);
      const code = this.code(kind, item[kind], `${field}.${kind}`);
      const at = `${field}.level`;
      const level =
        kind === "skill"
          ? this.integer(item["level"], at, [1, 5])
          : this.languageLevel(item["level"], code, at);
      return code === null || level === null ? null : { code, level };
    };
    return this.list(form, name, read, ({ code }) => code);
  }

  languageLevel(word: JsonValue | undefined, language: string | null, field: string) {
    if (typeof word !== "string") return this.integer(word, field, [1, 6]);
    const code = this.code("language_level", word, field);
    if (code === null) return null;
    const folded = foldName(word);
    const isOf = (names: string[]) => names.some((name) => folded.startsWith(name));
    if ((isOf(jlpt) && language !== "ja") || (isOf(topik) && language !== "ko")) {
      return this.note(field, "BAD_REQUEST", { word });
    }
    return Number(code);
  }

  wage(value: JsonValue): { amount: number; currency: string } | null {
    const field = "profile.wage_floor";
    if (!isJsonObject(value)) return this.note(field, "BAD_REQUEST");
    this.known(value, ["amount", "currency", "per"], field);
    const { currency, per = "month" } = value;
    const isUnit = typeof per === "string" && Object.hasOwn(perMonth, per);
    const unit = isUnit ? perMonth[per] : undefined;
    if (unit === undefined) return this.note(`${field}.per`, "BAD_REQUEST");
    if (currency === undefined) return this.note(`${field}.currency`, "MISSING_FIELD");
    if (typeof currency !== "string" || !currencies.includes(currency)) {
      return this.note(`${field}.currency`, "UNKNOWN_CODE");
    }
    const amount = this.integer(value["amount"], `${field}.amount`, [1, 12 * wageMaxPerMonth]);
    if (amount === null) return null;
    const monthly = Math.floor((amount * unit[0]) / unit[1] + 0.5);
    return monthly < 1 || monthly > wageMaxPerMonth
      ? this.note(`${field}.amount`, "OUT_OF_RANGE")
      : { amount: monthly, currency };
  }

  education(value: JsonValue): number | null {
    const field = "profile.education";
    if (typeof value !== "string") return this.integer(value, field, [0, 8]);
    const code = this.code("education", value, field);
    return code === null ? null : educationLevels.indexOf(code);
  }

  day(value: JsonValue, name: string): string | null {
    const field = `profile.${name}`;
    const time = typeof value === "string" ? Date.parse(`${value}T00:00:00Z`) : NaN;
    const text = Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 10);
    if (text !== value) return this.note(field, "BAD_REQUEST");
    const year = Number(text.slice(0, 4));
    return year < 1900 || year > 2199 ? this.note(field, "OUT_OF_RANGE") : text;
  }

  preferences(value: JsonValue): Record<string, number> | null {
    const field = "profile.preferences";
    if (!isJsonObject(value)) return this.note(field, "BAD_REQUEST");
    this.known(value, preferenceNames, field);
    const weights: Record<string, number> = {};
    for (const name of preferenceNames) {
      if (value[name] === undefined || value[name] === null) continue;
      const weight = this.integer(value[name], `${field}.${name}`, [0, 10]);
      if (weight !== null) weights[name] = weight;
    }
    return weights;
  }
}

/**
 * Codes a profile as `seeker/1` rows write it.
 *   returns  the profile, or every problem of it: with a problem nothing is coded
 */
export function codeProfile(
  form: JsonObject,
  dictionary: Dictionary,
): { profile: CodedProfile; problems: [] } | { profile: null; problems: ProfileProblem[] } {
  const coder = new ProfileCoder(dictionary);
  coder.known(form, memberNames, "profile");
  const profile: CodedProfile = {
    occupations: coder.codes(form, "occupations", "occupation"),
    skills: coder.levels(form, "skills", "skill"),
    regions: coder.codes(form, "regions", "region"),
    licences: coder.codes(form, "licences", "licence"),
    languages: coder.levels(form, "languages", "language"),
    employment_types: coder.codes(form, "employment_types", "employment_type"),
  };
  const set = <Value>(name: string, read: (value: JsonValue) => Value | null) => {
    const value = form[name];
    const coded = value === undefined || value === null ? null : read(value);
    if (coded !== null) Object.assign(profile, { [name]: coded });
  };
  set("wage_floor", (value) => coder.wage(value));
  set("experience_months", (value) =>
    coder.integer(value, "profile.experience_months", [0, 840]),
  );
  set("education", (value) => coder.education(value));
  set("available_from", (value) => coder.day(value, "available_from"));
  set("confirmed_on", (value) => coder.day(value, "confirmed_on"));
  set("preferences", (value) => coder.preferences(value));
  const { problems } = coder;
  return problems.length > 0 ? { profile: null, problems } : { profile, problems: [] };
}
