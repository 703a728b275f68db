// What the writer and the reader of an index image have in common.
// Source:   docs/formats/index_snapshot.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace noren::matching {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie");

inline constexpr std::string_view kImageMagic = "NORENIX1";

// One word before every section: a reader that lost its way stops there.
enum class ImageSection : std::uint32_t {
  kBlocks = 0x424C4F43,
  kBounds = 0x424E4453,
  kLists = 0x4C495354,
  kTerms = 0x5445524D,
  kClusters = 0x434C5553,
  kEnd = 0x454E4421
};

// Of a block's shape.
inline constexpr std::uint8_t kHasAmounts = 1, kHasDays = 2, kHasWeights = 4;

template <typename Use>
void ForEachLane(std::uint64_t lanes, Use use) {
  for (; lanes != 0; lanes &= lanes - 1) use(static_cast<std::size_t>(std::countr_zero(lanes)));
}

}  // namespace noren::matching
