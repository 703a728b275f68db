// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/education.h"

namespace noren::matching {
namespace {

constexpr std::int32_t kLossPerLevel = 250;

}  // namespace

bool PostingAsksEducation(const PostingRow& posting) {
  return posting.preferred_education.has_value();
}

BothFits EducationFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& preferred = posting.row->preferred_education;
  if (!preferred) return {};
  if (!seeker.education) return {Fit::Missing(), Fit::NotAsked()};
  return {Fit::Known(kFullFit - kLossPerLevel * (*preferred - *seeker.education)), Fit::NotAsked()};
}

std::int32_t EducationBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksEducation(posting));
}

}  // namespace noren::matching
