// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/languages.h"

#include <algorithm>

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {

bool PostingAsksLanguages(const PostingRow& posting) {
  return !posting.preferred_languages.empty();
}

BothFits LanguagesFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& preferred = posting.row->preferred_languages;
  if (preferred.empty()) return {};
  if (seeker.languages.empty()) return {Fit::Missing(), Fit::NotAsked()};
  std::int32_t sum = 0;
  for (const WeightedToken& asked : preferred) {
    const std::int32_t level = std::min(LevelIn(seeker.languages, asked.token), asked.level);
    sum += asked.weight * (kFullFit * level / asked.level);
  }
  return {Fit::Known(sum / posting.language_weights), Fit::NotAsked()};
}

std::int32_t LanguagesBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksLanguages(posting));
}

}  // namespace noren::matching
