// Finds the JobPosting objects of a JSON-LD document.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "engine/model/canonical_json.h"

namespace noren::intake {

// The document itself, the members of a top-level array, or those of @graph; they borrow from
// `document`.
std::vector<const model::JsonValue*> FindJobPostings(const model::JsonValue& document);

}  // namespace noren::intake
