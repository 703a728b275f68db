// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_batch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <optional>
#include <utility>

namespace noren::matching {
namespace {

constexpr std::size_t kSampleBlocks = 256;
constexpr std::size_t kSampleClasses = 8;  // rows of a block by lane; each gives its best value
constexpr std::size_t kLeastTogether = 4;  // queries that make a tile worth it

std::size_t BitsIn(std::span<const std::uint64_t> words) {
  std::size_t count = 0;
  for (const std::uint64_t word : words) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

// The share of rows a filter must let through for a tile to be cheaper than row by row.
double LeastShare(InstructionSet set) {
  switch (set) {
    case InstructionSet::kAmxInt8:
      return 0.03;
    case InstructionSet::kAvx512Vnni:
      return 0.1;
    default:
      return 0.25;
  }
}

// Tiles are a state of the thread.
class TilesEntered {
 public:
  explicit TilesEntered(const DenseKernels& kernels) : kernels_(kernels) { kernels_.enter_tiles(); }
  ~TilesEntered() { kernels_.leave_tiles(); }
  TilesEntered(const TilesEntered&) = delete;
  TilesEntered& operator=(const TilesEntered&) = delete;

 private:
  const DenseKernels& kernels_;
};

}  // namespace

struct DenseBatch::Group {
  alignas(64) std::array<std::int8_t, kMaxDenseDimension * kTileQueries> bytes{};
  // A place without a query never hits: its slope is 0 and its offset beyond any product.
  alignas(64) std::array<float, kTileQueries> slope{};
  alignas(64) std::array<float, kTileQueries> offset{};
  alignas(64) std::array<float, kTileQueries> residual_weight{};
  alignas(64) std::array<float, kTileQueries> norm_weight{};
  TileColumns columns() const {
    return {bytes.data(), slope.data(), offset.data(), residual_weight.data(), norm_weight.data()};
  }
};

struct DenseBatch::Unpacked {
  alignas(64) std::array<std::uint8_t, kDenseLanes * kMaxDenseDimension> bytes;
  alignas(64) std::array<float, kDenseLanes> inverse_scale;
  alignas(64) std::array<std::int32_t, kDenseLanes * kTileQueries> products;
  std::array<TileHit, kMaxTileHits> hits;
};

struct DenseBatch::Member {
  Member(std::size_t place_in, const DenseQuery& query_in, const DenseSample& empty)
      : place(place_in), query(&query_in), probe(query_in.vector), sample(empty) {}
  std::uint64_t MaskOf(std::size_t block) const {
    if (!query->filter) return ~std::uint64_t{0};
    return block < query->filter->size() ? (*query->filter)[block] : 0;
  }
  std::size_t place;  // among the queries of the batch
  const DenseQuery* query;
  DenseProbe probe;
  double threshold = kNoThreshold;
  std::size_t eligible_count = 0;
  DenseSample sample;
  std::vector<DenseSurvivor> survivors;
};

DenseBatch::DenseBatch(const DenseShape& shape, const DenseTable& table,
                       const DenseOptions& options)
    : shape_(shape),
      table_(table),
      options_(options),
      kernels_(KernelsFor(options.instruction_set.value_or(BestInstructionSet()))),
      form_(kernels_.tile_takes_nibbles ? TileForm::kNibbles : TileForm::kWholeBytes),
      stop_(options),
      unpacked_(std::make_unique<Unpacked>()) {}

DenseBatch::~DenseBatch() = default;

bool DenseBatch::IsForTiles(const DenseQuery& query) const {
  if (!query.filter) return true;
  const double rows = static_cast<double>(table_.pages_count() * kPageRows);
  const InstructionSet set = options_.instruction_set.value_or(BestInstructionSet());
  return static_cast<double>(BitsIn(*query.filter)) > LeastShare(set) * rows;
}

DenseAnswer DenseBatch::SearchAlone(const DenseQuery& query, const DenseProbe& probe,
                                    const RowTies& ties) {
  return DenseScan(shape_, table_, kernels_, options_).Search(query, probe, ties);
}

std::vector<DenseAnswer> DenseBatch::Search(std::span<const DenseQuery> queries,
                                            const RowTies& ties) {
  std::vector<DenseAnswer> answers(queries.size());
  std::vector<std::size_t> together, alone;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    (IsForTiles(queries[q]) ? together : alone).push_back(q);
  }
  if (together.size() < kLeastTogether) {
    alone.insert(alone.end(), together.begin(), together.end());
    together.clear();
  }
  if (!together.empty()) SearchTogether(queries, together, ties, answers);
  for (const std::size_t q : alone) {
    answers[q] = SearchAlone(queries[q], DenseProbe(queries[q].vector), ties);
  }
  return answers;
}

void DenseBatch::SearchTogether(std::span<const DenseQuery> queries,
                                std::span<const std::size_t> together, const RowTies& ties,
                                std::vector<DenseAnswer>& answers) {
  for (std::size_t p = 0; p < table_.pages_count(); ++p) {
    pages_.push_back(table_.At(p));
    if (pages_[p] != nullptr) margins_ = Larger(margins_, pages_[p]->margins);
  }
  Prepare(queries, together);
  {
    const TilesEntered entered(kernels_);
    Sample();
    ScanBlocks();
  }
  for (Member& member : members_) answers[member.place] = Finish(member, ties);
}

void DenseBatch::Prepare(std::span<const DenseQuery> queries,
                         std::span<const std::size_t> together) {
  const DenseSample empty(options_.k, 1.0 / static_cast<double>(SampleStride()));
  for (const std::size_t q : together) members_.emplace_back(q, queries[q], empty);
  groups_.resize((members_.size() + kTileQueries - 1) / kTileQueries);
  for (Group& group : groups_) group.offset.fill(3e38f);
  for (std::size_t m = 0; m < members_.size(); ++m) {
    Group& group = groups_[m / kTileQueries];
    const std::size_t column = m % kTileQueries;
    for (std::size_t d = 0; d < 2 * shape_.half; ++d) {
      group.bytes[(d / 4 * kTileQueries + column) * 4 + d % 4] = members_[m].probe.bytes()[d];
    }
    SetThreshold(m, kNoThreshold);
    if (members_[m].query->filter) filtered_.push_back(m);
  }
}

void DenseBatch::SetThreshold(std::size_t m, double threshold) {
  members_[m].threshold = threshold;
  Group& group = groups_[m / kTileQueries];
  const TileBound bound = members_[m].probe.Tile(threshold, form_);
  const std::size_t column = m % kTileQueries;
  group.slope[column] = bound.slope;
  group.offset[column] = bound.offset;
  group.residual_weight[column] = bound.residual_weight;
  group.norm_weight[column] = bound.norm_weight;
}

TileRows DenseBatch::Unpack(const DensePage& page, std::size_t b) {
  const DenseBlock& block = page.blocks[b];
  kernels_.unpack(page.upper + b * kDenseLanes * shape_.half,
                  page.lower + b * kDenseLanes * shape_.half, shape_.half, unpacked_->bytes.data());
  for (std::size_t lane = 0; lane < kDenseLanes; ++lane) {
    unpacked_->inverse_scale[lane] = RowCode::InverseScaleOf(page.codes[b * kDenseLanes + lane]);
  }
  const DenseMargins& margins = block.margins;
  const bool nibbles = form_ == TileForm::kNibbles;
  return {unpacked_->bytes.data(), 2 * shape_.half, unpacked_->inverse_scale.data(),
          nibbles ? margins.upper_residual : margins.byte_residual,
          nibbles ? margins.upper_norm : margins.byte_norm};
}

float DenseBatch::ValueOf(const Member& member, std::int32_t product, float inverse_scale) const {
  return form_ == TileForm::kNibbles ? member.probe.NibbleValue(product, inverse_scale)
                                     : member.probe.ByteValue(product, inverse_scale);
}

std::size_t DenseBatch::SampleStride() const {
  return std::max<std::size_t>(1, pages_.size() * kPageBlocks / kSampleBlocks);
}

// A first threshold for each query, from blocks spread over the table.
void DenseBatch::Sample() {
  const std::size_t blocks_count = pages_.size() * kPageBlocks;
  const std::size_t stride = SampleStride();
  for (std::size_t number = 0; number < blocks_count && !stop_.Requested(); number += stride) {
    const DensePage* page = pages_[number / kPageBlocks];
    const std::size_t b = number % kPageBlocks;
    if (page == nullptr || page->live[b] == 0) continue;
    const TileRows rows = Unpack(*page, b);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      kernels_.tile_products(rows, groups_[g].bytes.data(), unpacked_->products.data());
      const std::size_t end = std::min((g + 1) * kTileQueries, members_.size());
      for (std::size_t m = g * kTileQueries; m < end; ++m) {
        AddSample(members_[m], m % kTileQueries, page->live[b] & members_[m].MaskOf(number));
      }
    }
  }
  for (std::size_t m = 0; m < members_.size(); ++m) {
    SetThreshold(m, members_[m].sample.Guess());
  }
}

// The best value of each class of lanes: few values to select from, and few of the best are missed.
void DenseBatch::AddSample(Member& member, std::size_t column, std::uint64_t lanes) {
  std::array<float, kSampleClasses> best;
  best.fill(-std::numeric_limits<float>::infinity());
  std::uint64_t classes = 0;
  for (; lanes != 0; lanes &= lanes - 1) {
    const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
    const std::int32_t product = unpacked_->products[lane * kTileQueries + column];
    const float value = ValueOf(member, product, unpacked_->inverse_scale[lane]);
    best[lane % kSampleClasses] = std::max(best[lane % kSampleClasses], value);
    classes |= std::uint64_t{1} << lane % kSampleClasses;
  }
  for (; classes != 0; classes &= classes - 1) {
    member.sample.Add(best[static_cast<std::size_t>(std::countr_zero(classes))]);
  }
}

void DenseBatch::ScanBlocks() {
  for (std::size_t p = 0; p < pages_.size() && !stop_.Requested(); ++p) {
    if (pages_[p] == nullptr) continue;
    const DensePage& page = *pages_[p];
    for (std::size_t b = 0; b < kPageBlocks; ++b) {
      if (b + 1 < kPageBlocks) Prefetch(page, b + 1);
      if (page.live[b] != 0) ScanBlock(page, p * kPageBlocks + b);
    }
  }
}

void DenseBatch::Prefetch(const DensePage& page, std::size_t b) const {
  if (page.live[b] == 0) return;
  const std::size_t block_bytes = kDenseLanes * shape_.half;
  for (std::size_t byte = b * block_bytes; byte < (b + 1) * block_bytes; byte += 64) {
    __builtin_prefetch(page.upper + byte);
    __builtin_prefetch(page.lower + byte);
  }
}

void DenseBatch::ScanBlock(const DensePage& page, std::size_t number) {
  const std::size_t b = number % kPageBlocks;
  const TileRows rows = Unpack(page, b);
  const std::uint64_t live = page.live[b];
  live_count_ += static_cast<std::size_t>(std::popcount(live));
  for (const std::size_t m : filtered_) {
    const std::uint64_t eligible = live & members_[m].MaskOf(number);
    members_[m].eligible_count += static_cast<std::size_t>(std::popcount(eligible));
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::size_t count =
        kernels_.tile_hits(rows, groups_[g].columns(), unpacked_->hits.data());
    for (std::size_t i = 0; i < count; ++i) {
      const TileHit hit = unpacked_->hits[i];
      Member& member = members_[g * kTileQueries + hit.query];
      if (((live & member.MaskOf(number)) >> hit.row & 1) == 0) continue;
      member.survivors.push_back({&page, static_cast<std::uint32_t>(number * kDenseLanes + hit.row),
                                  hit.product,
                                  ValueOf(member, hit.product, unpacked_->inverse_scale[hit.row]),
                                  page.codes[b * kDenseLanes + hit.row]});
    }
  }
}

DenseAnswer DenseBatch::Finish(Member& member, const RowTies& ties) {
  DenseSelection selection(shape_, member.probe, kernels_, margins_);
  DenseBest best(options_.k, member.query->id, ties);
  selection.Offer(member.threshold, form_, member.survivors, best);
  DenseAnswer answer;
  answer.work.passes_count = 1;
  answer.work.refined_count = selection.refined_count();
  answer.work.exact_count = selection.exact_count();
  const bool reached = member.threshold == kNoThreshold || options_.k == 0 ||
                       (best.full() && best.worst_score() >= member.threshold);
  if (!reached && !stop_.requested()) {
    answer = SearchAlone(*member.query, member.probe, ties);
    ++answer.work.passes_count;
    return answer;
  }
  answer.is_complete = !stop_.requested();
  answer.ranking.best = best.TakeSorted();
  answer.ranking.eligible_count = member.query->filter ? member.eligible_count : live_count_;
  answer.work.scanned_count = answer.ranking.eligible_count;
  return answer;
}

}  // namespace noren::matching
