// Languages: those a posting prefers; the required ones are conditions, met by everybody who is
// ranked.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// Weighted mean of min(level, level wished for) / level wished for.
BothFits LanguagesFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksLanguages(const PostingRow& posting);
std::int32_t LanguagesBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
