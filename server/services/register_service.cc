// SPDX-License-Identifier: Apache-2.0
#include "server/services/register_service.h"

#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/handler_cases.h"
#include "engine/operations/handler_reviews.h"
#include "engine/operations/hand_over.h"
#include "engine/operations/register_tables.h"
#include "server/services/after_release_wire.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {

using operations::Call;

void RegisterService::add_register_entry(wire::AddedRegisterEntry& answer,
                                         const wire::AddRegisterEntry& request) {
  calls_.Run("register.add_register_entry", [&](const Call& call) -> noren::Status {
    const auto kind = policy::FindRegister(request.register_name);
    if (!kind) return model::MakeFieldError(model::ErrorCode::kBadRequest, "register_name");
    operations::AddRegisterEntryRequest entry;
    entry.idempotency_key = request.idempotency.key;
    entry.kind = *kind;
    entry.step = request.step;
    entry.at = {request.at};
    entry.subject = request.subject;
    entry.clauses = request.clauses;
    entry.parts = request.parts;
    entry.fields = request.fields;
    NOREN_ASSIGN_OR_RETURN(entry.follows, CountFromWire(request.follows, "follows"));
    NOREN_ASSIGN_OR_RETURN(const auto added,
                           operations::AddRegisterEntry(calls_.operations(), call, entry));
    answer.number = static_cast<std::int64_t>(added.number);
    answer.audit = ToWire(added.position);
    return OkStatus();
  });
}

void RegisterService::read_register(wire::RegisterTable& answer, const std::string& register_name,
                                    const std::int64_t from_time, const std::int64_t to_time,
                                    const std::string& language, const wire::PageRequest& page) {
  calls_.Run("register.read_register", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto in, LanguageFromWire(language, "language"));
    // A cursor holds for this register and time only.
    const std::string argument =
        register_name + " " + std::to_string(from_time) + ".." + std::to_string(to_time);
    const Listing listing = calls_.ListingOf("register.read_register", argument);
    NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto table,
                           operations::ReadRegister(calls_.operations(), call,
                                                    {register_name, {from_time}, {to_time}, in}));
    answer.register_name = table.name;
    answer.title = table.title;
    answer.heading = table.heading;
    answer.operator_name = calls_.operations().policy.operator_name.In(in);
    answer.policy_version = calls_.operations().policy.VersionText();
    const PageRange range = RangeOf(position.offset, limit, table.rows.size());
    for (std::size_t i = range.begin; i < range.end; ++i)
      answer.rows.emplace_back().cells = table.rows[i];
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void RegisterService::list_registers(std::vector<wire::RegisterTitle>& answer,
                                     const std::string& language) {
  calls_.Run("register.list_registers", [&](const Call& call) -> noren::Status {
    NOREN_RETURN_IF_ERROR(
        operations::RequireRole(calls_.operations(), call, {model::Role::kOfficer}));
    NOREN_ASSIGN_OR_RETURN(const auto in, LanguageFromWire(language, "language"));
    for (const operations::RegisterTitle& title : operations::RegisterTitles(in)) {
      wire::RegisterTitle& row = answer.emplace_back();
      row.register_name = std::string(title.name);
      row.title = title.title;
    }
    return OkStatus();
  });
}

void RegisterService::open_case(wire::AddedRegisterEntry& answer, const wire::OpenCase& request) {
  calls_.Run("register.open_case", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto person, NamedPersonFromWire(request.person, "person"));
    NOREN_ASSIGN_OR_RETURN(const auto opened,
                           operations::OpenCase(calls_.operations(), call,
                                                {request.idempotency.key, request.reference,
                                                 person.portal, person.handle, request.handler}));
    answer.number = static_cast<std::int64_t>(opened.number);
    answer.audit = ToWire(opened.position);
    return OkStatus();
  });
}

void RegisterService::review_handlers(wire::HandlerReview& answer, const std::string& clause) {
  calls_.Run("register.review_handlers", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto review,
                           operations::ReviewHandlers(calls_.operations(), call, clause));
    for (const operations::ReviewedHandler& one : review.handlers) {
      wire::ReviewedHandler& row = answer.handlers.emplace_back();
      row.handler = one.handler;
      row.role = one.role;
      row.processor = one.processor;
      row.granted_at = one.granted_at.value;
      row.last_use = one.last_use ? one.last_use->value : 0;
      row.withdrawn = one.withdrawn;
    }
    answer.number = static_cast<std::int64_t>(review.entry);
    return OkStatus();
  });
}

void RegisterService::hand_over(wire::HandedOver& answer, const wire::HandOver& request) {
  calls_.Run("register.hand_over", [&](const Call& call) -> noren::Status {
    operations::HandOverRequest wanted;
    wanted.idempotency_key = request.idempotency.key;
    if (request.entry < 1) return model::MakeFieldError(model::ErrorCode::kBadRequest, "entry");
    wanted.entry = static_cast<std::uint64_t>(request.entry);
    for (const wire::HandedPerson& one : request.people) {
      operations::HandedPerson person;
      NOREN_ASSIGN_OR_RETURN(person.person, NamedPersonFromWire(one.person, "people"));
      if (!one.born.empty()) {
        const auto born = model::ParseCivilDay(one.born);
        if (!born.ok()) return model::MakeFieldError(model::ErrorCode::kBadRequest, "born");
        person.born = *born;
      }
      wanted.people.push_back(std::move(person));
    }
    NOREN_ASSIGN_OR_RETURN(const operations::HandedOver handed,
                           operations::HandOver(calls_.operations(), call, wanted));
    answer.entry = static_cast<std::int64_t>(handed.entry);
    answer.day = model::ToIso(handed.day);
    answer.ages = handed.ages;
    answer.audit = ToWire(handed.position);
    return OkStatus();
  });
}

}  // namespace noren::server
