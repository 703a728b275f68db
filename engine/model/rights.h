// The requests that a person can make about their own data, by the codes that policies and
// statements use.
// Source:   docs/formats/policy.md (section "right"), docs/formats/rights_request.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace noren::model {

// Values are stored and signed: never renumbered.
enum class Right : std::uint8_t {
  kPurposeNotice = 1,     // what the data are used for
  kAccess = 2,            // what is held
  kCorrect = 3,           // what is wrong is put right
  kAdd = 4,               // what is missing is added
  kDelete = 5,            // an item is taken out
  kSuspend = 6,           // not used and not provided until the person says so
  kErase = 7,             // all or part is destroyed
  kStopProvision = 8,     // provided to nobody
  kProvisionRecords = 9,  // what was provided to whom
};
std::span<const Right> AllRights();
std::string_view RightName(Right right);  // "PURPOSE_NOTICE"
std::optional<Right> FindRight(std::string_view name);

}  // namespace noren::model
