// Occupation: by the levels that two ISCO-08 codes share.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// 1000 within the asked group; else 0, 100, 300, 600 for none, major, sub-major, minor group
// shared, and at least 500 when the answer is a wider group around the asked one.
BothFits OccupationFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksOccupation(const PostingRow& posting);
bool PersonAsksOccupation(const SeekerRow& seeker);
std::int32_t OccupationBoundForPosting(const PostingRow& posting);
std::int32_t OccupationBoundForPerson(const SeekerRow& seeker);

}  // namespace noren::matching
