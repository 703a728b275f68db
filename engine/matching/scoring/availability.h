// Availability: the day a posting would like somebody to start without requiring it.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

inline constexpr std::int64_t kLatestStartDays = 90;

// 1000 up to the wished day, falling evenly to 0 at kLatestStartDays after it.
BothFits AvailabilityFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksAvailability(const PostingRow& posting);
std::int32_t AvailabilityBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
