// Filling an empty index at once: people sorted so that a block holds people alike, bounds and
// lists made in whole.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "engine/matching/index/index_writer.h"

namespace noren::matching {
namespace {

// What people are sorted by: the wishes that queries ask for, coarse ones first.
struct SortKey {
  std::uint64_t first = 0;   // occupation: group, minor, unit; then the second occupation
  std::uint64_t second = 0;  // region
  std::uint32_t row = 0;
  auto operator<=>(const SortKey&) const = default;
};

std::uint64_t CodeOf(const std::vector<NodeCode>& codes, std::size_t i) {
  if (i >= codes.size()) return 0;
  return std::uint64_t{codes[i].group} << 16 | std::uint64_t{codes[i].minor} << 8 | codes[i].unit;
}

SortKey KeyOf(const LaneImage& image, std::uint32_t row) {
  return {CodeOf(image.occupations, 0) << 24 | CodeOf(image.occupations, 1),
          CodeOf(image.regions, 0) << 24 | CodeOf(image.regions, 1), row};
}

struct PairItem {
  std::uint64_t key = 0;
  Slot slot = 0;
  std::uint32_t packed = 0;
};

}  // namespace

// Collects what a segment's bounds will be; handed over when the segment is full.
class BoundsBuilder {
 public:
  void Add(const LaneImage& image, std::uint16_t block) {
    for (const auto& [term, most] : image.terms) {
      auto& list = lists_[term];
      if (list.blocks.empty() || list.blocks.back() != block) {
        list.blocks.push_back(block);
        list.most.push_back(most);
      } else {
        list.most.back() = std::max(list.most.back(), most);
      }
    }
  }
  void MoveTo(SegmentBounds& bounds) {
    for (const auto& [term, list] : lists_)
      bounds.Put(term, BoundChunk::Make(list.blocks, list.most));
    lists_.clear();
  }

 private:
  struct List {
    std::vector<std::uint16_t> blocks;
    std::vector<std::uint8_t> most;
  };
  absl::flat_hash_map<TermId, List> lists_;
};

void SeekerIndex::Build(std::span<const SeekerRow> rows, const Progress& progress) {
  if (block_count_.load() != 0) {
    for (const SeekerRow& row : rows) Upsert(row);
    return;
  }
  std::vector<SortKey> order;
  order.reserve(rows.size());
  for (const SeekerRow& row : rows) {
    EncodeLane(row, terms_, writer_->image);
    order.push_back(KeyOf(writer_->image, static_cast<std::uint32_t>(order.size())));
  }
  std::ranges::sort(order);
  slots_.Reserve(rows.size(), epochs_);
  FillBlocks(rows, order.size(), [&order](std::size_t i) { return order[i].row; }, progress);
  people_.store(rows.size());
}

void SeekerIndex::FillBlocks(std::span<const SeekerRow> rows, std::size_t count,
                             const std::function<std::size_t(std::size_t)>& row_at,
                             const Progress& progress) {
  BoundsBuilder bounds;
  std::vector<PairItem> pairs;
  std::vector<LaneImage> images(kLanes);
  for (std::size_t begin = 0; begin < count; begin += kLanes) {
    const std::size_t lanes = std::min(kLanes, count - begin);
    BlockShape shape;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      EncodeLane(rows[row_at(begin + lane)], terms_, images[lane]);
      shape = UnionOf(shape, images[lane].shape);
    }
    std::unique_ptr<Block> block = Block::Make(shape);
    const auto b = static_cast<std::uint32_t>(begin / kLanes);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const SeekerRow& row = rows[row_at(begin + lane)];
      const auto slot = static_cast<Slot>(b * kLanes + lane);
      NoteCurrency(row);
      WriteLane(*block, lane, images[lane], row);
      bounds.Add(images[lane], static_cast<std::uint16_t>(b % kSegmentBlocks));
      const std::uint32_t packed = images[lane].Columns(1).Packed();
      ForEachPair(images[lane], [&](TermId occupation, TermId region) {
        pairs.push_back({PairKey(occupation, region), slot, packed});
      });
    }
    AddBlock(std::move(block), ClusterOf(images[0]));
    block_count_.store(b + 1);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      slots_.Insert(
          images[lane].id, static_cast<Slot>(b * kLanes + lane),
          [this](Slot at) { return CellOf(at / kLanes).load()->id(at % kLanes); }, epochs_);
    }
    for (std::size_t lane = lanes; lane < kLanes; ++lane)
      writer_->free_lanes[ClusterOf(images[0])].push_back(static_cast<Slot>(b * kLanes + lane));
    if ((b + 1) % kSegmentBlocks == 0 || begin + kLanes >= count) {
      bounds.MoveTo(BoundsOf(b));
      if (progress) progress(begin + lanes, count);
    }
  }
  std::ranges::stable_sort(pairs, {}, &PairItem::key);
  std::vector<std::pair<Slot, std::uint32_t>> entries;
  for (std::size_t i = 0; i < pairs.size();) {
    entries.clear();
    const std::uint64_t key = pairs[i].key;
    for (; i < pairs.size() && pairs[i].key == key; ++i)
      entries.emplace_back(pairs[i].slot, pairs[i].packed);
    pairs_.Replace(static_cast<TermId>(key >> 32), static_cast<TermId>(key), entries, epochs_);
  }
}

}  // namespace noren::matching
