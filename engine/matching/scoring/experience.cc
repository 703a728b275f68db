// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/experience.h"

namespace noren::matching {

bool PostingAsksExperience(const PostingRow& posting) {
  return posting.min_experience_months.value_or(0) > 0;
}

BothFits ExperienceFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  if (!PostingAsksExperience(*posting.row)) return {};
  if (!seeker.experience_months) return {Fit::Missing(), Fit::NotAsked()};
  return {Fit::Known(std::int64_t{kNeutralFit} * *seeker.experience_months /
                     *posting.row->min_experience_months),
          Fit::NotAsked()};
}

std::int32_t ExperienceBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksExperience(posting));
}

}  // namespace noren::matching
