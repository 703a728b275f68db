// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_scan.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace noren::matching {
namespace {

constexpr std::size_t kGroupsAhead = 8;  // on their way while one is looked at

}  // namespace

bool DenseStop::Requested() {
  if (requested_ || asked_++ % kEvery != 0) return requested_;
  requested_ = options_.stop.stop_requested() ||
               (options_.deadline && std::chrono::steady_clock::now() >= *options_.deadline);
  return requested_;
}

void DenseScan::SetThreshold(double threshold) {
  threshold_ = threshold;
  scan_query_ = probe_->NibbleScan(threshold, margins_.upper_norm, shape_);
}

// What AddPage reads first.
void DenseScan::Prefetch(const DensePage& page, std::size_t number) const {
  __builtin_prefetch(&page);
  __builtin_prefetch(&page.live[kPageBlocks / 2]);
  if (query_->filter && number * kPageBlocks < query_->filter->size()) {
    __builtin_prefetch(&(*query_->filter)[number * kPageBlocks]);
  }
}

void DenseScan::AddPage(const DensePage& page, std::size_t number, Part part) {
  const float norm_before = margins_.upper_norm;
  margins_ = Larger(margins_, page.margins);
  if (margins_.upper_norm > norm_before) SetThreshold(threshold_);
  std::array<std::uint64_t, kPageBlocks> words = page.live;
  const std::size_t count = part == Part::kSample ? 1 : kPageBlocks;
  if (query_->filter) {
    const std::span<const std::uint64_t> filter = *query_->filter;
    for (std::size_t b = 0; b < count; ++b) {
      const std::size_t word = number * kPageBlocks + b;
      words[b] &= word < filter.size() ? filter[word] : 0;
    }
  }
  std::array<std::uint16_t, kPageRows + kScanRows + kCollectSlack> entries;
  const std::size_t found = kernels_.collect(words.data(), count, entries.data());
  if (found == 0) return;
  eligible_count_ += found;
  std::fill_n(entries.begin() + static_cast<std::ptrdiff_t>(found), kScanRows, entries[0]);
  Group group{&page, static_cast<std::uint32_t>(number * kPageRows), kScanRows, {}};
  for (std::size_t first = 0; first < found; first += kScanRows) {
    group.count = static_cast<std::uint32_t>(std::min(kScanRows, found - first));
    std::copy_n(entries.begin() + static_cast<std::ptrdiff_t>(first), kScanRows,
                group.entries.begin());
    Launch(group, part);
  }
}

ScanRows DenseScan::RowsOf(const Group& group) {
  return {group.page->upper, group.page->codes.data(), group.entries.data()};
}

// Starts a group's rows on their way while looking at one that has arrived.
void DenseScan::Launch(const Group& group, Part part) {
  flight_[flight_end_++ % kGroups] = group;
  if (flight_end_ - flight_begin_ > kGroupsAhead) {
    Land(flight_[flight_begin_++ % kGroups], group, part);
    return;
  }
  for (const std::uint16_t entry : group.entries) {
    const std::uint8_t* row = group.page->upper + entry * shape_.half;
    __builtin_prefetch(row);
    if (shape_.half > 64) __builtin_prefetch(row + 64);
  }
}

void DenseScan::Land(const Group& group, const Group& ahead, Part part) {
  const DensePage& page = *group.page;
  alignas(64) std::array<std::int32_t, kScanRows> products;
  std::uint32_t kept = kernels_.scan(RowsOf(group), RowsOf(ahead), scan_query_, products.data());
  kept &= (1u << group.count) - 1;
  scanned_count_ += group.count;
  for (; kept != 0; kept &= kept - 1) {
    const auto r = static_cast<std::size_t>(std::countr_zero(kept));
    const std::uint16_t row = group.entries[r], code = page.codes[row];
    if (part == Part::kSample) {
      sample_.Add(probe_->NibbleValue(products[r], RowCode::InverseScaleOf(code)));
      continue;
    }
    survivors_.push_back({group.page, group.first_slot + row, products[r], 0, code});
  }
}

void DenseScan::Scan(Part part) {
  eligible_count_ = 0;
  const std::size_t step = part == Part::kSample ? kSampleStride / kPageBlocks : 1;
  const DensePage* next = table_.At(0);
  for (std::size_t p = 0; p < table_.pages_count() && !stop_.Requested(); p += step) {
    const DensePage* page = next;
    next = table_.At(p + step);
    if (next != nullptr) Prefetch(*next, p + step);
    if (page != nullptr) AddPage(*page, p, part);
  }
  for (; flight_begin_ < flight_end_; ++flight_begin_) {
    const Group& group = flight_[flight_begin_ % kGroups];
    Land(group, group, part);
  }
}

double DenseScan::GuessFromSample() {
  sample_ = DenseSample(options_.k, 1.0 / kSampleStride);
  SetThreshold(kNoThreshold);
  Scan(Part::kSample);
  return sample_.Guess();
}

void DenseScan::Pass(double threshold) {
  survivors_.clear();
  SetThreshold(threshold);
  Scan(Part::kAll);
}

DenseAnswer DenseScan::Search(const DenseQuery& query, const DenseProbe& probe,
                              const RowTies& ties) {
  query_ = &query;
  probe_ = &probe;
  scanned_count_ = 0;
  DenseAnswer answer;
  double threshold = GuessFromSample();
  while (true) {
    Pass(threshold);
    ++answer.work.passes_count;
    DenseSelection selection(shape_, probe, kernels_, margins_);
    DenseBest best(options_.k, query.id, ties);
    selection.Offer(threshold, TileForm::kNibbles, survivors_, best);
    answer.work.refined_count += selection.refined_count();
    answer.work.exact_count += selection.exact_count();
    const bool reached = threshold == kNoThreshold || options_.k == 0 ||
                         (best.full() && best.worst_score() >= threshold);
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
