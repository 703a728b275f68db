// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_selection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace noren::matching {
namespace {

DenseMargins Larger(const DenseMargins& a, const DenseMargins& b) {
  return {std::max(a.upper_residual, b.upper_residual), std::max(a.upper_norm, b.upper_norm),
          std::max(a.byte_residual, b.byte_residual), std::max(a.byte_norm, b.byte_norm)};
}

}  // namespace

std::size_t GuessRank(std::size_t k, double fraction) {
  // Among the best k about k * fraction were seen; four standard deviations more are seldom.
  const double expected = static_cast<double>(k) * fraction;
  return static_cast<std::size_t>(expected + 4 * std::sqrt(expected)) + 3;
}

double GuessThreshold(std::vector<float>& values, std::size_t k, double fraction) {
  const std::size_t rank = GuessRank(k, fraction);
  if (values.size() <= rank) return kNoThreshold;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::ranges::nth_element(values, at, std::greater<>());
  return *at;
}

void DenseBest::Offer(std::uint64_t row_id, std::uint32_t slot, double score) {
  if (k_ == 0 || (full() && score < worst_score())) return;
  const DenseRanked row{row_id, slot, score, ties_.Of(query_id_, row_id)};
  const auto before = [](const DenseRanked& a, const DenseRanked& b) { return RanksBefore(a, b); };
  if (full()) {
    if (!RanksBefore(row, heap_.front())) return;
    std::ranges::pop_heap(heap_, before);
    heap_.pop_back();
  }
  heap_.push_back(row);
  std::ranges::push_heap(heap_, before);
}

std::vector<DenseRanked> DenseBest::TakeSorted() {
  std::ranges::sort(heap_, [](const auto& a, const auto& b) { return RanksBefore(a, b); });
  return std::move(heap_);
}

void DenseSelection::Refine(std::vector<DenseSurvivor>& survivors) const {
  constexpr std::size_t kAhead = 2 * kScanRows;
  const auto lower = [&](std::size_t i) {
    const DenseSurvivor& s = survivors[std::min(i, survivors.size() - 1)];
    return s.block().lower + s.slot % kDenseLanes * shape_.half;
  };
  const auto prefetch = [&](std::size_t i) {
    for (std::size_t j = 0; j < shape_.half; j += 64) __builtin_prefetch(lower(i) + j);
  };
  for (std::size_t i = 0; i < std::min(kAhead, survivors.size()); ++i) prefetch(i);
  std::array<const std::uint8_t*, kScanRows> rows;
  std::array<std::int32_t, kScanRows> products;
  for (std::size_t first = 0; first < survivors.size(); first += kScanRows) {
    for (std::size_t r = 0; r < kScanRows; ++r) {
      prefetch(first + kAhead + r);
      rows[r] = lower(first + r);
    }
    kernels_.nibble_products(rows.data(), probe_.bytes(), shape_.half, products.data());
    const std::size_t count = std::min(kScanRows, survivors.size() - first);
    for (std::size_t r = 0; r < count; ++r) {
      DenseSurvivor& s = survivors[first + r];
      s.product = 16 * s.product + products[r];
      s.value = probe_.ByteValue(s.product, RowCode::InverseScaleOf(s.code));
    }
  }
}

void DenseSelection::PrefetchRow(const DenseSurvivor& survivor) const {
  const float* row = survivor.block().rows + survivor.slot % kDenseLanes * shape_.width;
  for (std::size_t d = 0; d < shape_.width; d += 16) __builtin_prefetch(row + d);
}

void DenseSelection::Offer(const DenseSurvivor& survivor, DenseBest& best) const {
  const std::size_t lane = survivor.slot % kDenseLanes;
  const DenseBlock& block = survivor.block();
  const double score = kernels_.inner_product(block.rows + lane * shape_.width, probe_.exact(),
                                              shape_.width);
  if (best.full() && score < best.worst_score()) return;  // without reading the id
  best.Offer(block.ids[lane], survivor.slot, score);
}

void DenseSelection::DropBelow(double threshold, const DenseMargins& margins, std::size_t first,
                               std::vector<DenseSurvivor>& survivors) const {
  const ByteBound bound = probe_.WholeBytes(threshold, margins);
  const auto below = [&](const DenseSurvivor& s) {
    const float least = RowCode::InverseScaleOf(s.code) * bound.slope + bound.offset;
    return static_cast<float>(s.product) < least;
  };
  const auto from = survivors.begin() + static_cast<std::ptrdiff_t>(first);
  survivors.erase(std::remove_if(from, survivors.end(), below), survivors.end());
}

std::size_t DenseSelection::Score(double threshold, std::vector<DenseSurvivor>& survivors,
                                  DenseBest& best) const {
  constexpr std::size_t kAhead = 4;
  if (best.k() == 0) return 0;
  DenseMargins margins;
  for (const DenseSurvivor& s : survivors) margins = Larger(margins, s.block().margins);
  DropBelow(threshold, margins, 0, survivors);
  std::size_t first = 0;
  // The likely best first, so that the exact threshold rules out most of the rest.
  for (std::size_t round = best.k(); first < survivors.size(); round *= 2) {
    const std::size_t end = std::min(first + round, survivors.size());
    const auto at = [&](std::size_t i) {
      return survivors.begin() + static_cast<std::ptrdiff_t>(i);
    };
    std::nth_element(at(first), at(end), survivors.end(),
                     [](const auto& a, const auto& b) { return a.value > b.value; });
    for (std::size_t i = first; i < std::min(first + kAhead, end); ++i) PrefetchRow(survivors[i]);
    for (std::size_t i = first; i < end; ++i) {
      if (i + kAhead < end) PrefetchRow(survivors[i + kAhead]);
      Offer(survivors[i], best);
    }
    first = end;
    if (best.full()) {
      DropBelow(std::max(threshold, best.worst_score()), margins, first, survivors);
    }
  }
  return first;
}

}  // namespace noren::matching
