// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_selection.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

namespace noren::matching {
namespace {

constexpr auto kHigherValue = [](const DenseSurvivor& a, const DenseSurvivor& b) {
  return a.value > b.value;
};

}  // namespace
DenseSample::DenseSample(std::size_t k, double fraction) {
  // Among the best k about k * fraction were seen; four standard deviations more are seldom.
  const double expected = static_cast<double>(k) * fraction;
  rank_ = static_cast<std::size_t>(expected + 4 * std::sqrt(expected)) + 3;
}

void DenseSample::Add(float value) {
  if (value < least_) return;
  values_.push_back(value);
  if (values_.size() < 4 * rank_ + 256) return;
  Select();
  values_.resize(rank_ + 1);
  least_ = values_[rank_];
}

void DenseSample::Select() {
  const auto at = values_.begin() + static_cast<std::ptrdiff_t>(rank_);
  std::ranges::nth_element(values_, at, std::greater<>());
}

double DenseSample::Guess() {
  if (values_.size() <= rank_) return kNoThreshold;
  Select();
  return values_[rank_];
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

// Nibbles become whole bytes.
void DenseSelection::Refine(Survivors survivors) {
  if (survivors.empty()) return;
  constexpr std::size_t kAhead = 2 * kScanRows;
  const auto lower = [&](std::size_t i) {
    const DenseSurvivor& s = survivors[std::min(i, survivors.size() - 1)];
    return s.page->lower + s.slot % kPageRows * shape_.half;
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
  refined_count_ += survivors.size();
}

// The likely best `count` come first and are refined. Returns how many that are.
std::size_t DenseSelection::RefineBest(std::size_t count, std::vector<DenseSurvivor>& survivors) {
  if (survivors.size() > 2 * count) {
    for (DenseSurvivor& s : survivors) {
      s.value = probe_.NibbleValue(s.product, RowCode::InverseScaleOf(s.code));
    }
    std::ranges::nth_element(survivors, survivors.begin() + static_cast<std::ptrdiff_t>(count),
                             kHigherValue);
  } else {
    count = survivors.size();
  }
  Refine(Survivors(survivors).first(count));
  return count;
}

void DenseSelection::PrefetchRow(const DenseSurvivor& survivor) const {
  const float* row = survivor.block().rows + survivor.slot % kDenseLanes * shape_.width;
  for (std::size_t d = 0; d < shape_.width; d += 16) __builtin_prefetch(row + d);
}

void DenseSelection::Score(const DenseSurvivor& survivor, DenseBest& best) {
  const std::size_t lane = survivor.slot % kDenseLanes;
  const DenseBlock& block = survivor.block();
  const double score =
      kernels_.inner_product(block.rows + lane * shape_.width, probe_.exact(), shape_.width);
  ++exact_count_;
  if (best.full() && score < best.worst_score()) return;  // without reading the id
  best.Offer(block.ids[lane], survivor.slot, score);
}

// The likely best `count` of refined survivors come first and are scored.
void DenseSelection::OfferBest(std::size_t count, Survivors survivors, DenseBest& best) {
  constexpr std::size_t kBlockAhead = 16, kRowAhead = 6;
  std::ranges::nth_element(survivors, survivors.begin() + static_cast<std::ptrdiff_t>(count),
                           kHigherValue);
  const Survivors chosen = survivors.first(count);
  for (std::size_t i = 0; i < std::min(kBlockAhead, count); ++i) {
    __builtin_prefetch(&chosen[i].block());
  }
  for (std::size_t i = 0; i < std::min(kRowAhead, count); ++i) PrefetchRow(chosen[i]);
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kBlockAhead < count) __builtin_prefetch(&chosen[i + kBlockAhead].block());
    if (i + kRowAhead < count) PrefetchRow(chosen[i + kRowAhead]);
    Score(chosen[i], best);
  }
}

void DenseSelection::DropNibblesBelow(double threshold, std::size_t first,
                                      std::vector<DenseSurvivor>& survivors) const {
  const ScanQuery bound = probe_.NibbleScan(threshold, margins_.upper_norm, shape_);
  const auto below = [&](const DenseSurvivor& s) {
    const float base = bound.offset - RowCode::ResidualOf(s.code) * bound.residual_weight;
    return static_cast<float>(s.product) < RowCode::InverseScaleOf(s.code) * bound.slope + base;
  };
  const auto from = survivors.begin() + static_cast<std::ptrdiff_t>(first);
  survivors.erase(std::remove_if(from, survivors.end(), below), survivors.end());
}

void DenseSelection::DropBelow(double threshold, std::size_t first,
                               std::vector<DenseSurvivor>& survivors) const {
  const ByteBound bound = probe_.WholeBytes(threshold, margins_);
  const auto below = [&](const DenseSurvivor& s) {
    const float least = RowCode::InverseScaleOf(s.code) * bound.slope + bound.offset;
    return static_cast<float>(s.product) < least;
  };
  const auto from = survivors.begin() + static_cast<std::ptrdiff_t>(first);
  survivors.erase(std::remove_if(from, survivors.end(), below), survivors.end());
}

void DenseSelection::Offer(double threshold, TileForm form, std::vector<DenseSurvivor>& survivors,
                           DenseBest& best) {
  if (best.k() == 0) return;
  const auto now = [&] {
    return best.full() ? std::max(threshold, best.worst_score()) : threshold;
  };
  // The exact scores of the likely best give a threshold that rules out most of the others.
  std::size_t refined = survivors.size();
  if (form == TileForm::kNibbles) refined = RefineBest(2 * best.k() + 64, survivors);
  std::size_t first = std::min(best.k(), refined);
  OfferBest(first, Survivors(survivors).first(refined), best);
  if (refined < survivors.size()) {
    DropNibblesBelow(now(), refined, survivors);
    Refine(Survivors(survivors).subspan(refined));
  }
  DropBelow(now(), first, survivors);
  for (std::size_t round = 64; first < survivors.size(); round *= 2) {
    const std::size_t count = std::min(round, survivors.size() - first);
    OfferBest(count, Survivors(survivors).subspan(first), best);
    first += count;
    DropBelow(now(), first, survivors);
  }
}

}  // namespace noren::matching
