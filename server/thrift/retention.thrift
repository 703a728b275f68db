/** How long people are kept: what privacy officers see and do. docs/design/0021-retention.md */
include "common.thrift"
include "destruction.thrift"
namespace cpp noren.wire
namespace py noren_wire.retention

struct RetentionRow {
  1: string person,                // "portal/seeker-..."
  2: string rule,                  // "gojobs.member"
  3: string standing,              // kept, blocked, waiting, due, overdue
  4: string kept_until,            // "2028-01-05": the last day of keeping
  5: string destroy_by,            // the last day of the time limit
  6: bool minimum,                 // not before kept_until is over
  7: list<string> blocked_by, 8: list<string> clauses,
  9: list<string> notices,         // the days on which the person is asked
  10: string notice_due,           // continuation, reconsent or ""
  11: i32 holds,                   // keep a copy beyond the destruction
  12: bool awaits_approval
}
struct RetentionPage { 1: list<RetentionRow> rows, 2: string next_cursor }
struct NoteRetention {
  1: common.Idempotency idempotency,
  2: string person,
  3: optional i32 graduation_year, // fiscal year; 0 takes it back
  4: bool confirmed,
  5: string registered_until,      // "2028-01-05": the last day of the registration; "" says nothing
  6: bool purpose_achieved         // today
}
struct PlanRetention { 1: common.Idempotency idempotency, 2: string reason }
struct RetentionRun { 1: i64 notices, 2: i64 due, 3: i64 overdue, 4: i64 blocked, 5: i64 locked }
/** A company that has left, and by when its data are destroyed; "" where the policy states no end. */
struct CompanyRetention {
  1: string company,
  2: i64 left_at,
  3: string said_by,               // "company" or "officer ..."
  4: bool settled,                 // all that it had is ended, and who is concerned was told
  5: string rule, 6: string standing, 7: string kept_until, 8: string destroy_by,
  9: list<string> clauses
}

service RetentionService {
  /** filter: all, queue, due, overdue; from_day and to_day are of destroy_by, "" for open. */
  RetentionPage list_retention(1: string filter, 2: string from_day, 3: string to_day, 4: common.PageRequest page) throws (1: common.ServiceError error),
  list<CompanyRetention> list_company_retention() throws (1: common.ServiceError error),
  common.AuditPosition note_retention(1: NoteRetention request) throws (1: common.ServiceError error),
  /** A plan of destruction of who is due; another officer approves it. */
  destruction.DestructionPlan plan_retention(1: PlanRetention request) throws (1: common.ServiceError error),
  /** Sends the notices that are due and locks whose period is over; destroys nothing. */
  RetentionRun run_retention() throws (1: common.ServiceError error)
}
