// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_scan.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace noren::matching {
namespace {

constexpr std::size_t kBlocksAhead = 16;  // whose headers are on their way
constexpr std::size_t kRowsAhead = 128;   // whose nibbles are

}  // namespace

bool DenseStop::Requested() {
  if (requested_ || asked_++ % kEvery != 0) return requested_;
  requested_ = options_.stop.stop_requested() ||
               (options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline);
  return requested_;
}

std::optional<DenseScan::Coming> DenseScan::NextBlock(DenseOrder& order) const {
  while (const std::optional<std::size_t> number = order.Next()) {
    std::uint64_t filter = ~std::uint64_t{0};
    if (query_->filter) {
      if (*number >= query_->filter->size()) continue;
      filter = (*query_->filter)[*number];
      if (filter == 0) continue;
    }
    const DenseBlock* block = table_.At(*number);
    if (block == nullptr) continue;
    block->PrefetchHeader();
    return Coming{block, filter, *number};
  }
  return std::nullopt;
}

void DenseScan::Collect(const Coming& coming) {
  const DenseBlock& block = *coming.block;
  std::uint64_t lanes = coming.filter & block.live();
  if (lanes == 0) return;
  eligible_count_ += static_cast<std::size_t>(std::popcount(lanes));
  if (block.margins().upper_norm > upper_norm_) {
    upper_norm_ = block.margins().upper_norm;
    SetThreshold(threshold_);
  }
  const std::uint8_t* rows = block.upper(shape_, 0);
  const auto first_slot = static_cast<std::uint32_t>(coming.number * kDenseLanes);
  for (; lanes != 0; lanes &= lanes - 1) {
    const auto lane = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const std::uint8_t* row = rows + lane * shape_.half;
    __builtin_prefetch(row);
    if (shape_.half > 64) __builtin_prefetch(row + 64);
    const std::size_t at = waiting_.end++ % Waiting::kSize;
    waiting_.rows[at] = row;
    waiting_.codes[at] = block.codes()[lane];
    waiting_.blocks[at] = coming.block;
    waiting_.slots[at] = first_slot + lane;
  }
  while (waiting_.end - waiting_.begin >= kRowsAhead + kScanRows) ScanGroup(kScanRows);
}

void DenseScan::ScanGroup(std::size_t count) {
  const std::size_t at = waiting_.begin % Waiting::kSize;
  for (std::size_t r = count; r < kScanRows; ++r) {  // the last group is filled up
    waiting_.rows[at + r] = waiting_.rows[at];
    waiting_.codes[at + r] = waiting_.codes[at];
  }
  alignas(64) std::array<std::int32_t, kScanRows> products;
  kernels_.nibble_products(&waiting_.rows[at], probe_->bytes(), shape_.half, products.data());
  std::uint32_t kept = kernels_.keep(products.data(), &waiting_.codes[at], bound_);
  kept &= (1u << count) - 1;
  for (; kept != 0; kept &= kept - 1) {
    const auto r = static_cast<std::size_t>(std::countr_zero(kept));
    const std::uint16_t code = waiting_.codes[at + r];
    const float value = probe_->NibbleValue(products[r], RowCode::InverseScaleOf(code));
    survivors_.push_back({waiting_.blocks[at + r], waiting_.slots[at + r], products[r], value, code});
  }
  waiting_.begin += kScanRows;
  scanned_count_ += count;
}

void DenseScan::Leg(std::size_t first_residue, std::size_t end_residue) {
  DenseOrder order(table_.blocks_count(), first_residue, end_residue);
  std::array<Coming, kBlocksAhead> coming;
  std::size_t begin = 0, end = 0;
  waiting_.begin = waiting_.end = 0;
  for (bool more = true; (more || begin < end) && !stop_.Requested();) {
    if (more) {
      const std::optional<Coming> next = NextBlock(order);
      more = next.has_value();
      if (more) coming[end++ % kBlocksAhead] = *next;
    }
    if (begin < end && (!more || end - begin == kBlocksAhead)) {
      Collect(coming[begin++ % kBlocksAhead]);
    }
  }
  while (waiting_.begin < waiting_.end) {
    ScanGroup(std::min(kScanRows, waiting_.end - waiting_.begin));
  }
}

void DenseScan::SetThreshold(double threshold) {
  threshold_ = threshold;
  bound_ = probe_->NibbleScan(threshold, upper_norm_);
}

// After a `fraction` of all rows: about the k best of all reach the new threshold.
void DenseScan::RaiseThreshold(double fraction) {
  if (survivors_.size() <= GuessRank(options_.k, fraction)) return;
  values_.clear();
  for (const DenseSurvivor& s : survivors_) values_.push_back(s.value);
  const double guess = GuessThreshold(values_, options_.k, fraction);
  if (guess <= threshold_) return;
  SetThreshold(guess);
  DenseSelection(shape_, *probe_, kernels_).Prune(guess, upper_norm_, survivors_);
}

void DenseScan::Pass(double threshold, Guessing guessing) {
  eligible_count_ = 0;
  survivors_.clear();
  SetThreshold(threshold);
  std::size_t residue = 0;
  for (const std::size_t end : {1, 2, 4, 8, 16}) {
    Leg(residue, end);
    residue = end;
    if (guessing == Guessing::kYes && end < kDenseStride) {
      RaiseThreshold(static_cast<double>(end) / kDenseStride);
    }
  }
}

DenseAnswer DenseScan::Search(const DenseQuery& query, const DenseProbe& probe,
                              const RowTies& ties) {
  query_ = &query;
  probe_ = &probe;
  scanned_count_ = 0;
  const DenseSelection selection(shape_, probe, kernels_);
  DenseAnswer answer;
  double threshold = kNoThreshold;
  while (true) {
    Pass(threshold, answer.work.passes_count == 0 ? Guessing::kYes : Guessing::kNo);
    ++answer.work.passes_count;
    selection.Prune(threshold_, upper_norm_, survivors_);
    selection.Refine(survivors_);
    answer.work.refined_count += survivors_.size();
    DenseBest best(options_.k, query.id, ties);
    answer.work.exact_count += selection.Score(threshold_, survivors_, best);
    const bool reached = threshold_ == kNoThreshold || options_.k == 0 ||
                         (best.full() && best.worst_score() >= threshold_);
    if (reached || stop_.requested()) {
      answer.ranking.best = best.TakeSorted();
      break;
    }
    // Fewer than k rows reach the threshold: it was guessed too high, or rows that reached it in
    // the pass before are gone.
    threshold = best.full() && answer.work.passes_count == 1 ? best.worst_score() : kNoThreshold;
  }
  answer.is_complete = !stop_.requested();
  answer.work.scanned_count = scanned_count_;
  answer.ranking.eligible_count = eligible_count_;
  return answer;
}

}  // namespace noren::matching
