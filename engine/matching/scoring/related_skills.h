// Related skills: what a person has that stands near what is asked. The posting's row says which,
// so that this is a sum like that of the asked skills.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// Each asked skill counts the best closeness x level among the person's skills, itself having the
// closeness 1000: a related skill never counts more than the asked one at the same level, and
// nobody loses by having both. Weighted and measured like skills.h.
BothFits RelatedSkillsFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksRelatedSkills(const PostingRow& posting);
std::int32_t RelatedSkillsBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
