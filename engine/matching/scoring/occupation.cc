// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/occupation.h"

#include "engine/matching/scoring/path_fit.h"

namespace noren::matching {
namespace {

constexpr PathFitTable<OccupationPath::kLevelCount> kTable = {0, 100, 300, 600};

}  // namespace

Fit OccupationFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  return BestPathFit<OccupationPath::kLevelCount>(posting.occupations, seeker.occupations, kTable);
}

Fit OccupationFitForPerson(const PostingRow& posting, const SeekerRow& seeker) {
  return BestPathFit<OccupationPath::kLevelCount>(seeker.occupations, posting.occupations, kTable);
}

}  // namespace noren::matching
