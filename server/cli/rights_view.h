// Requests about one's own data as the command line shows and reads them.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/canonical_json.h"
#include "gen-cpp/rights_types.h"

namespace noren::cli {

// "passport,of=agent,photo,masked,shows=name"
//   errors   a usage error: another word
StatusOr<wire::SeenPaper> ParsePaper(const std::string& text);
model::JsonValue TextArray(const std::vector<std::string>& texts);
model::JsonValue RightJson(const wire::Right& right);
std::vector<std::string> RightRow(const wire::Right& right);
std::string RightText(const wire::Right& right);

}  // namespace noren::cli
