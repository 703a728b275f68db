// What an index has to hold for a set of rows: each exactly, covered by bounds, listed once per
// pair of wishes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/matching/index/seeker_index.h"

namespace noren::matching {

using Rows = std::map<std::uint64_t, SeekerRow>;

bool SameRow(const SeekerRow& a, const SeekerRow& b);
std::vector<SeekerRow> RowsOf(const Rows& rows);
// Fails the test where it does not.
void ExpectHolds(const SeekerIndex& index, const Rows& rows);

}  // namespace noren::matching
