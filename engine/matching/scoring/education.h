// Education: a level that a posting prefers without requiring it.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// 1000 from the preferred ISCED level on, 250 less for each level below it.
BothFits EducationFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksEducation(const PostingRow& posting);
std::int32_t EducationBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
