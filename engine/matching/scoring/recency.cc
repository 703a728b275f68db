// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/recency.h"

namespace noren::matching {

bool PostingAsksRecency(const PostingRow& posting) { return posting.as_of_day.has_value(); }

BothFits RecencyFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& today = posting.row->as_of_day;
  if (!today) return {};
  if (!seeker.updated_day) return {Fit::Missing(), Fit::NotAsked()};
  const std::int64_t age = std::int64_t{*today} - *seeker.updated_day;
  // Fit::Known cuts off what is fresh (above full) and what is stale (below 0).
  return {Fit::Known(kFullFit * (kStaleDays - age) / (kStaleDays - kFreshDays)), Fit::NotAsked()};
}

std::int32_t RecencyBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksRecency(posting));
}

}  // namespace noren::matching
