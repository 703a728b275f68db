// Until when a person may be used, by the date itself: whose period is over is refused from the
// first second of the next day, whether or not anybody has run retention since.
// Source:   docs/design/0021-retention.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "engine/operations/retention.h"

namespace noren::operations {

// What of a person has to be known besides their record and notes.
struct KeptLook {
  model::CivilDay today;
  std::optional<UnixSeconds> left;  // when they asked for erasure
};
// Nothing: the policy states no end, or nothing has begun.
StatusOr<std::optional<policy::RetentionDue>> DueOf(ServiceContext& context,
                                                    const LoadedPerson& person,
                                                    const RetentionNotes& notes,
                                                    const KeptLook& look);

// The last day on which the person may be used; nothing: no day is known.
//   cost     the notes; invitations where the policy counts from what the person last did
StatusOr<std::optional<policy::RetentionDue>> DueNow(ServiceContext& context,
                                                     const LoadedPerson& person);
// Ok while the period runs.
//   errors   kPolicyForbids: E_EXPIRED; those of DueNow
Status RequireKept(ServiceContext& context, const LoadedPerson& person);
// Ok while the registration can be lived on in: a maximum that is over cannot, while a minimum
// waits for the officer and somebody who is heard of before is kept.
//   errors   kPolicyForbids: E_EXPIRED, with the field; those of DueNow
Status RequireInTime(ServiceContext& context, const LoadedPerson& person, std::string_view field);

// What the market asks of a person that it reads.
StatusOr<PersonUse> UseOf(ServiceContext& context, const LoadedPerson& person);
// Whose last day is over is out of the market; whoever asks it about people asks this first.
//   cost     one comparison on a day on which nobody ends
Status EndByDate(ServiceContext& context);

}  // namespace noren::operations
