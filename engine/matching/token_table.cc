// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/token_table.h"

#include <algorithm>
#include <bit>

namespace noren::matching {
namespace {

constexpr std::size_t kFewestPlacesPerToken = 4;
constexpr std::size_t kMostPlacesPerToken = 32;
constexpr int kDrawsPerSize = 32;
constexpr std::uint64_t kFirstFactor = 0x9E3779B97F4A7C15u;
constexpr std::uint64_t kFactorStep = 0xD1B54A32D192ED03u;

}  // namespace

TokenTable::TokenTable(std::span<const Entry> entries) {
  const std::size_t count = std::max<std::size_t>(entries.size(), 1);
  const std::size_t most = std::bit_ceil(kMostPlacesPerToken * count);
  std::uint64_t seed = kFirstFactor;
  for (std::size_t size = std::bit_ceil(kFewestPlacesPerToken * count); size <= most; size *= 2) {
    shift_ = static_cast<unsigned>(64 - std::countr_zero(size));
    for (int draw = 0; draw < kDrawsPerSize; ++draw, seed += kFactorStep) {
      factor_ = seed | 1;
      places_.assign(size + 1, Entry{});
      if (Fill(entries)) return;
    }
  }
  // No draw kept them apart: whatever shares a place follows it.
  places_.assign(most + entries.size(), Entry{});
  for (const Entry& entry : entries) {
    const std::size_t at = (entry.token.value * factor_) >> shift_;
    std::size_t probes = 0;
    while (places_[at + probes].value != 0) ++probes;
    places_[at + probes] = entry;
    extra_probes_ = std::max(extra_probes_, probes);
  }
  places_.resize(places_.size() + extra_probes_);
}

bool TokenTable::Fill(std::span<const Entry> entries) {
  for (const Entry& entry : entries) {
    Entry& place = places_[(entry.token.value * factor_) >> shift_];
    if (place.value != 0) return false;
    place = entry;
  }
  return true;
}

}  // namespace noren::matching
