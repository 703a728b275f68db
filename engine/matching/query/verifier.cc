// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/verifier.h"

#include <bit>

#include "engine/matching/conditions.h"
#include "engine/matching/index/lane_codec.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {
namespace {

// Months, or -1 when not stated. Without exact columns every value is below the coarse steps.
std::int32_t MonthsOf(const Block& block, std::size_t lane) {
  return (block.shape().amounts ? block.exact_experience()[lane] : block.experience()[lane]) - 1;
}

bool MeetsWage(const Block& block, std::size_t lane, const model::Wage& at_most) {
  if (block.wage()[lane] == 0) return true;
  const model::Wage floor = block.shape().amounts
                                ? UnpackWage(block.exact_wage()[lane])
                                : model::Wage{block.wage()[lane] - 1, model::Currency::kKrw};
  return floor.currency == at_most.currency && floor.amount_per_month <= at_most.amount_per_month;
}

// The row of a lane; read into `row` unless the block has it whole.
const SeekerRow& RowOf(const Block& block, std::size_t lane, const Terms& terms, SeekerRow& row) {
  if ((block.wide() >> lane & 1) != 0) return block.WideRowOf(lane);
  DecodeLane(block, lane, terms, row);
  return row;
}

template <typename Meets>
std::size_t CountRows(const Block& block, std::uint64_t lanes, const Terms& terms, SeekerRow& row,
                      Meets meets) {
  std::size_t count = 0;
  for (; lanes != 0; lanes &= lanes - 1) {
    const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
    if (meets(RowOf(block, lane, terms, row))) ++count;
  }
  return count;
}

}  // namespace

bool PointsVerifier::MeetsAmounts(const Block& block, std::size_t lane) const {
  return (!compiled_.wage_decides || MeetsWage(block, lane, *query_.wage_at_most)) &&
         (!compiled_.experience_decides || MonthsOf(block, lane) >= *query_.min_experience_months);
}

std::int32_t PointsVerifier::UnitsOf(const Waiting& one) const {
  auto units = static_cast<std::int32_t>(one.units);
  if (!compiled_.experience_units_vary) return units;
  const ByteTest& coarse = compiled_.lanes.experience;
  if (one.block->experience()[one.lane] < coarse.at_least) return units;
  const bool reached = MonthsOf(*one.block, one.lane) >= query_.experience_months->at_least;
  return reached ? units : units - coarse.units;
}

void PointsVerifier::Flush(Selection& selection) {
  std::array<const SkillRecord*, kMostWaiting> records;
  std::array<std::int32_t, kMostWaiting> points;
  std::size_t count = 0;
  const bool amounts_decide = compiled_.wage_decides || compiled_.experience_decides;
  for (std::size_t i = 0; i < waiting_count_; ++i) {
    const Waiting one = waiting_[i];
    if (amounts_decide && !MeetsAmounts(*one.block, one.lane)) continue;
    records[count] = &one.block->skills(one.lane);
    waiting_[count++] = one;
  }
  verified_count_ += waiting_count_;
  waiting_count_ = 0;
  kernels_.score_records({records.data(), count}, compiled_.record, points.data());
  std::size_t eligible = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (points[i] == kLacksRequired) continue;
    ++eligible;
    selection.Offer(*waiting_[i].block, waiting_[i].lane, UnitsOf(waiting_[i]) + points[i]);
  }
  eligible_count_ += eligible;
}

void PointsVerifier::VerifyRow(const Block& block, std::size_t lane, Selection& selection) {
  ++verified_count_;
  const SeekerRow& row = RowOf(block, lane, terms_, row_);
  if (!MeetsConditions(query_, row)) return;
  ++eligible_count_;
  selection.Offer(block, lane, ScorePoints(query_, row));
}

std::size_t PointsVerifier::CountEligible(const Block& block, std::uint64_t lanes) {
  const bool filter_decides = !compiled_.by_rows && !compiled_.rows_decide &&
                              !compiled_.wage_decides && !compiled_.experience_decides &&
                              compiled_.record.required.empty();
  const std::uint64_t exact = filter_decides ? lanes & ~block.wide() : 0;
  return static_cast<std::size_t>(std::popcount(exact)) +
         CountRows(block, lanes & ~exact, terms_, row_,
                   [this](const SeekerRow& row) { return MeetsConditions(query_, row); });
}

void PostingVerifier::VerifyRow(const Block& block, std::size_t lane, Selection& selection) {
  ++verified_count_;
  const SeekerRow& row = RowOf(block, lane, terms_, row_);
  if (!MeetsConditions(*prepared_.row, row)) return;
  ++eligible_count_;
  selection.Offer(block, lane, ScoreFrom(prepared_, row, PersonShares(row), selection.threshold()));
}

std::size_t PostingVerifier::CountEligible(const Block& block, std::uint64_t lanes) {
  return CountRows(block, lanes, terms_, row_,
                   [this](const SeekerRow& row) { return MeetsConditions(*prepared_.row, row); });
}

}  // namespace noren::matching
