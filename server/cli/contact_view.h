// What was said with one person, as tables and JSON.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/canonical_json.h"
#include "gen-cpp/contact_types.h"

namespace noren::cli {

std::string TimeOrNothing(std::int64_t unix_seconds);  // 0: ""
model::JsonValue ContactsJson(const wire::PersonContacts& contacts);
std::string ContactsText(const wire::PersonContacts& contacts);

}  // namespace noren::cli
