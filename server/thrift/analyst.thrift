/** What analysts do: read figures of editions that stand. Nothing is counted on demand. docs/design/0038-statistics.md */
include "common.thrift"
include "statistics.thrift"
namespace cpp noren.wire
namespace py noren_wire.analyst

struct ReadFigures {
  1: string edition,               // "seeker/3"
  2: list<string> by,              // one or two of occupation, region, education, experience: a table
  3: map<string, string> where,    // instead of `by`: facet and value of one figure; neither: the total
  4: string target,                // to whom it is shown: "operator", "commissioning_body", "public", "third_party"
  5: string made_for                 // "statistics" or "research"
}
struct Figure {
  1: list<string> values,          // one for each facet; of one figure in the order of the facets
  2: i64 people,                   // -1: suppressed
}
struct Figures {
  1: list<Figure> figures,
  2: i64 folded,                   // values that are not listed: fewer people than a figure needs
  3: i64 least,
  4: i64 rounded_to,               // sums need not add up
  5: common.AuditPosition audit
}

service AnalystService {
  list<statistics.Edition> list_editions() throws (1: common.ServiceError error),
  /** Recorded before it is answered; every refusal is in the log. */
  Figures read_figures(1: ReadFigures request) throws (1: common.ServiceError error)
}
