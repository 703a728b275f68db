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
  common.AuditPosition answer_question(1: after_release.QuestionAnswer answer) throws (1: common.ServiceError error)
}
