// Occupation: by the levels that two ISCO-08 codes share.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// 1000 within the asked group; else 0, 100, 300, 600 for none, major, sub-major, minor group
// shared, and at least 500 when the answer is a wider group around the asked one.
Fit OccupationFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
Fit OccupationFitForPerson(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
