// Dense vectors of people and postings for the optional dense term: the mean of the vectors of
// their tokens, of unit length. The dense search ranks people by the inner product with a posting.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/matching/relatedness/relatedness_model.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// The mean by weight, normalised; nullopt when no token is known or the vectors cancel out ("not
// stated", not zero). The same in any order of the tokens.
std::optional<std::vector<float>> MeanVector(std::span<const WeightedToken> tokens,
                                             const RelatednessModel& model);

// Every skill counts once, whatever its level: having it says what the person works with.
std::optional<std::vector<float>> PersonVector(const SeekerRow& seeker,
                                               const RelatednessModel& model);
// Preferred skills count by weight, required ones 10.
std::optional<std::vector<float>> PostingVector(const PostingRow& posting,
                                                const RelatednessModel& model);

}  // namespace noren::matching
