// noren-person: the person's side of Noren, for browsers and Node.
// SPDX-License-Identifier: Apache-2.0
export * from "./acts.js";
export { countStanzas, makeHeader, measureHeader, openHeader } from "./age_header.js";
export * from "./canonical_json.js";
export * from "./dictionary.js";
export * from "./enrolment.js";
export * from "./failure.js";
export * from "./grant.js";
export * from "./items.js";
export * from "./keys.js";
export { checkNotOpenEnded } from "./open_ended.js";
export * from "./portal_identifier.js";
export * from "./profile.js";
export * from "./recovery_sheet.js";
export { holdsResidentNumber } from "./resident_number.js";
export * from "./shown.js";
