// Employment type: whether an offered type is an accepted one.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// 1000 when the sets meet, else 0.
Fit EmploymentTypeFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
Fit EmploymentTypeFitForPerson(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
