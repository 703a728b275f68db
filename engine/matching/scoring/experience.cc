// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/experience.h"

namespace noren::matching {

bool PostingAsksExperience(const PostingRow& posting) {
  return posting.min_experience_months.value_or(0) > 0;
}

Fit ExperienceFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  if (!PostingAsksExperience(posting)) return Fit::NotAsked();
  if (!seeker.experience_months) return Fit::Missing();
  return Fit::Known(std::int64_t{kNeutralFit} * *seeker.experience_months /
                    *posting.min_experience_months);
}

}  // namespace noren::matching
