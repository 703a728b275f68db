// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/occupation.h"

#include "engine/matching/scoring/path_fit.h"

namespace noren::matching {
namespace {

constexpr PathFitTable<OccupationPath::kLevelCount> kTable = {0, 100, 300, 600};

}  // namespace

bool PostingAsksOccupation(const PostingRow& posting) { return !posting.occupations.empty(); }
bool PersonAsksOccupation(const SeekerRow& seeker) { return !seeker.occupations.empty(); }

BothFits OccupationFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& asked = posting.row->occupations;
  const auto& wished = seeker.occupations;
  const PathFits best = BestPathFit(asked, wished, kTable);
  return {PathFitOf(!asked.empty(), !wished.empty(), best.first_asks),
          PathFitOf(!wished.empty(), !asked.empty(), best.second_asks)};
}

std::int32_t OccupationBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksOccupation(posting));
}
std::int32_t OccupationBoundForPerson(const SeekerRow& seeker) {
  return FullIf(PersonAsksOccupation(seeker));
}

}  // namespace noren::matching
