// SPDX-License-Identifier: Apache-2.0
#include "server/services/after_release_calls.h"

#include "engine/operations/hand_over.h"
#include "server/services/after_release_wire.h"
#include "server/services/officer_service.h"
#include "server/services/person_service.h"
#include "server/services/portal_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using operations::Call;

namespace {

wire::HandOverLine LineOf(const operations::HandOverRecord& record) {
  wire::HandOverLine line;
  line.at = record.at.value;
  line.day = model::ToIso(record.day);
  line.recipient_kind = record.recipient_kind;
  line.recipient = record.recipient;
  line.purpose = record.purpose;
  line.means = record.means;
  line.items = record.items;
  line.entry = static_cast<std::int64_t>(record.entry);
  line.policy_version = record.policy_version;
  return line;
}

}  // namespace

Status ListDutiesTo(const ServiceCalls& calls, const Call& call, const DutyListing& listing,
                    const wire::PageRequest& page, wire::DutyPage& answer) {
  const Listing pages = calls.ListingOf(listing.method, listing.overdue_only ? "overdue" : "all");
  NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
  NOREN_ASSIGN_OR_RETURN(const PagePosition position, calls.cursors().Open(pages, page.cursor));
  const auto filter =
      listing.overdue_only ? operations::DutyFilter::kOverdue : operations::DutyFilter::kAll;
  NOREN_ASSIGN_OR_RETURN(const auto duties,
                         operations::ListDuties(calls.operations(), call, filter));
  const UnixSeconds now = operations::DutyTime(calls.operations());
  const PageRange range = RangeOf(position.offset, rows, duties.size());
  for (std::size_t i = range.begin; i < range.end; ++i)
    answer.duties.push_back(ToWire(duties[i], now));
  if (range.has_more) answer.next_cursor = calls.cursors().Seal(pages, {range.end, ""});
  return OkStatus();
}

Status ListQuestionsTo(const ServiceCalls& calls, const Call& call, std::string_view method,
                       const wire::PageRequest& page, wire::QuestionPage& answer) {
  const Listing pages = calls.ListingOf(method);
  NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
  NOREN_ASSIGN_OR_RETURN(const PagePosition position, calls.cursors().Open(pages, page.cursor));
  NOREN_ASSIGN_OR_RETURN(const auto questions, operations::ListQuestions(calls.operations(), call));
  const UnixSeconds now = operations::DutyTime(calls.operations());
  const PageRange range = RangeOf(position.offset, rows, questions.size());
  for (std::size_t i = range.begin; i < range.end; ++i)
    answer.questions.push_back(ToWire(questions[i], now));
  if (range.has_more) answer.next_cursor = calls.cursors().Seal(pages, {range.end, ""});
  return OkStatus();
}

Status ReadEventsTo(const ServiceCalls& calls, const Call& call, std::int64_t after,
                    std::int32_t limit, wire::EventPage& answer) {
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t from, CountFromWire(after, "after"));
  NOREN_ASSIGN_OR_RETURN(const auto page,
                         operations::ReadEvents(calls.operations(), call, from, limit));
  answer = ToWire(page);
  return OkStatus();
}

Status AcknowledgeEventsTo(const ServiceCalls& calls, const Call& call,
                           const std::string& idempotency_key, std::int64_t position,
                           wire::AuditPosition& answer) {
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t up_to, CountFromWire(position, "position"));
  NOREN_ASSIGN_OR_RETURN(const auto done, operations::AcknowledgeEvents(calls.operations(), call,
                                                                        idempotency_key, up_to));
  answer = ToWire(done);
  return OkStatus();
}

void PortalService::read_events(wire::EventPage& answer, const std::int64_t after,
                                const std::int32_t limit) {
  calls_.Run("portal.read_events", [&](const Call& call) -> Status {
    return ReadEventsTo(calls_, call, after, limit, answer);
  });
}

void PortalService::acknowledge_events(wire::AuditPosition& answer,
                                       const wire::Idempotency& idempotency,
                                       const std::int64_t position) {
  calls_.Run("portal.acknowledge_events", [&](const Call& call) -> Status {
    return AcknowledgeEventsTo(calls_, call, idempotency.key, position, answer);
  });
}

void PersonService::read_provisions(wire::ProvisionPage& answer, const wire::PersonAct& act,
                                    const std::string& language) {
  calls_.Run("person.read_provisions", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto in, LanguageFromWire(language, "language"));
    NOREN_ASSIGN_OR_RETURN(const auto lines,
                           operations::ReadOwnProvisions(calls_.operations(), call, carried, in));
    for (const operations::ProvisionLine& line : lines) answer.provisions.push_back(ToWire(line));
    NOREN_ASSIGN_OR_RETURN(const auto handed,
                           operations::ReadOwnHandOvers(calls_.operations(), call, carried));
    for (const operations::HandOverRecord& one : handed) answer.hand_overs.push_back(LineOf(one));
    answer.operator_name = calls_.operations().policy.operator_name.In(in);
    return OkStatus();
  });
}

void PersonService::ask(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                        const wire::PersonAct& act) {
  calls_.Run("person.ask", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(
        const auto result,
        operations::AskAboutDecision(calls_.operations(), call, idempotency.key, carried));
    answer = ToWire(result);
    return OkStatus();
  });
}

void PersonService::read_decisions(wire::DecisionRecord& answer, const wire::PersonAct& act) {
  calls_.Run("person.read_decisions", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto own,
                           operations::ReadOwnDecisions(calls_.operations(), call, carried));
    const UnixSeconds now = operations::DutyTime(calls_.operations());
    for (const auto& decision : own.decisions) answer.decisions.push_back(ToWire(decision));
    for (const auto& question : own.questions) answer.questions.push_back(ToWire(question, now));
    return OkStatus();
  });
}

void OfficerService::list_provisions(wire::ProvisionPage& answer, const std::int64_t from_time,
                                     const std::int64_t to_time, const std::string& language,
                                     const wire::PageRequest& page) {
  calls_.Run("officer.list_provisions", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto in, LanguageFromWire(language, "language"));
    // A cursor holds for this very time only.
    const std::string argument = std::to_string(from_time) + ".." + std::to_string(to_time);
    const Listing listing = calls_.ListingOf("officer.list_provisions", argument);
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(
        const auto lines,
        operations::ListProvisions(calls_.operations(), call,
                                   {{from_time}, {to_time}, in, position.mark, rows}));
    for (const operations::ProvisionLine& line : lines.lines)
      answer.provisions.push_back(ToWire(line));
    answer.operator_name = calls_.operations().policy.operator_name.In(in);
    if (!lines.next_mark.empty())
      answer.next_cursor = calls_.cursors().Seal(listing, {0, lines.next_mark});
    return OkStatus();
  });
}

void OfficerService::list_duties(wire::DutyPage& answer, const bool overdue_only,
                                 const wire::PageRequest& page) {
  calls_.Run("officer.list_duties", [&](const Call& call) -> noren::Status {
    return ListDutiesTo(calls_, call, {"officer.list_duties", overdue_only}, page, answer);
  });
}

void OfficerService::list_questions(wire::QuestionPage& answer, const wire::PageRequest& page) {
  calls_.Run("officer.list_questions", [&](const Call& call) -> noren::Status {
    return ListQuestionsTo(calls_, call, "officer.list_questions", page, answer);
  });
}

void OfficerService::answer_question(wire::AuditPosition& answer,
                                     const wire::QuestionAnswer& request) {
  calls_.Run("officer.answer_question", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto parsed, AnswerFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::AnswerQuestion(calls_.operations(), call, parsed));
    answer = ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
