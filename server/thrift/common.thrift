/**
 * Noren, version 1: what all roles share. The rules of the wire are in docs/formats/wire.md.
 *
 * Every call is made over TLS 1.3 with a client certificate; the caller is the certificate's URI SAN
 * (urn:noren:<role>:<name>), never a field of a message. Framed binary or compact protocol, multiplexed services
 * "portal", "person" (carried by portals), "company", "officer", "destruction" (of officers).
 * Field ids are never reused. Times are whole seconds since 1970 UTC unless a field says otherwise. Ids are printed
 * ids such as "seeker-0f...": a prefix, a hyphen and 32 hex digits. Text is UTF-8.
 */
namespace cpp noren.wire
namespace py noren_wire.common

/** Every refusal. Clients branch on `code` only (docs/formats/errors.md). */
exception ServiceError {
  1: string code,             // stable, e.g. "CONSENT_WITHDRAWN"
  2: string public_message,   // a sentence that says what to do; English, Korean or Japanese by `language` of the call
  3: string field,            // path of the field that is wrong, "" when none, e.g. "profile.skills[3].level"
  4: bool retryable,          // the same call with the same idempotency key may succeed later
  5: i32 retry_after_ms,      // 0 when unknown
  6: string request_id,       // tell it to the operator; it is in the log
  7: string detail,           // log-safe detail: literals, ids, numbers
  8: list<string> clauses     // policy clauses the decision rests on
}

/** Which mutation this is. The same key with the same request gives the same answer for 24 hours; with another request CONFLICT. */
struct Idempotency {
  1: string key               // 1..64 characters of [A-Za-z0-9._:-], chosen by the caller, unique per caller
}

/** One page of a listing. Cursors are opaque, bound to the caller and the listing. */
struct PageRequest {
  1: string cursor,           // "" for the first page, else `next_cursor` of the page before
  2: i32 limit                // rows, 1..200; 0 means 50
}

/** A question of a company's form for one posting. */
struct FormQuestion {
  1: string id,               // 1..40 of a-z 0-9 -
  2: string label,            // what the person reads; 1..300 bytes
  3: bool is_required
}
struct CompanyForm {
  1: string posting,
  2: i32 version,
  3: string company,
  4: string state,            // waiting, published, refused
  5: list<FormQuestion> questions,
  6: i64 put_at,
  7: i64 reviewed_at,         // 0: not yet
  8: string reviewed_by,      // to officers
  9: string reason            // why it was refused
}

/** How a letter names a person. Of these facts nothing is kept but a keyed token. */
struct LetterFacts {
  1: string name,             // 1..200 bytes
  2: string born,             // "1990-02-28"
  3: string postal_code,      // 5 or 7 digits
  4: string address           // 1..500 bytes
}

struct SkillLevel    { 1: string code, 2: i8 level }   // "SK-...", level 1 (knows of it) .. 5 (teaches it)
struct LanguageLevel { 1: string code, 2: i8 level }   // ISO 639-1, level 1 (A1) .. 6 (C2)
struct WeightedCode  { 1: string code, 2: i8 weight }  // weight 1..10
struct WeightedLevel { 1: string code, 2: i8 level, 3: i8 weight }  // preferred from that level on; weight 1..10
struct Money         { 1: i64 amount, 2: string currency }  // whole units per month; KRW, JPY, USD, EUR

/** How much each feature of a posting matters to the person, 0 (not at all) .. 10. Absent: as the policy says. */
struct Preferences {
  1: optional i8 occupation, 2: optional i8 region, 3: optional i8 wage, 4: optional i8 employment_type,
  5: optional i8 skills
}

/** How much each feature of a person matters to the company, 0 (not at all) .. 10. Absent: as the policy says. */
struct FeatureWeights {
  1: optional i8 occupation, 2: optional i8 skills, 3: optional i8 licences, 4: optional i8 languages,
  5: optional i8 region, 6: optional i8 wage, 7: optional i8 employment_type, 8: optional i8 experience,
  9: optional i8 related_skills, 10: optional i8 education, 11: optional i8 availability, 12: optional i8 recency
}

/** A seeker, coded. Codes are in datasets/taxonomies; anything absent is missing, not zero. */
struct Profile {
  1: list<string> occupations,         // 1..5, "ISCO-2512" (any level of the hierarchy)
  2: list<SkillLevel> skills,          // 0..64
  3: list<string> regions,             // 1..8 where the person would work, "KR-11440", "JP-13"
  4: list<string> licences,            // 0..32, "LC-..."
  5: list<LanguageLevel> languages,    // 0..16
  6: list<string> employment_types,    // 0..8: full_time part_time contract temporary dispatched internship freelance daily
  7: optional Money wage_floor,
  8: optional i32 experience_months,   // 0..840
  9: optional i8 education,            // 0..8, ISCED 2011 level
  10: optional string available_from,  // "2026-12-01"
  11: optional Preferences preferences, // what matters to the person
  12: optional string confirmed_on     // "2026-11-20": when the person last said that all this holds
}

/** A posting, coded. */
struct Posting {
  1: string title,                     // 1..400 bytes; shown, not ranked
  2: string company,                   // principal name of the company
  3: list<string> occupations,         // 1..5
  4: list<string> regions,             // 1..8
  5: list<string> employment_types,    // 0..8 offered
  6: optional Money wage_min,
  7: optional Money wage_max,
  8: list<SkillLevel> required_skills, // hard: at least that level
  9: list<string> required_licences,   // hard
  10: list<LanguageLevel> required_languages,  // hard
  11: optional i32 min_experience_months,      // hard
  12: optional i8 min_education,               // hard
  13: optional string start_by,                // hard, "2027-01-15": available on that day or before
  14: list<WeightedCode> preferred_skills,
  15: list<WeightedCode> preferred_licences,
  16: list<WeightedLevel> preferred_languages,
  17: optional FeatureWeights weights,
  18: string reference,                // the portal's own, printable, 1..128 bytes
  19: string description,              // 0..65536 bytes; shown to people, never ranked
  20: optional bool occupation_required,   // hard: a wanted occupation lies within one of these
  21: optional bool region_required,       // hard: a wanted region holds one of these, or lies within it
  22: optional i8 preferred_education,
  23: optional string preferred_start_by   // "2027-01-15": later is worse, and no condition
}

/** One named part of a score. The terms of a ranking sum to its score. */
struct Term {
  1: string name,      // "skills", "region", ...; the list is in docs/formats/ranking.md
  2: string side,      // "posting": what the posting wants, "person": what the person wants
  3: i32 points,
  4: i32 max_points
}

/** A hard condition and whether it is met. */
struct Condition {
  1: string name,      // "required_skills", "wage_floor", ...
  2: string side,      // who set it: "posting" or "person"
  3: bool met,
  4: string detail     // codes and numbers only
}

/** Why this pair has this score. */
struct Explanation {
  1: bool qualifies,
  2: i32 score,
  3: list<Term> terms,
  4: list<Condition> conditions,
  5: string smallest_change   // "" or the one change that would alter the outcome, in codes
}

/** Where an operation stands in the audit log: verify it with `noren audit verify`. */
struct AuditPosition {
  1: i32 partition,
  2: i64 sequence,           // 1-based, without gaps
  3: binary head,            // 32 bytes: chain head after this entry
  4: binary promise          // signed promise, docs/formats/audit_entry.md
}

/** One item's age header, made in the person's client. docs/formats/person_custody.md */
struct ItemHeader {
  1: string item,                 // "item-..."
  2: binary header                // age v1 header, whole; its SHA-256 is in the statement
}

/** A person's act, carried by a portal. docs/formats/act.md */
struct PersonAct {
  1: string statement,            // canonical JSON (RFC 8785), at most 16 KiB
  2: optional binary signature,   // Ed25519 by the person's registered key
  3: optional string code,        // the one-time code sent to the person for this statement
  4: optional list<ItemHeader> headers  // person custody, acts "answer" (grant) and "rewrap": one for each item
}

/** A version of the enrolment key. A portal pins the public key of each version that lives. docs/formats/enrolment.md */
struct EnrolmentKey {
  1: i32 version,                    // from 1
  2: binary public_key,              // 32 bytes
  3: string state,                   // "live" or "retired"
  4: i64 made_at,
  5: i64 retired_at                  // 0 while it lives
}
