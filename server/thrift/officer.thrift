/** What the privacy officer does. An officer never sees resume contents. */
include "common.thrift"
include "after_release.thrift"
namespace cpp noren.wire
namespace py noren_wire.officer

struct Status {
  1: string version,
  2: string state,                 // "ready" or "sealed"
  3: string policy_version,
  4: i64 people,
  5: i64 postings,
  6: i64 audit_entries,
  7: string erasure_claim,         // "device" or "backups-only"
  8: bool clock_trusted,
  9: string restored_from          // "" or the backup this data came from
}
struct ErasureRequest { 1: string request, 2: i64 asked_at, 3: string asked_by, 4: string state }
struct DestroyRequest {
  1: common.Idempotency idempotency,
  2: string request,               // "request-..." of list_erasure_requests
  3: string reason                 // ground, 3..300 characters
}
struct DestroyAnswer {
  1: string receipt,               // canonical JSON, docs/formats/receipt.md
  2: binary signature,             // Ed25519 by the receipt key
  3: common.AuditPosition audit
}
struct AuditEntries {
  1: i64 first,                    // sequence of the first one
  2: list<binary> entries          // docs/formats/audit_entry.md
}
struct Checkpoint {
  1: string note,                  // C2SP signed note
  2: binary public_key             // Ed25519
}
struct AccessRecord {
  1: i64 at, 2: string operation, 3: string role, 4: string decision, 5: string code, 6: i64 sequence
}
struct AccessPage { 1: list<AccessRecord> records, 2: string next_cursor }
struct BackupAnswer { 1: string path, 2: i64 records, 3: i64 bytes, 4: common.AuditPosition audit }

/** What the operator has verified about a company. */
struct Company {
  1: string name,                  // as in its certificate
  2: string legal_name,
  3: string address,
  4: string representative,
  5: string number,                // "jp-corporation:...", "kr-corporation:..." or "kr-business:..."
  6: list<string> affiliates,      // numbers; at most 256
  7: list<string> classes,         // the policy's, with members = "registered"
  8: i64 registered_at             // unix seconds; not read in a request
}
struct CompanyList { 1: list<Company> companies, 2: string next_cursor }
struct RotateAnswer { 1: i32 version, 2: common.AuditPosition audit }
/** Where one of two people who may be one came from. */
struct ReviewSide { 1: string portal, 2: string handle, 3: i64 registered_at, 4: bool discoverable }
struct EnrolmentReview {
  1: string review,                // "review-..."
  2: string state,                 // open, merged, apart
  3: i64 found_at,
  4: i64 decided_at,               // 0 while it is open
  5: ReviewSide earlier,           // who came first with the identifier
  6: ReviewSide later
}
struct ReviewPage { 1: list<EnrolmentReview> reviews, 2: string next_cursor }

/** A caller whose calls are refused. */
struct CallerLock {
  1: string caller,                // 64 hexadecimal digits: role, name and key of the certificate
  2: string role, 3: string name,
  4: i64 since, 5: i64 ends_at,
  6: i32 refusals                  // that led to it
}
struct TrimAnswer { 1: i64 entries, 2: bool more, 3: common.AuditPosition audit }
struct PolicyInForce {
  1: string version,
  2: string digest,                // SHA-256 of the file, hexadecimal
  3: string notice,                // in the operator's language
  4: bool binds_staff,             // officers have to acknowledge it before they act
  5: bool acknowledged             // by the caller
}

struct ReviewForm {
  1: common.Idempotency idempotency,
  2: string posting,
  3: i32 version,                  // the newest
  4: bool publishes,
  5: string reason                 // of a refusal: what the company is told
}
struct FormPage { 1: list<common.CompanyForm> forms, 2: string next_cursor }

service OfficerService {
  Status status() throws (1: common.ServiceError error),
  list<ErasureRequest> list_erasure_requests() throws (1: common.ServiceError error),
  DestroyAnswer destroy(1: DestroyRequest request) throws (1: common.ServiceError error),
  Checkpoint checkpoint() throws (1: common.ServiceError error),
  /** Entries [first, first + limit), limit 1..1000. */
  AuditEntries audit_entries(1: i64 first, 2: i32 limit) throws (1: common.ServiceError error),
  list<binary> inclusion_proof(1: i64 sequence, 2: i64 tree_size) throws (1: common.ServiceError error),
  list<binary> consistency_proof(1: i64 first_size, 2: i64 second_size) throws (1: common.ServiceError error),
  AccessPage access_log(1: common.PageRequest page) throws (1: common.ServiceError error),
  /** Registers a company, or replaces what is known of it. */
  common.AuditPosition register_company(1: common.Idempotency idempotency, 2: Company company) throws (1: common.ServiceError error),
  CompanyList list_companies(1: common.PageRequest page) throws (1: common.ServiceError error),
  /** Ends the membership of a company, as its own `leave` does. */
  common.AuditPosition end_company(1: common.Idempotency idempotency, 2: string company) throws (1: common.ServiceError error),
  /** Closes the cards' epoch now: classes are computed anew. */
  common.AuditPosition new_card_epoch(1: common.Idempotency idempotency) throws (1: common.ServiceError error),
  /** Writes a backup below the configured backup folder. */
  BackupAnswer create_backup(1: common.Idempotency idempotency) throws (1: common.ServiceError error),
  /** Confirms that the clock is right, when no synchronisation says so. */
  common.AuditPosition confirm_clock(1: common.Idempotency idempotency, 2: i64 unix_seconds) throws (1: common.ServiceError error),
  /** Releases made in [from_time, to_time); language ko, ja or en. */
  after_release.ProvisionPage list_provisions(1: i64 from_time, 2: i64 to_time, 3: string language, 4: common.PageRequest page) throws (1: common.ServiceError error),
  after_release.DutyPage list_duties(1: bool overdue_only, 2: common.PageRequest page) throws (1: common.ServiceError error),
  after_release.QuestionPage list_questions(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition answer_question(1: after_release.QuestionAnswer answer) throws (1: common.ServiceError error),
  list<common.EnrolmentKey> enrolment_key_versions() throws (1: common.ServiceError error),
  /** Makes the next version of the enrolment key, the first one too; at most two live. */
  RotateAnswer rotate_enrolment_key(1: common.Idempotency idempotency) throws (1: common.ServiceError error),
  /** Ends a version that is not the newest: who was not seen since the next one was made is not matched any more. */
  common.AuditPosition retire_enrolment_key(1: common.Idempotency idempotency, 2: i32 version) throws (1: common.ServiceError error),
  /** People who came with one identifier, in the order of finding; a page may be short and yet have a next one. */
  ReviewPage list_reviews(1: common.PageRequest page, 2: bool open_only) throws (1: common.ServiceError error),
  /** decision "merge", "keep_apart" or "unmerge". */
  common.AuditPosition decide_review(1: common.Idempotency idempotency, 2: string review, 3: string decision) throws (1: common.ServiceError error),
  /** Callers that were refused too often, while they are locked. */
  list<CallerLock> list_caller_locks() throws (1: common.ServiceError error),
  common.AuditPosition unlock_caller(1: common.Idempotency idempotency, 2: string caller) throws (1: common.ServiceError error),
  /** Forgets who made the entries of the access log before the day (2026-01-31), as far as the policy lets it; call again while there are more. */
  TrimAnswer trim_access_log(1: common.Idempotency idempotency, 2: string before) throws (1: common.ServiceError error),
  /** Forms of companies that nobody has reviewed. */
  FormPage list_waiting_forms(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.CompanyForm read_form(1: string posting) throws (1: common.ServiceError error),
  common.AuditPosition review_form(1: ReviewForm request) throws (1: common.ServiceError error),
  /** Open to an officer who has not acknowledged it. */
  PolicyInForce policy_in_force() throws (1: common.ServiceError error),
  /** The officer of the certificate has read the version with this digest. */
  common.AuditPosition acknowledge_policy(1: common.Idempotency idempotency, 2: string digest) throws (1: common.ServiceError error)
}
