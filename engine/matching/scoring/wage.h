// Wage: the promised wage against the floor. Two currencies are never compared: that is "missing".
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// For the posting: 1000 while the floor is at most the promised wage, falling to 500 where it
// equals the possible one, 0 above. For the person: 800 when the promised wage equals the floor, in
// proportion below and above, 1000 from 1.25 times the floor.
BothFits WageFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksWage(const PostingRow& posting);
bool PersonAsksWage(const SeekerRow& seeker);
std::int32_t WageBoundForPosting(const PostingRow& posting);
// Below 1000 for a floor so high that no wage can be 1.25 times as much.
std::int32_t WageBoundForPerson(const SeekerRow& seeker);

}  // namespace noren::matching
