// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/licences.h"

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {

Fit LicencesFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  if (posting.preferred_licences.empty()) return Fit::NotAsked();
  if (seeker.licences.empty()) return Fit::Missing();
  std::int64_t held = 0;
  std::int64_t all = 0;
  for (const WeightedToken& asked : posting.preferred_licences) {
    all += asked.weight;
    if (Holds(seeker.licences, asked.token)) held += asked.weight;
  }
  return Fit::Known(kFullFit * held / all);
}

}  // namespace noren::matching
