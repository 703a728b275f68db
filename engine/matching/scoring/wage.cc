// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/wage.h"

namespace noren::matching {
namespace {

constexpr std::int64_t kFitAtFloor = 800;

}  // namespace

Fit WageFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  if (!posting.wage) return Fit::NotAsked();
  if (!seeker.wage_floor || seeker.wage_floor->currency != posting.wage->currency) {
    return Fit::Missing();
  }
  const std::int64_t floor = seeker.wage_floor->amount_per_month;
  const std::int64_t low = posting.wage->min_per_month;
  const std::int64_t high = posting.wage->max_per_month;
  if (floor <= low) return Fit::Known(kFullFit);
  if (floor > high) return Fit::Known(0);
  return Fit::Known(kFullFit - (kFullFit - kNeutralFit) * (floor - low) / (high - low));
}

Fit WageFitForPerson(const PostingRow& posting, const SeekerRow& seeker) {
  if (!seeker.wage_floor) return Fit::NotAsked();
  if (!posting.wage || seeker.wage_floor->currency != posting.wage->currency) {
    return Fit::Missing();
  }
  return Fit::Known(kFitAtFloor * posting.wage->min_per_month /
                    seeker.wage_floor->amount_per_month);
}

}  // namespace noren::matching
