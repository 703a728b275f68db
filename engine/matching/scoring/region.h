// Region: by the levels that two region codes share.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// 1000 within the asked region; else 0, 100, 600, 800 for none, country, province, municipality
// shared, and at least 500 when the answer is a wider region around the asked one.
Fit RegionFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
Fit RegionFitForPerson(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
