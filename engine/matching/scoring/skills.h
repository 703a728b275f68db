// Skills: for the posting, weight x level of what it asks for; for the person, how far the work
// uses their best skills.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// Sum of weight x level over asked skills, of the same sum at level 5. A required skill weighs 10.
// A person who states skills states all of them, so an absent one is level 0; a person who states
// none is "missing".
Fit SkillsFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
bool PostingAsksSkills(const PostingRow& posting);

// Of the n strongest skills of the person, n being the number of skills asked for: the sum of the
// levels that are used.
Fit SkillsFitForPerson(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
