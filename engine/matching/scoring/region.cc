// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/region.h"

#include <algorithm>

#include "engine/matching/scoring/path_fit.h"

namespace noren::matching {
namespace {

constexpr PathFitTable<RegionPath::kLevelCount> kTable = {0, 100, 600, 800};

std::int32_t BestNearFit(const PreparedPosting& posting, const SeekerRow& seeker) {
  if (posting.row->near_regions.empty()) return 0;
  std::uint32_t best = 0;
  for (const RegionPath& wish : seeker.regions) {
    const Token key = NearKeyOf(wish);
    if (!key.is_none()) best = std::max(best, posting.near_regions.Find(key));
  }
  return static_cast<std::int32_t>(best);
}

}  // namespace

bool PostingAsksRegion(const PostingRow& posting) { return !posting.regions.empty(); }
bool PersonAsksRegion(const SeekerRow& seeker) { return !seeker.regions.empty(); }

BothFits RegionFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& places = posting.row->regions;
  const auto& wishes = seeker.regions;
  const PathFits best = BestPathFit(places, wishes, kTable);
  const std::int32_t near = BestNearFit(posting, seeker);
  return {PathFitOf(!places.empty(), !wishes.empty(), std::max(best.first_asks, near)),
          PathFitOf(!wishes.empty(), !places.empty(), std::max(best.second_asks, near))};
}

std::int32_t RegionBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksRegion(posting));
}
std::int32_t RegionBoundForPerson(const SeekerRow& seeker) {
  return FullIf(PersonAsksRegion(seeker));
}

}  // namespace noren::matching
