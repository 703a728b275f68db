// Statistics: an officer has the people of one kind counted into an edition, which then stands;
// analysts read its figures and nothing else. Whoever reads more of them learns no more about
// anybody: figures are protected together (engine/statistics), and nothing is counted on demand.
// Source:   docs/design/0038-statistics.md, docs/formats/statistics.md
// Threads:  free functions concurrently
// Why safe: an edition is made and continued on the condition of what was read of it; an answer is
//           recorded, under a number of its own, before it is returned
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/operations/statistics_record.h"

namespace noren::operations {

// Whoever compares two editions sees who came and went in between; not the one who came yesterday.
inline constexpr std::int64_t kDaysBetweenEditions = 28;

struct BeginEditionRequest {
  std::string idempotency_key;
  std::string subject;  // kind of person, by its id; "": the usual one
};
struct BegunEdition {
  EditionId edition;
  EntryPosition position;
};
//   errors   kNotAllowed; kClockUntrusted; those of policy::JudgeStatistics, which are in the log;
//            kStateConflict: one is being counted; kLimitReached: the last one is less than
//            kDaysBetweenEditions old
StatusOr<BegunEdition> BeginEdition(ServiceContext& context, const Call& call,
                                    const BeginEditionRequest& request);

// What may be known of an edition by whoever may read it.
struct EditionView {
  EditionId edition;
  std::string purpose;
  std::string begun_by;
  UnixSeconds begun_at;
  std::optional<UnixSeconds> done_at;
  std::uint64_t least = 0;
  std::uint64_t shown = 0, suppressed = 0;  // figures, once it stands
};
inline constexpr std::size_t kMaxPeoplePerCount = 1000;
// Looks at `limit` people more, from where it stands; until `done_at` is set there are more.
//   errors   kNotFound; kBadRequest: limit not 1..kMaxPeoplePerCount; kClockUntrusted; kRetryLater:
//            another call counted; those of BeginEdition: the policy has changed since
StatusOr<EditionView> CountEdition(ServiceContext& context, const Call& call,
                                   const EditionId& edition, std::size_t limit);
// By kind of person, oldest first.
StatusOr<std::vector<EditionView>> ListEditions(ServiceContext& context, const Call& call);

struct ReadFiguresRequest {
  EditionId edition;
  // One or two facets: the whole table ("occupation", "region"). With none, one figure:
  std::vector<std::string> by;
  std::vector<std::pair<std::string, std::string>> where;  // facet and value; none: the total
  std::string target;  // to whom it is shown: an audience of the policy, "operator"
  std::string use;     // "statistics" or "research"
};
struct ShownFigure {
  std::vector<std::string> values;      // one for each facet, as asked
  std::optional<std::uint64_t> people;  // nothing: suppressed
};
struct ShownFigures {
  std::vector<ShownFigure> figures;  // ascending; of values with a shown figure of their own
  std::uint64_t folded = 0;          // values that are not listed: fewer people than a figure needs
  std::uint64_t least = 0;
  EntryPosition position;
};
// Every refusal is in the log.
//   errors   kNotAllowed; kNotFound: no such edition, or it is being counted; those of
//            policy::JudgeStatistics; kPolicyForbids with E_NONIDENT: more than two facets, none
//            that there is; with E_SMALL_CELL: the one figure is suppressed; kOutOfRange: no such
//            value; kBadRequest
StatusOr<ShownFigures> ReadFigures(ServiceContext& context, const Call& call,
                                   const ReadFiguresRequest& request);

// What was answered from an edition, in order.
StatusOr<std::vector<FiguresReleased>> ListFiguresReleased(ServiceContext& context,
                                                           const Call& call,
                                                           const EditionId& edition);

}  // namespace noren::operations
