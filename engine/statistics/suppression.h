// Which figures are shown, and how: nothing below a least figure, nothing that follows from what is
// shown, and everything rounded.
// Source:   docs/design/0038-statistics.md; L. Willenborg, T. de Waal, Elements of Statistical
//           Disclosure Control (2001), ch. 4 and 8
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "engine/statistics/tables.h"

namespace noren::statistics {

// A figure for every place; nullopt: suppressed.
using Figures = std::map<Place, std::optional<std::uint64_t>>;

// The places of which nothing may be shown when everything else is: each figure below `least`, and
// what else it takes that none of them can be worked out exactly.
//   time     sums x suppressed^2 for the elimination; some 10^7 steps for 64 regions
std::set<Place> Suppressed(const Counts& counts, std::uint64_t least);

// A multiple of kRoundTo next to it, not below `least`; which one, its key says.
std::uint64_t Rounded(const Count& count, std::uint64_t least);

// What an edition shows.
Figures Publish(const Counts& counts, std::uint64_t least);

}  // namespace noren::statistics
