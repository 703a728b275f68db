// SPDX-License-Identifier: Apache-2.0
#include "engine/model/rights.h"

#include <array>
#include <cstddef>

namespace noren::model {
namespace {

constexpr std::array kAll = {
    Right::kPurposeNotice, Right::kAccess,        Right::kCorrect,
    Right::kAdd,           Right::kDelete,        Right::kSuspend,
    Right::kErase,         Right::kStopProvision, Right::kProvisionRecords};
// In the order of the values, from 1 on.
constexpr std::array<std::string_view, kAll.size()> kNames = {
    "PURPOSE_NOTICE", "ACCESS",         "CORRECT",          "ADD", "DELETE", "SUSPEND",
    "ERASE",          "STOP_PROVISION", "PROVISION_RECORDS"};

}  // namespace

std::span<const Right> AllRights() { return kAll; }

std::string_view RightName(Right right) {
  const auto index = static_cast<std::size_t>(right) - 1;
  return index < kNames.size() ? kNames[index] : std::string_view();
}

std::optional<Right> FindRight(std::string_view name) {
  for (const Right right : kAll) {
    if (RightName(right) == name) return right;
  }
  return std::nullopt;
}

}  // namespace noren::model
