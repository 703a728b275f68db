// Region: by the levels that two region codes share, or by the distance between their centres when
// that is better.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// 1000 within the asked region; else 0, 100, 600, 800 for none, country, province, municipality
// shared, and at least 500 when the answer is a wider region around the asked one. At least what
// the posting's row says of a region near one of its places.
BothFits RegionFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksRegion(const PostingRow& posting);
bool PersonAsksRegion(const SeekerRow& seeker);
std::int32_t RegionBoundForPosting(const PostingRow& posting);
std::int32_t RegionBoundForPerson(const SeekerRow& seeker);

// What a wish is looked up under in PostingRow::near_regions: its municipality, or its province
// when that is all of it; none for a country.
inline Token NearKeyOf(const RegionPath& wish) {
  return wish.levels[2].is_none() ? wish.levels[1] : wish.levels[2];
}

}  // namespace noren::matching
