// The rules of docs/formats/ranking.md written down a second time, over the models themselves: no
// row, no token, no shared code with the engine. Slow and obvious; what the exact ranking is
// checked against.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/posting.h"
#include "engine/model/profile.h"

namespace noren::matching::naive {

bool Qualifies(const model::Posting& posting, const model::Profile& profile);
std::int64_t Score(const model::Posting& posting, const model::Profile& profile);

}  // namespace noren::matching::naive
