// What a portal does with a phone number or mail address before it is blinded: the one form that
// every portal writes it in, and no resident number among them.
// Source:   docs/formats/oprf.md (Input); ITU-T E.164; engine/intake/portal_identifier.h
// SPDX-License-Identifier: Apache-2.0
import { mailIdentifier, phoneIdentifier } from "./enrolment.js";
import { NorenFailure } from "./failure.js";
import { holdsResidentNumber, narrow } from "./resident_number.js";

export type DialledFrom = "KR" | "JP";

interface NumberingPlan {
  code: string;
  leastDigits: number; // of a number without the leading 0
  mostDigits: number;
}
const plans: Record<DialledFrom, NumberingPlan> = {
  KR: { code: "82", leastDigits: 8, mostDigits: 11 },
  JP: { code: "81", leastDigits: 9, mostDigits: 10 },
};

const malformed = () => new NorenFailure("MALFORMED", "phone", "no phone number");

function refuseResidentNumbers(written: string, field: string): void {
  if (holdsResidentNumber(written)) {
    throw new NorenFailure("RESIDENT_NUMBER", field, "a resident number is never an identifier");
  }
}

// "10..." in Japan and "0..." anywhere are prefixes for calls abroad, not numbers.
function e164(plan: NumberingPlan, digits: string): string {
  const isPrefix = digits.startsWith("0") || (plan.code === "81" && digits.startsWith("10"));
  if (isPrefix || digits.length < plan.leastDigits || digits.length > plan.mostDigits) {
    throw malformed();
  }
  return `+${plan.code}${digits}`;
}

function international(digits: string): string {
  const plan = Object.values(plans).find(({ code }) => digits.startsWith(code));
  if (plan === undefined) return `+${digits}`;
  return e164(plan, digits.slice(plan.code.length).replace(/^0/, ""));
}

/**
 * The identifier of a number as it was typed: international (`+82 10-1234-5678`) or national
 * (`010-1234-5678`), in ASCII or full width; spaces, hyphens, dots and parentheses do not count.
 *   errors   RESIDENT_NUMBER; MALFORMED: any other text
 */
export function phoneIdentifierOf(written: string, country: DialledFrom): string {
  refuseResidentNumbers(written, "phone");
  const dialled = narrow(written).replace(/[ \-.()]/g, "");
  if (/^\+[0-9]+$/.test(dialled)) return phoneIdentifier(international(dialled.slice(1)));
  if (!/^0[0-9]+$/.test(dialled)) throw malformed();
  return phoneIdentifier(e164(plans[country], dialled.slice(1)));
}

/** `mailIdentifier`, but for texts in which a resident number stands (RESIDENT_NUMBER). */
export function mailIdentifierOf(written: string): string {
  refuseResidentNumbers(written, "mail");
  return mailIdentifier(written);
}
