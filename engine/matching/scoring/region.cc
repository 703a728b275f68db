// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/region.h"

#include "engine/matching/scoring/path_fit.h"

namespace noren::matching {
namespace {

constexpr PathFitTable<RegionPath::kLevelCount> kTable = {0, 100, 600, 800};

}  // namespace

Fit RegionFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  return BestPathFit<RegionPath::kLevelCount>(posting.regions, seeker.regions, kTable);
}

Fit RegionFitForPerson(const PostingRow& posting, const SeekerRow& seeker) {
  return BestPathFit<RegionPath::kLevelCount>(seeker.regions, posting.regions, kTable);
}

}  // namespace noren::matching
