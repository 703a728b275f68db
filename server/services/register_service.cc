// SPDX-License-Identifier: Apache-2.0
#include "server/services/register_service.h"

#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/register_tables.h"
#include "server/services/after_release_wire.h"
#include "server/services/wire_codec.h"

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

}  // namespace noren::server
