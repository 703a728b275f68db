// Filling an empty index at once: people sorted so that a block holds people alike, bounds and
// lists made in whole.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <tuple>

#include "engine/matching/index/index_writer.h"

namespace noren::matching {
namespace {

// What people are sorted by: the wishes that most people share come first, since queries ask for
// those most. (On W1 it leaves a third fewer blocks to open than the order of the lists.)
struct SortKey {
  std::uint64_t occupations = 0;
  std::uint64_t regions = 0;
  std::uint32_t row = 0;
  auto operator<=>(const SortKey&) const = default;
};

// The wishes of all rows, one after another.
class Wishes {
 public:
  void Add(const LaneImage& image) {
    leaves_.insert(leaves_.end(), image.occupation_leaves.begin(), image.occupation_leaves.end());
    occupations_end_.push_back(leaves_.size());
    leaves_.insert(leaves_.end(), image.region_leaves.begin(), image.region_leaves.end());
    regions_end_.push_back(leaves_.size());
  }
  std::span<const TermId> Occupations(std::size_t row) const {
    return Between(row == 0 ? 0 : regions_end_[row - 1], occupations_end_[row]);
  }
  std::span<const TermId> Regions(std::size_t row) const {
    return Between(occupations_end_[row], regions_end_[row]);
  }
  std::size_t size() const { return regions_end_.size(); }

 private:
  std::span<const TermId> Between(std::size_t begin, std::size_t end) const {
    return std::span(leaves_).subspan(begin, end - begin);
  }
  std::vector<TermId> leaves_;
  std::vector<std::size_t> occupations_end_, regions_end_;
};

// Where every leaf stands in the order that people are sorted by: related leaves together, what
// most people wish for first. It depends on who wishes for what and not on how terms are numbered,
// so that the same people give the same blocks whatever their tokens are.
class LeafOrder {
 private:
  static constexpr std::uint32_t kMinor = 0x80000000;
  struct Leaf {
    std::uint32_t group;
    std::uint32_t minor;
    TermId id;
    std::uint32_t count;
  };
  auto Key(const Leaf& leaf) const {
    const auto more_first = [](std::uint64_t count) { return ~count; };
    return std::tuple(more_first(wishes_.at(leaf.group)), leaf.group,
                      more_first(wishes_.at(leaf.minor | kMinor)), leaf.minor,
                      more_first(leaf.count), leaf.id);
  }

 public:
  LeafOrder(const Popularity& popularity, const Terms& terms) {
    std::vector<Leaf> leaves;
    for (TermId id = 0; id < popularity.counts().size(); ++id) {
      const std::uint32_t count = popularity.counts()[id];
      if (count == 0) continue;
      const IndexTerm term = terms.Known(id);
      const std::uint32_t group = static_cast<std::uint32_t>(term.kind) << 8 | term.code.group;
      leaves.push_back({group, group << 8 | term.code.minor, id, count});
      wishes_[leaves.back().group] += count;
      wishes_[leaves.back().minor | kMinor] += count;
    }
    std::ranges::sort(leaves, [this](const Leaf& a, const Leaf& b) { return Key(a) < Key(b); });
    places_.resize(popularity.counts().size());
    std::uint32_t place = 0;
    for (const Leaf& leaf : leaves) places_[leaf.id] = ++place;
  }
  std::uint32_t PlaceOf(TermId leaf) const { return leaf == kNoTerm ? 0 : places_[leaf]; }

 private:
  absl::flat_hash_map<std::uint32_t, std::uint64_t> wishes_;
  std::vector<std::uint32_t> places_;  // by leaf, from 1
};

// The places of the two most popular leaves, most popular first.
std::uint64_t KeyOf(std::span<const TermId> leaves, const Popularity& popularity,
                    const LeafOrder& order) {
  std::array<TermId, 2> best = {kNoTerm, kNoTerm};
  const auto more = [&popularity](TermId a, TermId b) {
    return b == kNoTerm || popularity.MoreThan(a, b);
  };
  for (const TermId leaf : leaves) {
    if (more(leaf, best[0])) {
      best = {leaf, best[0]};
    } else if (more(leaf, best[1])) {
      best[1] = leaf;
    }
  }
  return std::uint64_t{order.PlaceOf(best[0])} << 32 | order.PlaceOf(best[1]);
}

struct PairItem {
  std::uint64_t key = 0;
  PairEntry entry;
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
  Wishes wishes;
  for (const SeekerRow& row : rows) {
    EncodeLane(row, terms_, writer_->image);
    writer_->popularity.Add(writer_->image);
    wishes.Add(writer_->image);
  }
  const Popularity& popularity = writer_->popularity;
  const LeafOrder leaf_order(popularity, terms_);
  std::vector<SortKey> order(wishes.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    order[i] = {KeyOf(wishes.Occupations(i), popularity, leaf_order),
                KeyOf(wishes.Regions(i), popularity, leaf_order), i};
  }
  std::ranges::sort(order);
  slots_.Reserve(rows.size(), epochs_);
  FillBlocks(
      rows, order.size(), [&order](std::size_t i) { return order[i].row; }, progress);
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
      const PairEntry entry = images[lane].EntryAt(slot, 1);
      ForEachPair(images[lane], [&](TermId occupation, TermId region) {
        pairs.push_back({PairKey(occupation, region), entry});
      });
    }
    const Cluster cluster = writer_->ClusterOf(images[0]);
    AddBlock(std::move(block), cluster);
    block_count_.store(b + 1);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      slots_.Insert(
          images[lane].id, static_cast<Slot>(b * kLanes + lane),
          [this](Slot at) { return CellOf(BlockOf(at)).load()->id(LaneOf(at)); }, epochs_);
    }
    for (std::size_t lane = lanes; lane < kLanes; ++lane)
      writer_->free_lanes[cluster].push_back(static_cast<Slot>(b * kLanes + lane));
    if ((b + 1) % kSegmentBlocks == 0 || begin + kLanes >= count) {
      bounds.MoveTo(BoundsOf(b));
      if (progress) progress(begin + lanes, count);
    }
  }
  std::ranges::stable_sort(pairs, {}, &PairItem::key);
  std::vector<PairEntry> entries;
  for (std::size_t i = 0; i < pairs.size();) {
    entries.clear();
    const std::uint64_t key = pairs[i].key;
    for (; i < pairs.size() && pairs[i].key == key; ++i) entries.push_back(pairs[i].entry);
    pairs_.Replace(static_cast<TermId>(key >> 32), static_cast<TermId>(key), entries, epochs_);
  }
}

}  // namespace noren::matching
