// What the operations on retention share: a person's notes, and the row of a person on a day.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "engine/operations/retention.h"

namespace noren::operations {

struct LoadedNotes {
  RetentionNotes notes;
  std::optional<Bytes> stored;
};
StatusOr<LoadedNotes> LoadNotes(ServiceContext& context, const LoadedPerson& person);
void StageNotes(ServiceContext& context, const LoadedPerson& person, LoadedNotes loaded,
                personal_data::Staged& staged);
// The person wants to stay, and said so now.
//   errors   kPolicyForbids: E_EXPIRED
Status TakeConfirmation(ServiceContext& context, const LoadedPerson& person, RetentionNotes& notes);
Attempt RetentionAttempt(const Call& call, audit::Operation operation, const LoadedPerson& person);

// What is the same for everybody on one day.
struct RetentionLook {
  ServiceContext& context;
  model::CivilDay today;
  std::map<model::PersonId, UnixSeconds> leavings;
  std::set<model::PersonId> planned;
};
//   errors   kClockUntrusted
StatusOr<RetentionLook> LookAtRetention(ServiceContext& context);
// Nothing for a person without a date.
StatusOr<std::optional<RetentionRow>> RetentionRowOf(const RetentionLook& look,
                                                     const LoadedPerson& person);
// Everybody who opens.
Status ForEachPerson(ServiceContext& context,
                     const std::function<Status(const LoadedPerson&)>& use);

}  // namespace noren::operations
