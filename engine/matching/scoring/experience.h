// Experience: only a posting that states a least experience asks for it.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// 500 at the least experience, in proportion below and above, 1000 from twice as much.
Fit ExperienceFitForPosting(const PostingRow& posting, const SeekerRow& seeker);
bool PostingAsksExperience(const PostingRow& posting);

}  // namespace noren::matching
