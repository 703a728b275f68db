// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/employment_type.h"

namespace noren::matching {

bool PostingAsksEmploymentType(const PostingRow& posting) {
  return !posting.employment_types.empty();
}
bool PersonAsksEmploymentType(const SeekerRow& seeker) { return !seeker.employment_types.empty(); }

BothFits EmploymentTypeFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const model::EmploymentTypes offered = posting.row->employment_types;
  const model::EmploymentTypes accepted = seeker.employment_types;
  if (!offered.empty() && !accepted.empty()) {
    const Fit fit = Fit::Known(offered.Intersects(accepted) ? kFullFit : 0);
    return {fit, fit};
  }
  return {offered.empty() ? Fit::NotAsked() : Fit::Missing(),
          accepted.empty() ? Fit::NotAsked() : Fit::Missing()};
}

std::int32_t EmploymentTypeBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksEmploymentType(posting));
}
std::int32_t EmploymentTypeBoundForPerson(const SeekerRow& seeker) {
  return FullIf(PersonAsksEmploymentType(seeker));
}

}  // namespace noren::matching
