// What the source calls the things the service handles: kinds of items, purposes and means of a
// release by their printed names (stated.coded).
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "engine/model/purposes.h"
#include "engine/policy/statement.h"

namespace noren::policy {

// How the service hands over.
inline constexpr std::string_view kMeansOfService = "encrypted_download";

// The printed names of the code; empty: the policy does not name it.
std::vector<std::string_view> PrintedNames(const Statement& statement, std::string_view code);
std::vector<std::string_view> PrintedNames(const Statement& statement, model::ItemKind kind);
std::vector<std::string_view> PrintedNames(const Statement& statement, model::Purpose purpose);

// Whether the entry's list under `key` has one of the names.
bool HoldsOneOf(const Entry& entry, std::string_view key,
                const std::vector<std::string_view>& names);

}  // namespace noren::policy
