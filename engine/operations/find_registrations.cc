// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/find_registrations.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/about_when.h"
#include "engine/policy/decisions.h"

namespace noren::operations {
namespace {

using model::ErrorCode;

constexpr std::string_view kForm = "registrations";
constexpr std::string_view kToFind = "to find whom a letter is about";

struct Found {
  std::vector<FoundRegistration> rows;
  std::set<model::PersonId> people;
};

StatusOr<Found> Search(ServiceContext& context, const policy::DaySpan& days) {
  Found found;
  const auto look = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    const StatusOr<LoadedPerson> person = LoadPerson(context, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();  // destroyed
    NOREN_RETURN_IF_ERROR(person.status());
    const personal_data::PersonRecord& record = person->record;
    const model::CivilDay day = policy::TodayOf(context.policy, record.registered_at);
    if (!days.Holds(day)) return OkStatus();
    if (found.rows.size() == kMaxFoundRegistrations)
      return model::MakeFieldError(ErrorCode::kTooLarge, "around", "name a shorter time");
    found.rows.push_back({record.address.portal, record.address.handle, day});
    found.people.insert(id);
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, personal_data::keyspaces::kPerson, look));
  std::ranges::sort(found.rows, [](const auto& a, const auto& b) {
    return std::tie(a.registered, a.portal, a.handle) < std::tie(b.registered, b.portal, b.handle);
  });
  return found;
}

}  // namespace

StatusOr<std::vector<FoundRegistration>> FindRegistrations(ServiceContext& context,
                                                           const Call& call,
                                                           const std::string& around) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const policy::DaySpan days, policy::AboutWhen(around));
  NOREN_ASSIGN_OR_RETURN(Found found, Search(context, days));
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kFindRegistrations;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.object = model::ToIso(days.first) + "/" + model::ToIso(days.last);
    if (found.people.empty()) return attempt;
    NOREN_RETURN_IF_ERROR(
        StageListShowing(context, call, {audit::Operation::kFindRegistrations, kForm, kToFind, {}},
                         {found.people.begin(), found.people.end()}, attempt));
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(recorded.status());
  return std::move(found.rows);
}

}  // namespace noren::operations
