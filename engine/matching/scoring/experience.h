// Experience: only a posting that states a least experience asks for it.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// 500 at the least experience, in proportion below and above, 1000 from twice as much.
BothFits ExperienceFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksExperience(const PostingRow& posting);
std::int32_t ExperienceBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
