// SPDX-License-Identifier: Apache-2.0
#include "server/services/statistics_service.h"

#include "engine/operations/statistics.h"
#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using operations::Call;
using operations::EditionId;

wire::Edition EditionToWire(const operations::EditionView& view) {
  wire::Edition edition;
  edition.edition = view.edition.ToString();
  edition.purpose = view.purpose;
  edition.begun_by = view.begun_by;
  edition.begun_at = view.begun_at.value;
  edition.done_at = view.done_at.value_or(UnixSeconds{}).value;
  edition.least = static_cast<std::int64_t>(view.least);
  edition.shown = static_cast<std::int64_t>(view.shown);
  edition.suppressed = static_cast<std::int64_t>(view.suppressed);
  return edition;
}

wire::FiguresReleased ReleasedToWire(const operations::FiguresReleased& one) {
  wire::FiguresReleased released;
  released.number = static_cast<std::int64_t>(one.number);
  released.table = one.table;
  released.target = one.target;
  released.made_for = one.use;
  released.by = one.by;
  released.at = one.at.value;
  released.least = static_cast<std::int64_t>(one.least);
  released.shown = static_cast<std::int64_t>(one.shown);
  released.suppressed = static_cast<std::int64_t>(one.suppressed);
  return released;
}

void FiguresToWire(const operations::ShownFigures& shown, wire::Figures& answer) {
  for (const operations::ShownFigure& one : shown.figures) {
    wire::Figure& figure = answer.figures.emplace_back();
    figure.values = one.values;
    figure.people = one.people ? static_cast<std::int64_t>(*one.people) : -1;
  }
  answer.folded = static_cast<std::int64_t>(shown.folded);
  answer.least = static_cast<std::int64_t>(shown.least);
  answer.rounded_to = static_cast<std::int64_t>(statistics::kRoundTo);
  answer.audit = ToWire(shown.position);
}

Status ListInto(ServiceCalls& calls, const Call& call, std::vector<wire::Edition>& answer) {
  NOREN_ASSIGN_OR_RETURN(const auto views, operations::ListEditions(calls.operations(), call));
  for (const operations::EditionView& view : views) answer.push_back(EditionToWire(view));
  return OkStatus();
}

}  // namespace

void StatisticsService::begin_edition(wire::BegunEdition& answer,
                                      const wire::BeginEdition& request) {
  calls_.Run("statistics.begin_edition", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto begun,
                           operations::BeginEdition(calls_.operations(), call,
                                                    {request.idempotency.key, request.subject}));
    answer.edition = begun.edition.ToString();
    answer.audit = ToWire(begun.position);
    return OkStatus();
  });
}

void StatisticsService::count_edition(wire::Edition& answer, const std::string& edition,
                                      std::int32_t limit) {
  calls_.Run("statistics.count_edition", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const EditionId id, EditionId::Parse(edition));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t people, CountFromWire(limit, "limit"));
    NOREN_ASSIGN_OR_RETURN(const auto view,
                           operations::CountEdition(calls_.operations(), call, id, people));
    answer = EditionToWire(view);
    return OkStatus();
  });
}

void StatisticsService::list_editions(std::vector<wire::Edition>& answer) {
  calls_.Run("statistics.list_editions",
             [&](const Call& call) { return ListInto(calls_, call, answer); });
}

void StatisticsService::list_figures_released(wire::FiguresReleasedPage& answer,
                                              const std::string& edition,
                                              const wire::PageRequest& page) {
  calls_.Run("statistics.list_figures_released", [&](const Call& call) -> Status {
    const Listing listing = calls_.ListingOf("statistics.list_figures_released", edition);
    NOREN_ASSIGN_OR_RETURN(const EditionId id, EditionId::Parse(edition));
    NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto records,
                           operations::ListFiguresReleased(calls_.operations(), call, id));
    const PageRange range = RangeOf(position.offset, limit, records.size());
    for (std::size_t i = range.begin; i < range.end; ++i)
      answer.released.push_back(ReleasedToWire(records[i]));
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void AnalystService::list_editions(std::vector<wire::Edition>& answer) {
  calls_.Run("analyst.list_editions",
             [&](const Call& call) { return ListInto(calls_, call, answer); });
}

void AnalystService::read_figures(wire::Figures& answer, const wire::ReadFigures& request) {
  calls_.Run("analyst.read_figures", [&](const Call& call) -> Status {
    operations::ReadFiguresRequest read;
    NOREN_ASSIGN_OR_RETURN(read.edition, EditionId::Parse(request.edition));
    read.by = request.by;
    read.where.assign(request.where.begin(), request.where.end());
    read.target = request.target;
    read.use = request.made_for;
    NOREN_ASSIGN_OR_RETURN(const auto shown,
                           operations::ReadFigures(calls_.operations(), call, read));
    FiguresToWire(shown, answer);
    return OkStatus();
  });
}

}  // namespace noren::server
