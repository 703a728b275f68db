/**
 * What follows a release: provisions, duties, human decisions, people's questions about them, and the feed of events.
 * Listings are paged as docs/formats/page_cursor.md says; texts are UTF-8.
 */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.after_release

/** Canonical JSON signed by a named human of a company: docs/formats/decision.md. */
struct SignedStatement {
  1: string statement,               // at most 16 KiB
  2: binary signature                // Ed25519 by the signer's registered key; empty when the policy takes named humans
}
/** Name, address and who represents it, as the officer registered the company. */
struct Recipient {
  1: string name,                    // as in the register of companies, 1..200 bytes
  2: string address,                 // 1..400 bytes
  3: string representative           // 1..200 bytes
}
struct Signer {
  1: string name,                    // a human, 1..80 bytes
  2: string role,                    // what they are at the company, 1..80 bytes
  3: binary public_key               // Ed25519, 32 bytes
}
/** One line of the provision record, texts in the language asked for. */
struct Provision {
  1: string release,
  2: i64 at,
  3: string company,                 // principal name
  4: Recipient recipient,       // as registered at that time; empty when it was not
  5: string person,                  // "candidate-...": identifies the person for whoever has the application
  6: string posting,
  7: list<string> items,             // kinds
  8: list<string> item_names,        // of the policy, in the language
  9: string purpose,
  10: string purpose_name,
  11: string consent,                // the consent it rests on
  12: string proof,                  // "signature", "code" or "portal-asserted"
  13: binary statement_sha256,       // of the consenting act
  14: i32 retention_days,
  15: i64 access_ends_at,
  16: string method,                 // "age-download"
  17: string reason_code,            // of docs/formats/release.md
  18: string policy_version,
  19: list<string> clauses
}
/** A hand-over outside the service that the person was in. */
struct HandOverLine {
  1: i64 at,
  2: string day,                     // "2025-06-30": whose kind, permission and age counted
  3: string recipient_kind,          // as the policy prints it
  4: string recipient,
  5: string purpose,
  6: string means,
  7: list<string> items,             // printed names
  8: i64 entry,                      // of the register hand_overs
  9: string policy_version
}
struct ProvisionPage {
  1: list<Provision> provisions,     // oldest first
  2: string next_cursor,
  3: string operator_name,           // who provided, in the language
  4: list<HandOverLine> hand_overs   // a person's own, oldest first; none for an officer
}
struct Duty {
  1: string duty,                    // "duty-..."
  2: string company,
  3: string candidate,
  4: string posting,
  5: string cause,                   // withdrawal, erasure, access_expired
  6: string release,                 // "release-..." or "": of every release to this candidate
  7: i64 since,
  8: bool destroy_copies,            // something was handed over
  9: i64 destroy_by,
  10: i64 acknowledge_by,
  11: string state,                  // open, overdue, acknowledged
  12: string signed_by,              // the human who acknowledged, "" before
  13: i64 acknowledged_at,
  14: string statement               // what is to be signed; once acknowledged, what was
}
struct DutyPage { 1: list<Duty> duties, 2: string next_cursor }
struct DecisionView {
  1: string decision,                // "decision-..."
  2: string act,                     // invite or reject
  3: string company,
  4: string posting,
  5: string decided_by,              // the human's name
  6: string role,
  7: string reason_code,
  8: i64 at,
  9: bool is_signed
}
struct Question {
  1: string question,                // "question-..."
  2: string kind,                    // explanation or review
  3: string decision,
  4: string company,
  5: string posting,
  6: string candidate,               // "" for who must not be told apart
  7: string text,                    // the person's own words, "" when there are none
  8: i64 asked_at,
  9: i64 answer_by,
  10: string state,                  // open, overdue, answered
  11: string outcome,                // "" before; explained, upheld, changed
  12: string answer,
  13: string answered_by,            // the human's name
  14: i64 answered_at
}
struct QuestionPage { 1: list<Question> questions, 2: string next_cursor }
struct QuestionAnswer {
  1: common.Idempotency idempotency,
  2: string question,
  3: string outcome,                 // explained (explanation); upheld or changed (review)
  4: string answer,                  // 3..2000 characters, shown to the person
  5: optional SignedStatement decision  // a company's: act "answer"
}
/** The person's own: decisions about them, and what they asked. */
struct DecisionRecord { 1: list<DecisionView> decisions, 2: list<Question> questions }
struct Event {
  1: i64 position,                   // ascending; acknowledge the last one that is dealt with
  2: string kind,                    // invitation answer withdrawal correction expiry duty decision question
  3: i64 at,
  4: string subject,                 // "seeker-..." to a portal, "candidate-..." to a company; "" for none
  5: string posting,
  6: string object,                  // invitation, consent, duty, decision or question, printed
  7: string detail                   // a word of docs/formats/events.md
}
struct EventPage {
  1: list<Event> events,
  2: bool more,
  3: i64 acknowledged                // everything up to here is
}
