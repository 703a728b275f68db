// Reading entries of a statement by the names they print, in its language or in English.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/policy.h"

namespace noren::policy {

// Null: the file has none. Of a file without a statement there are none.
const Entry* One(const Policy& policy, std::string_view section);
std::vector<const Entry*> All(const Policy& policy, std::string_view section);
// No entry has no values.
std::vector<Value> ValuesOf(const Entry* entry, std::string_view key);
bool Has(const Entry* entry, std::string_view key);
bool IsCalled(const Value& value, std::string_view given);
bool Names(const Fact& fact, std::string_view given);  // one of its values is called so
bool IsAmong(const Value& value, const std::vector<std::string>& given);
std::vector<std::string> ClausesOf(const Entry& entry);  // of all its facts, each once

}  // namespace noren::policy
