// Random queries over the tokens of RandomRows, and rows so odd that an index can only keep them
// whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/points_query.h"
#include "engine/matching/rows.h"
#include "tests/engine/matching/index/random_rows.h"

namespace noren::matching {

// Conditions of every kind, few at a time so that somebody qualifies; now and then unknown tokens,
// points for both a group and what lies in it, thresholds beyond the exact bytes.
PointsQuery RandomPointsQuery(RandomRows& random);
PostingRow RandomPostingRow(RandomRows& random);

// Tokens of another kind or under another parent, amounts beyond any column.
void MakeOdd(RandomRows& random, SeekerRow& row);

}  // namespace noren::matching
