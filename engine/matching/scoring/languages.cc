// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/languages.h"

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {

Fit LanguagesFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  if (posting.preferred_languages.empty()) return Fit::NotAsked();
  if (seeker.languages.empty()) return Fit::Missing();
  std::int64_t sum = 0;
  std::int64_t all = 0;
  for (const WeightedToken& asked : posting.preferred_languages) {
    const std::uint8_t level = std::min(LevelIn(seeker.languages, asked.token), asked.level);
    sum += std::int64_t{asked.weight} * (kFullFit * level / asked.level);
    all += asked.weight;
  }
  return Fit::Known(sum / all);
}

}  // namespace noren::matching
