// Skills: for the posting, weight x level of what it asks for; for the person, how far the work
// uses their best skills.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// For the posting: sum of weight x level over asked skills, of the same sum at level 5. A required
// skill weighs 10. A person who states skills states all of them, so an absent one is level 0; a
// person who states none is "missing". For the person: of the n strongest skills of the person, n
// being the number of skills asked for, the sum of the levels that are used.
BothFits SkillsFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksSkills(const PostingRow& posting);
bool PersonAsksSkills(const SeekerRow& seeker);
std::int32_t SkillsBoundForPosting(const PostingRow& posting);
std::int32_t SkillsBoundForPerson(const SeekerRow& seeker);

}  // namespace noren::matching
