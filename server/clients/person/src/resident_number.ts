// Resident numbers in any text: a Korean resident registration number (with its hyphen and a
// possible birth day, or 13 digits with the check digit) or a Japanese My Number (12 digits with
// theirs, in one group or three of four). They are refused before anything is blinded.
// Source:   the check digits of the Korean and the Japanese ordinances;
//           engine/intake/resident_number.cc
// SPDX-License-Identifier: Apache-2.0

/** Full-width digits, plus signs, parentheses and spaces and the various hyphens as ASCII. */
export function narrow(text: string): string {
  return text
    .replace(/[\uFF08\uFF09\uFF0B\uFF10-\uFF19]/g, (c) =>
      String.fromCharCode(c.charCodeAt(0) - 0xfee0),
    )
    .replace(/[\uFF0D\u2212\u2010-\u2015]/g, "-")
    .replace(/\u3000/g, " ");
}

const digitsOf = (text: string): number[] => [...text].map(Number);

function hasPossibleBirthDay(digits: string): boolean {
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const [month, day] = [Number(digits.slice(2, 4)), Number(digits.slice(4, 6))];
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!;
}

function hasKoreanCheckDigit(text: string): boolean {
  const weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];
  const digits = digitsOf(text);
  const sum = weights.reduce((total, weight, i) => total + weight * digits[i]!, 0);
  return (11 - (sum % 11)) % 10 === digits[12];
}

function hasJapaneseCheckDigit(text: string): boolean {
  const digits = digitsOf(text);
  let sum = 0;
  for (let n = 1; n <= 11; n++) sum += digits[11 - n]! * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digits[11];
}

// One group of digits, or several with one and the same separator between them.
function isResidentNumber(run: string): boolean {
  const groups = run.split(/[- ]/);
  const digits = groups.join("");
  if (digits.length === 13 && hasPossibleBirthDay(digits)) {
    // Numbers given out since October 2020 have no check digit, so the written form decides.
    if (groups.length === 2 && groups[0]!.length === 6 && run.includes("-")) return true;
    return groups.length === 1 && hasKoreanCheckDigit(digits);
  }
  if (digits.length !== 12 || !hasJapaneseCheckDigit(digits)) return false;
  return groups.length === 1 || (groups.length === 3 && groups.every((g) => g.length === 4));
}

export function holdsResidentNumber(text: string): boolean {
  const runs = narrow(text).matchAll(/(\+?)([0-9]+(?:-[0-9]+)+|[0-9]+(?: [0-9]+)+|[0-9]+)/g);
  return [...runs].some(([, plus, run]) => plus === "" && isResidentNumber(run!));
}
