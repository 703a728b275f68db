// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/availability.h"

namespace noren::matching {

bool PostingAsksAvailability(const PostingRow& posting) {
  return posting.start_wished_by_day.has_value();
}

BothFits AvailabilityFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& wished = posting.row->start_wished_by_day;
  if (!wished) return {};
  if (!seeker.available_day) return {Fit::Missing(), Fit::NotAsked()};
  const std::int64_t days_late = std::int64_t{*seeker.available_day} - *wished;
  // Fit::Known cuts off what is early (above full) and what is too late (below 0).
  return {Fit::Known(kFullFit * (kLatestStartDays - days_late) / kLatestStartDays),
          Fit::NotAsked()};
}

std::int32_t AvailabilityBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksAvailability(posting));
}

}  // namespace noren::matching
