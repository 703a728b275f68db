// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/licences.h"

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {

bool PostingAsksLicences(const PostingRow& posting) { return !posting.preferred_licences.empty(); }

BothFits LicencesFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& preferred = posting.row->preferred_licences;
  if (preferred.empty()) return {};
  if (seeker.licences.empty()) return {Fit::Missing(), Fit::NotAsked()};
  std::int32_t held = 0;
  for (const WeightedToken& asked : preferred) {
    if (Holds(seeker.licences, asked.token)) held += asked.weight;
  }
  return {Fit::Known(kFullFit * held / posting.licence_weights), Fit::NotAsked()};
}

std::int32_t LicencesBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksLicences(posting));
}

}  // namespace noren::matching
