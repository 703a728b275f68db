/** What a company does: cards before consent, applicants and releases after it. */
include "common.thrift"
include "after_release.thrift"
namespace cpp noren.wire
namespace py noren_wire.company

/** A class of at least k people, never a person. Everything in it is a function of (posting, class). */
struct Card {
  1: string card,                        // opaque, for this posting only
  2: map<string, string> class_row,      // coarsened values, e.g. {"occupation": "ISCO-25", "region": "KR-11"}
  3: string band,                        // "A" (best) .. "E": of the class row's own score
  4: list<string> requirements_met,      // by the class row
  5: list<string> requirements_open,     // not decided at this coarseness
  6: string qualifying                   // "at least 3" (k of the policy) or "a few"
}
struct CardPage {
  1: list<Card> cards,
  2: string next_cursor,                 // "" at the end
  3: string epoch                        // classes are fixed within it
}
struct InviteRequest {
  1: common.Idempotency idempotency,
  2: string posting,
  3: string card,
  4: i32 how_many,                       // at most; 1..20; the best of the class are asked, the company learns nobody's answer but a yes
  5: list<string> item_kinds,            // what is asked for, e.g. ["resume", "name", "email"]
  6: string purpose,
  7: string decided_by,                  // the human who decided, a name in the company's own terms, 1..80 characters
  8: optional after_release.SignedStatement decision  // act "invite", of that human
}
struct Applicant {
  1: string candidate,                   // "candidate-...": this person for this posting only
  2: i32 score,
  3: list<common.Term> terms,
  4: list<string> item_kinds,
  5: i64 granted_at,
  6: i64 expires_at,
  7: string state                        // granted, withdrawn, expired
}
struct ApplicantPage { 1: list<Applicant> applicants, 2: string next_cursor }
struct ReleasedItem {
  1: string item,
  2: string kind,
  3: string media_type,
  4: string name,
  5: binary header,                      // age v1 header, wrapped to the company's keys; header + payload is the age file
  6: i64 payload_size_bytes,
  7: binary payload_sha256
}
struct Release {
  1: string release,                     // "release-..."
  2: string manifest,                    // canonical JSON, docs/formats/release.md
  3: binary signature,                   // Ed25519 by the service's receipt key over the manifest
  4: list<ReleasedItem> items,
  5: common.AuditPosition audit
}
struct CollectRequest {
  1: common.Idempotency idempotency,
  2: string candidate,
  3: string order_key,                   // 1..64 characters: the same key always gives the same release
  4: string reason,                      // why it is downloaded now, at most 300 characters; at least 3 with "other"
  5: optional string reason_code         // screening interview offer onboarding audit other
}
struct CompanyPosting { 1: string posting, 2: string title, 3: string state, 4: i64 registered_at }
struct CompanyPostingPage { 1: list<CompanyPosting> postings, 2: string next_cursor }
struct Withdrawal {
  1: string candidate,
  2: string posting,
  3: i64 withdrawn_at,
  4: bool acknowledged,
  5: bool destroy_copies                 // what was handed over has to be destroyed
}

struct PutFormAnswer { 1: i32 version, 2: common.AuditPosition audit }

service CompanyService {
  /** Registers an age X25519 recipient ("age1..."); at most 8 live ones. */
  common.AuditPosition add_key(1: common.Idempotency idempotency, 2: string recipient) throws (1: common.ServiceError error),
  CompanyPostingPage list_postings(1: common.PageRequest page) throws (1: common.ServiceError error),
  /** A form for one of the company's own postings; an officer reads it before anybody else does. 1..50 questions. */
  PutFormAnswer put_form(1: common.Idempotency idempotency, 2: string posting, 3: list<common.FormQuestion> questions) throws (1: common.ServiceError error),
  /** The newest version, in any state. */
  common.CompanyForm read_form(1: string posting) throws (1: common.ServiceError error),
  CardPage list_cards(1: string posting, 2: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition invite(1: InviteRequest request) throws (1: common.ServiceError error),
  ApplicantPage list_applicants(1: string posting, 2: common.PageRequest page) throws (1: common.ServiceError error),
  /** The exact terms of one person who consented to this posting. */
  common.Explanation explain(1: string candidate) throws (1: common.ServiceError error),
  Release collect_release(1: CollectRequest request) throws (1: common.ServiceError error),
  /** At most 64 KiB of an item's payload; the consent is checked at each call. */
  binary read_payload(1: string release, 2: string item, 3: i64 offset) throws (1: common.ServiceError error),
  list<Withdrawal> list_withdrawals() throws (1: common.ServiceError error),
  common.AuditPosition acknowledge_withdrawal(1: common.Idempotency idempotency, 2: string candidate) throws (1: common.ServiceError error),
  /** Registers the key of a human who decides and acknowledges; at most 32. */
  common.AuditPosition add_signer(1: common.Idempotency idempotency, 2: after_release.Signer signer) throws (1: common.ServiceError error),
  /** What is owed after a withdrawal, an erasure or the end of an access. */
  after_release.DutyPage list_duties(1: bool overdue_only, 2: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition acknowledge_duty(1: common.Idempotency idempotency, 2: string duty, 3: after_release.SignedStatement acknowledgement) throws (1: common.ServiceError error),
  /** A human rejects one who applied: act "reject". */
  common.AuditPosition reject(1: common.Idempotency idempotency, 2: string candidate, 3: after_release.SignedStatement decision) throws (1: common.ServiceError error),
  after_release.QuestionPage list_questions(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition answer_question(1: after_release.QuestionAnswer answer) throws (1: common.ServiceError error),
  /** Events after `after` (0: after what is acknowledged), limit 1..200. Each is there until it is acknowledged. */
  after_release.EventPage read_events(1: i64 after, 2: i32 limit) throws (1: common.ServiceError error),
  /** Leaves: postings close and nothing is handed over any more, at once; what is owed stays. Only an officer's
      registration brings the company back, and then with nothing. */
  common.AuditPosition leave(1: common.Idempotency idempotency) throws (1: common.ServiceError error),
  /** Everything up to this position is dealt with. */
  common.AuditPosition acknowledge_events(1: common.Idempotency idempotency, 2: i64 position) throws (1: common.ServiceError error)
}
