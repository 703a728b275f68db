// Everybody who meets a posting's hard conditions, in no order and without scores: what cards are
// counted from.
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "engine/matching/index/seeker_index.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// Appends each once. The same people as MeetsConditions finds among all rows of the index.
void CollectEligible(const SeekerIndex& index, const PostingRow& posting,
                     std::vector<SeekerRowId>& eligible);

}  // namespace noren::matching
