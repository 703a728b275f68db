// Parts of answers that several commands print: audit positions, terms, lists of texts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/model/canonical_json.h"
#include "gen-cpp/common_types.h"

namespace noren::cli {

model::JsonValue ToJson(const wire::AuditPosition& position);
model::JsonValue ToJson(const std::vector<std::string>& texts);
model::JsonValue ToJson(const std::vector<wire::Term>& terms);
model::JsonValue ToJson(const wire::Explanation& explanation);
// "audit entry 12 of partition 0"
std::string ToText(const wire::AuditPosition& position);
std::string ToText(const wire::Explanation& explanation);
// "skills 30/50, region 10/10"
std::string ToText(const std::vector<wire::Term>& terms);
std::string Join(const std::vector<std::string>& texts, const char* separator);

// Bytes of the wire as hex.
std::string HexOf(const std::string& binary);
wire::Idempotency MakeIdempotency(const std::string& key);
wire::PageRequest MakePage(const std::string& cursor);

}  // namespace noren::cli
