/** Editions of figures of which nobody can be picked out, for officers. docs/design/0038-statistics.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.statistics

struct BeginEdition {
  1: common.Idempotency idempotency,
  2: string subject                // kind of person, id of the policy; "": the usual one
}
struct BegunEdition {
  1: string edition,               // "seeker/3"
  2: common.AuditPosition audit
}
struct Edition {
  1: string edition,
  2: string purpose,               // id of the policy; "": the policy has a ground for it
  3: string begun_by,
  4: i64 begun_at,
  5: i64 done_at,                  // 0: it is being counted
  6: i64 least,                    // people a figure
  7: i64 shown,                    // figures
  8: i64 suppressed
}
/** One answer to an analyst. */
struct FiguresReleased {
  1: i64 number,                   // within the edition, from 1
  2: string table,                 // "occupation region", or the place of one figure: "region=JP-13"
  3: string target,                // "operator", "public", ...
  4: string made_for,                   // "statistics" or "research"
  5: string by,
  6: i64 at,
  7: i64 least,
  8: i64 shown,                    // figures
  9: i64 suppressed
}
struct FiguresReleasedPage {
  1: list<FiguresReleased> released,
  2: string next_cursor
}

service StatisticsService {
  /** One for a kind of person in 28 days. */
  BegunEdition begin_edition(1: BeginEdition request) throws (1: common.ServiceError error),
  /** Looks at so many people more, 1..1000; again until done_at is set. */
  Edition count_edition(1: string edition, 2: i32 limit) throws (1: common.ServiceError error),
  list<Edition> list_editions() throws (1: common.ServiceError error),
  FiguresReleasedPage list_figures_released(1: string edition, 2: common.PageRequest page) throws (1: common.ServiceError error)
}
