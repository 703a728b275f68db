// What an analyst is told: figures of editions that stand.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/statistics.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated/statistics.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using statistics::Facet;
using statistics::Place;

constexpr std::size_t kMaxFacets = 2;

// What is asked for, once it is known to be a figure or a table.
struct Asked {
  std::vector<Facet> by;  // in the order of the request
  Place place;            // of one figure
  bool is_table = false;
  std::string name;  // "occupation region"
};

// Nothing: it asks for more than figures.
std::optional<Asked> Understand(const ReadFiguresRequest& request) {
  Asked asked;
  asked.is_table = !request.by.empty();
  if (request.by.size() > kMaxFacets || request.where.size() > kMaxFacets) return std::nullopt;
  for (const std::string& name : request.by) {
    const std::optional<Facet> facet = statistics::FindFacet(name);
    if (!facet || std::ranges::find(asked.by, *facet) != asked.by.end()) return std::nullopt;
    asked.by.push_back(*facet);
    asked.name += (asked.name.empty() ? "" : " ") + name;
  }
  for (const auto& [name, value] : request.where) {
    const std::optional<Facet> facet = statistics::FindFacet(name);
    if (!facet || !asked.place.emplace(*facet, value).second) return std::nullopt;
  }
  if (!asked.is_table) asked.name = statistics::PlaceText(asked.place);
  return asked;
}

audit::EntryDraft DraftOf(const Call& call, const ReadFiguresRequest& request) {
  audit::EntryDraft entry;
  entry.operation = audit::Operation::kReadFigures;
  entry.principal = call.principal;
  entry.object = request.edition.ToString();
  return entry;
}

Status CheckRequest(const ReadFiguresRequest& request) {
  if (!request.by.empty() && !request.where.empty())
    return MakeFieldError(ErrorCode::kBadRequest, "where", "a table, or one figure");
  if (request.use != "statistics" && request.use != "research")
    return MakeFieldError(ErrorCode::kBadRequest, "use", "statistics or research");
  if (request.target.empty()) return MakeFieldError(ErrorCode::kMissingField, "target");
  return OkStatus();
}

std::optional<std::uint64_t> FigureAt(const EditionRecord& edition, const Place& place) {
  const auto found = edition.figures.find(place);
  return found == edition.figures.end() ? std::nullopt : found->second;
}

// The values of a facet whose own figure is shown: that there are others is said, and not which.
std::vector<std::string> ShownValues(const EditionRecord& edition, Facet facet,
                                     std::uint64_t& folded) {
  std::vector<std::string> values;
  for (const auto& [place, figure] : edition.figures) {
    if (place.size() != 1 || place.begin()->first != facet) continue;
    if (figure) {
      values.push_back(place.begin()->second);
    } else {
      folded += 1;
    }
  }
  return values;
}

void AddTable(const EditionRecord& edition, const Asked& asked, ShownFigures& shown) {
  const std::vector<std::string> first = ShownValues(edition, asked.by[0], shown.folded);
  if (asked.by.size() == 1) {
    for (const std::string& value : first)
      shown.figures.push_back({{value}, FigureAt(edition, {{asked.by[0], value}})});
    return;
  }
  const std::vector<std::string> second = ShownValues(edition, asked.by[1], shown.folded);
  for (const std::string& one : first) {
    for (const std::string& other : second)
      shown.figures.push_back(
          {{one, other}, FigureAt(edition, {{asked.by[0], one}, {asked.by[1], other}})});
  }
}

// One figure; which value has none and which too small a one looks the same.
Status AddFigure(const policy::Policy& policy, const EditionRecord& edition, const Asked& asked,
                 ShownFigures& shown) {
  const auto figure = FigureAt(edition, asked.place);
  if (!figure) return policy::RefuseBy(policy, "E_SMALL_CELL");
  ShownFigure& one = shown.figures.emplace_back();
  for (const auto& [facet, value] : asked.place) one.values.push_back(value);
  one.people = figure;
  return OkStatus();
}

FiguresReleased ReleaseOf(ServiceContext& context, const Call& call,
                          const ReadFiguresRequest& request, const Asked& asked,
                          const ShownFigures& shown) {
  FiguresReleased released;
  released.edition = request.edition;
  released.table = asked.name;
  released.target = request.target;
  released.use = request.use;
  released.by = call.principal.name;
  released.at = context.time.Now();
  released.least = shown.least;
  for (const ShownFigure& one : shown.figures)
    (one.people ? released.shown : released.suppressed) += 1;
  return released;
}

// The answer has a number of its own before it leaves.
StatusOr<EntryPosition> RecordAnswer(ServiceContext& context, const Call& call,
                                     const ReadFiguresRequest& request,
                                     const policy::Decision& decision, FiguresReleased released) {
  return Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const auto before, LoadFiguresReleased(context, request.edition));
    released.number = before.size() + 1;
    Attempt attempt;
    attempt.change.entry = DraftOf(call, request);
    attempt.change.entry.clause_ids = decision.clauses;
    attempt.change.staged.Replace(
        keyspaces::FiguresReleasedKey(request.edition.subject, request.edition.number,
                                      released.number),
        std::nullopt, SealFiguresReleased(context, released));
    return attempt;
  });
}

}  // namespace

StatusOr<ShownFigures> ReadFigures(ServiceContext& context, const Call& call,
                                   const ReadFiguresRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kAnalyst}));
  NOREN_RETURN_IF_ERROR(CheckRequest(request));
  const auto judged = policy::JudgeStatistics(
      context.policy, {request.edition.subject, request.target, request.use});
  NOREN_RETURN_IF_ERROR(RequireStated(context, call,
                                      {audit::Operation::kReadFigures, request.edition.ToString()},
                                      judged.decision));
  const std::optional<Asked> asked = Understand(request);
  if (!asked)
    return RecordRefusal(context, DraftOf(call, request),
                         policy::RefuseBy(context.policy, "E_NONIDENT"));
  NOREN_ASSIGN_OR_RETURN(const LoadedEdition loaded, LoadEdition(context, request.edition));
  const EditionRecord& edition = loaded.record;
  if (!edition.done_at) return MakeError(ErrorCode::kNotFound);
  // A notice that has become stricter holds for what stands, too.
  if (judged.least > edition.least)
    return RecordRefusal(context, DraftOf(call, request),
                         policy::RefuseBy(context.policy, "E_SMALL_CELL"));
  ShownFigures shown;
  shown.least = edition.least;
  if (asked->is_table) {
    AddTable(edition, *asked, shown);
  } else if (const Status added = AddFigure(context.policy, edition, *asked, shown); !added.ok()) {
    return RecordRefusal(context, DraftOf(call, request), added);
  }
  NOREN_ASSIGN_OR_RETURN(shown.position,
                         RecordAnswer(context, call, request, judged.decision,
                                      ReleaseOf(context, call, request, *asked, shown)));
  return shown;
}

StatusOr<std::vector<FiguresReleased>> ListFiguresReleased(ServiceContext& context,
                                                           const Call& call,
                                                           const EditionId& edition) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(LoadEdition(context, edition).status());
  return LoadFiguresReleased(context, edition);
}

}  // namespace noren::operations
