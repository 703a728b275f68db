// Wage: the promised wage against the floor. Two currencies are never compared: that is "missing".
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// 1000 while the floor is at most the promised wage, falling to 500 where it equals the possible
// one, 0 above.
Fit WageFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
// 800 when the promised wage equals the floor, in proportion below and above, 1000 from 1.25 times
// the floor.
Fit WageFitForPerson(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
