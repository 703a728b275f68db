/** What a portal does for its own people and postings. A portal never reaches another portal's people. */
include "common.thrift"
include "after_release.thrift"
include "contact.thrift"
namespace cpp noren.wire
namespace py noren_wire.portal

struct EvaluateRequest {
  1: common.Idempotency idempotency, // a call repeated with its key is answered again and counted once
  2: binary elements                 // 1..10,000 blinded elements of 32 bytes, docs/formats/oprf.md
}
struct Evaluation {
  1: i32 version,
  2: binary elements,                // as many, in the same order
  3: binary proof                    // 64 bytes, for all of them
}
struct EvaluateAnswer {
  1: list<Evaluation> evaluations,   // one for each version that lives, rising
  2: common.AuditPosition audit
}
struct SubjectId { 1: i32 version, 2: binary id }   // 64 bytes: what a portal makes of an evaluation
/** One phone number or mail address: its subject id under every version that lives. */
struct SubjectIdentifier { 1: list<SubjectId> ids }
/** What the operator's notice asks of a registration (docs/formats/policy.md, "Enforcement"). */
struct StatedFacts {
  1: optional string subject,        // kind of person, as the policy names it; left out: the usual one, or as it is
  2: optional binary notice_sha256,  // of the public notice the person has confirmed, 32 bytes: 'noren policy render --json'
  3: bool child,                     // a child under the policy
  4: bool guardian_agrees,           // and the legal representative has agreed
  5: bool agrees                     // the person has agreed to being kept, for the purposes of the policy in force
}
/** How something was taken, where that is not from the person and without special care. */
struct TakenHow {
  1: optional string category,       // of special care, as the policy prints it
  2: optional i64 explained_at,      // seconds since 1970: why it is needed was explained
  3: optional i64 consented_at,      // the person agreed to it, or to the source
  4: bool from_another               // taken from somebody else than the person
}
struct AnswerForm {
  1: common.Idempotency idempotency,
  2: string handle,
  3: string posting,
  4: i32 version,                    // which the person read
  5: map<string, string> answers     // by question id; 1..4000 bytes each
}
/** Which policy holds where the portal meets its people. */
struct SitePolicy {
  1: string site,                    // as the notice calls it; "" where it says nothing of this one
  2: string policy,                  // its id
  3: string version,                 // "" of a policy that another service enforces: this one takes nothing from the site
  4: binary notice_sha256,           // of the public notice, 32 bytes: what StatedFacts names; empty with `version`
  5: string published,               // where it is to be read; "" where the notice does not say
  6: string notice                   // in the operator's language; "" with `version`
}
struct RegisterSeekerRequest {
  1: common.Idempotency idempotency,
  2: string ref,                     // the portal's own reference of the person, 1..128 bytes; stored only as a keyed token
  3: common.Profile profile,
  4: optional binary person_key,     // the person's Ed25519 public key, 32 bytes: acts signed by it are the person's own
  5: string contact,                 // where one-time codes go: an e-mail address or phone number; sealed
  6: string language,                // "ko", "ja" or "en": of notices and messages
  7: optional string custody,        // "operator" (default) or "person"; fixed at the first registration
  8: optional string age_recipient,  // person custody: "age1...", whose identity only the person has
  9: optional list<SubjectIdentifier> identifiers,  // blind enrolment, at most 4; the answer is the same whoever it is
  10: optional StatedFacts stated
}
struct RegisterSeekerAnswer {
  1: string handle,                  // "seeker-...": what this portal calls this person from now on
  2: common.AuditPosition audit,
  3: optional string consent         // "consent-...": of what the person agreed to with this request
}
struct BeginItemRequest {
  1: common.Idempotency idempotency,
  2: string handle,
  3: string kind,                    // resume cover_letter certificate name address phone email other_document
  4: string media_type,              // "text/plain", "application/pdf"; at most 100 characters
  5: string name,                    // a file name for the company, 1..120 characters; sealed
  6: optional string replaces,       // the item whose new version this is, "item-..."; under operator custody once a
                                     // correction of it is accepted
  7: optional TakenHow how
}
struct FinishItemRequest {
  1: common.Idempotency idempotency,
  2: string upload,                  // from begin_item
  3: i64 size_bytes,                 // of what was sent: the plaintext; under person custody the whole age file
  4: binary sha256,                  // of what was sent, 32 bytes
  5: optional common.PersonAct act   // act "replace", when begin_item named an item to replace
}
struct ItemAnswer {
  1: string item,                    // "item-..."
  2: common.AuditPosition audit,
  3: optional binary payload_sha256  // of the stored payload, 32 bytes: what a grant names as `digest`
}
struct RankedSeeker {
  1: string handle,
  2: i32 score,
  3: list<common.Term> terms
}
struct RankedPosting {
  1: string posting,
  2: string title,
  3: string company,
  4: i32 score,
  5: list<common.Term> terms
}
struct RegisterPostingRequest {
  1: common.Idempotency idempotency,
  2: common.Posting posting
}
struct RegisterPostingAnswer {
  1: string posting,                 // "posting-..."
  2: common.AuditPosition audit,
  3: list<string> personal           // fields that tell how to reach somebody: personal data, never ranked
}
/** What a posting publishes. */
struct OpenPosting {
  1: string posting, 2: string company, 3: string title,
  4: string description,             // "" where it tells how to reach somebody
  5: bool personal,                  // the description does
  6: list<string> occupations, 7: list<string> regions, 8: list<string> employment_types,
  9: optional common.Money wage_min, 10: optional common.Money wage_max,
  11: i64 registered_at
}
struct OpenPostingPage { 1: list<OpenPosting> postings, 2: string next_cursor }
struct RankingAnswer {
  1: list<RankedSeeker> seekers,     // best first
  2: i32 considered,                 // own people that met every hard condition
  3: string policy_version
}
struct PostingRankingAnswer {
  1: list<RankedPosting> postings,   // best first
  2: i32 considered
}
struct SeekerSummary {
  1: string handle,
  2: common.Profile profile,
  3: list<string> items,             // item ids
  4: bool discoverable,
  5: optional string custody         // "operator" or "person"
}

service PortalService {
  /**
   * Registers a person, or answers the same handle when this portal's `ref` is already known (profile replaced).
   * `contact` and `person_key` prove the person's acts: they are fixed at the first registration (STATE_CONFLICT),
   * and so are `custody` and `age_recipient`. docs/formats/person_custody.md
   */
  RegisterSeekerAnswer register_seeker(1: RegisterSeekerRequest request) throws (1: common.ServiceError error),
  /** Every version of the enrolment key. */
  list<common.EnrolmentKey> enrolment_keys() throws (1: common.ServiceError error),
  /**
   * Evaluates blinded identifiers under every version that lives. Elements are counted against the portal's day
   * (ENROLMENT_QUOTA, with the time until the next one) before anything is evaluated, also when one of them is then
   * refused (BAD_ELEMENT).
   */
  EvaluateAnswer evaluate(1: EvaluateRequest request) throws (1: common.ServiceError error),
  /** The published form of a posting; NOT_FOUND without one. */
  common.CompanyForm read_form(1: string posting) throws (1: common.ServiceError error),
  /** The answers, by question id: an item of the person for this posting alone. */
  ItemAnswer answer_form(1: AnswerForm request) throws (1: common.ServiceError error),
  /** What a letter of this person's would name, in the place of what was stated before; where the policy has such a form. */
  common.AuditPosition state_letter_facts(1: common.Idempotency idempotency, 2: string handle, 3: common.LetterFacts facts) throws (1: common.ServiceError error),
  SitePolicy site_policy() throws (1: common.ServiceError error),
  SeekerSummary get_seeker(1: string handle) throws (1: common.ServiceError error),
  /** Starts an upload; bytes follow in order with append_item, at most 256 KiB a call and 20 MiB in all. Uploads die after 10 minutes. */
  string begin_item(1: BeginItemRequest request) throws (1: common.ServiceError error),
  /** `offset` is the number of bytes sent so far; the answer is the new number. Sending the same chunk again is harmless. */
  i64 append_item(1: string upload, 2: i64 offset, 3: binary chunk) throws (1: common.ServiceError error),
  ItemAnswer finish_item(1: FinishItemRequest request) throws (1: common.ServiceError error),
  RegisterPostingAnswer register_posting(1: RegisterPostingRequest request) throws (1: common.ServiceError error),
  /** A posting as a row of Noren JSON Lines; what its list does not have is refused (E_ITEM). */
  RegisterPostingAnswer register_posting_document(1: common.Idempotency idempotency, 2: string document) throws (1: common.ServiceError error),
  /** The open postings, for somebody who has not signed up; only where the policy says that this is open. */
  OpenPostingPage list_open_postings(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition close_posting(1: common.Idempotency idempotency, 2: string posting) throws (1: common.ServiceError error),
  /** The portal's own people for a posting, best first; k in 1..1000. */
  RankingAnswer rank_candidates(1: string posting, 2: i32 k) throws (1: common.ServiceError error),
  /** Open postings for one of the portal's people, best first; k in 1..1000. */
  PostingRankingAnswer rank_postings(1: string handle, 2: i32 k) throws (1: common.ServiceError error),
  common.Explanation explain(1: string posting, 2: string handle) throws (1: common.ServiceError error),
  /** Events after `after` (0: after what is acknowledged), limit 1..200. Each is there until it is acknowledged. */
  after_release.EventPage read_events(1: i64 after, 2: i32 limit) throws (1: common.ServiceError error),
  /** Everything up to this position is dealt with. */
  common.AuditPosition acknowledge_events(1: common.Idempotency idempotency, 2: i64 position) throws (1: common.ServiceError error),
  /** What an event "contact" tells people of. */
  contact.Announcement read_announcement(1: string announcement) throws (1: common.ServiceError error)
}
