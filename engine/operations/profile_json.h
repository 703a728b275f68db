// A coded profile as a row of Noren JSON Lines has it, codes instead of words: what one service
// exports, another can import.
// Source:   docs/formats/noren_jsonl.md
// Threads:  pure function
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/model/canonical_json.h"
#include "engine/model/profile.h"

namespace noren::operations {

model::JsonValue ProfileToJson(const model::Profile& profile);

}  // namespace noren::operations
