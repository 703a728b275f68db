// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/coded.h"

#include <algorithm>

namespace noren::policy {

std::vector<std::string_view> PrintedNames(const Statement& statement, std::string_view code) {
  for (const Entry* entry : statement.All("coded")) {
    if (entry->Word("code") == code) return entry->Many("names");
  }
  return {};
}

std::vector<std::string_view> PrintedNames(const Statement& statement, model::ItemKind kind) {
  return PrintedNames(statement, model::ItemKindName(kind));
}

std::vector<std::string_view> PrintedNames(const Statement& statement, model::Purpose purpose) {
  return PrintedNames(statement, model::PurposeName(purpose));
}

bool HoldsOneOf(const Entry& entry, std::string_view key,
                const std::vector<std::string_view>& names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return entry.Holds(key, name); });
}

}  // namespace noren::policy
