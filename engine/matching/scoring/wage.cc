// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/wage.h"

#include <algorithm>

namespace noren::matching {
namespace {

constexpr std::int64_t kFitAtFloor = 800;

Fit ForPosting(const model::WageOffer& offer, std::int64_t floor) {
  const std::int64_t low = offer.min_per_month;
  const std::int64_t high = offer.max_per_month;
  if (floor <= low) return Fit::Known(kFullFit);
  if (floor > high) return Fit::Known(0);
  return Fit::Known(kFullFit - (kFullFit - kNeutralFit) * (floor - low) / (high - low));
}

Fit ForPerson(const model::WageOffer& offer, std::int64_t floor) {
  return Fit::Known(kFitAtFloor * offer.min_per_month / floor);
}

}  // namespace

bool PostingAsksWage(const PostingRow& posting) { return posting.wage.has_value(); }
bool PersonAsksWage(const SeekerRow& seeker) { return seeker.wage_floor.has_value(); }

BothFits WageFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const auto& offer = posting.row->wage;
  const auto& floor = seeker.wage_floor;
  if (offer && floor && offer->currency == floor->currency) {
    return {ForPosting(*offer, floor->amount_per_month),
            ForPerson(*offer, floor->amount_per_month)};
  }
  return {offer ? Fit::Missing() : Fit::NotAsked(), floor ? Fit::Missing() : Fit::NotAsked()};
}

std::int32_t WageBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksWage(posting));
}

std::int32_t WageBoundForPerson(const SeekerRow& seeker) {
  if (!seeker.wage_floor) return 0;
  const Fit best =
      Fit::Known(kFitAtFloor * model::kMaxWagePerMonth / seeker.wage_floor->amount_per_month);
  return std::max(best.thousandths, kNeutralFit);  // another currency is "missing"
}

}  // namespace noren::matching
