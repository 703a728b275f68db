// Employment type: whether an offered type is an accepted one.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// 1000 when the sets meet, else 0.
BothFits EmploymentTypeFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksEmploymentType(const PostingRow& posting);
bool PersonAsksEmploymentType(const SeekerRow& seeker);
std::int32_t EmploymentTypeBoundForPosting(const PostingRow& posting);
std::int32_t EmploymentTypeBoundForPerson(const SeekerRow& seeker);

}  // namespace noren::matching
