// Recency: how long ago a person confirmed the profile, as of the day of the ranking. Counts only
// where somebody gave it a weight.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

inline constexpr std::int64_t kFreshDays = 30;
inline constexpr std::int64_t kStaleDays = 365;

// 1000 up to kFreshDays, falling evenly to 0 at kStaleDays.
BothFits RecencyFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksRecency(const PostingRow& posting);
std::int32_t RecencyBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
