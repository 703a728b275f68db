// How much of a term a block has, read from its columns.
// Threads:  pure functions over a block that is not being written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "engine/matching/index/block.h"
#include "engine/matching/index/terms.h"

namespace noren::matching {

// The most that any lane in use has of `term`, as bounds count it. Nullopt when the columns do not
// say: a node whose descendants are numbered apart (a country, a major group, a city with wards).
std::optional<std::uint8_t> MostInBlock(const Block& block, const IndexTerm& term);

}  // namespace noren::matching
