// Of which kind a person is from a day on: said by the officer or the person's portal, and what
// follows from it on each day.
// Source:   docs/design/0033-kinds-of-people-with-dates.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/destruction_select.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// A kind, or a sub-kind of it; the same once more, with a last day, ends it.
struct SetPersonKindRequest {
  std::string idempotency_key;
  NamedPerson person;
  std::string kind;      // id of stated.subject
  std::string sub_kind;  // as the policy prints it; empty: the kind itself
  model::CivilDay first_day;
  std::optional<model::CivilDay> last_day;
};
// Of a portal's own people for a portal. A day may have passed, or be to come: somebody leaves on
// a day that is known before, and is said to have left after.
//   errors   kNotFound; kNoFile: the policy names no such kind; kOutOfRange: days; kLimitReached
StatusOr<EntryPosition> SetPersonKind(ServiceContext& context, const Call& call,
                                      const SetPersonKindRequest& request);

struct PersonKinds {
  std::string registered;                          // at registration; "": the usual one
  std::vector<personal_data::KindPeriod> periods;  // in the order in which they were recorded
  std::string kind;                                // today; personal_data::kNoKind: none any more
  std::vector<std::string> sub_kinds;              // today
};
StatusOr<PersonKinds> ReadPersonKinds(ServiceContext& context, const Call& call,
                                      const NamedPerson& person);

// Says that the person's data are used now for the purpose, by its printed name, and leaves an
// entry; a refusal leaves one, too.
//   errors   kNotFound; those of policy::MayUseFor; those of RequireMayUse
StatusOr<EntryPosition> UseForPurpose(ServiceContext& context, const Call& call,
                                      const NamedPerson& person, std::string_view purpose);

}  // namespace noren::operations
