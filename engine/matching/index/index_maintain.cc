// Background work, one small step at a time: finish a move, gather strays into a block of their
// own, tighten bounds, rewrite lists.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/matching/index/block_terms.h"
#include "engine/matching/index/index_writer.h"

namespace noren::matching {

std::uint64_t SeekerIndex::Move::LanesOf(std::uint32_t b) const {
  const auto found =
      std::ranges::lower_bound(from, b, {}, [](const auto& one) { return one.first; });
  return found != from.end() && found->first == b ? found->second : 0;
}

std::unique_ptr<const SeekerIndex::Move> SeekerIndex::MoveOf(std::span<const MovedPerson> people,
                                                             std::uint32_t to) {
  std::vector<Slot> slots;
  for (const MovedPerson& one : people) slots.push_back(one.from);
  std::ranges::sort(slots);
  auto move = std::make_unique<Move>();
  move->to = to;
  for (const Slot slot : slots) {
    if (move->from.empty() || move->from.back().first != BlockOf(slot))
      move->from.emplace_back(BlockOf(slot), 0);
    move->from.back().second |= std::uint64_t{1} << LaneOf(slot);
  }
  return move;
}

bool SeekerIndex::MaintainStep() {
  if (images_.load() != 0) return false;
  // One of each, so that a steady stream of updates starves none.
  const bool moved = FinishMove() || GatherStrays();
  const bool tightened = TightenBlock();
  const bool rewritten = RewriteList();
  return moved || tightened || rewritten;
}

// The old slots are cleared once no reader is left that does not know the new ones.
bool SeekerIndex::FinishMove() {
  Writer& w = *writer_;
  if (w.moved.empty() || !epochs_.AllSince(w.moved_at)) return false;
  std::vector<Slot> from;
  for (const Writer::Moved& one : w.moved) {
    const Block& block = *CellOf(BlockOf(one.from)).load();
    if ((block.live() >> LaneOf(one.from) & 1) == 0) {
      // Erased meanwhile, there too; the lane is free like the others.
    } else {
      NoteLoose(one.from);
    }
    from.push_back(one.from);
  }
  std::ranges::sort(from);
  ClearSlots(from);
  for (const Slot slot : from) w.free_lanes[w.cluster_of_block[BlockOf(slot)]].push_back(slot);
  w.moved.clear();
  epochs_.Retire(std::unique_ptr<const Move>(move_.exchange(nullptr)));
  moves_ended_.fetch_add(1);
  return true;
}

bool SeekerIndex::GatherStrays() {
  Writer& w = *writer_;
  if (w.gather.empty() || !w.moved.empty()) return false;
  const Cluster cluster = w.gather.front();
  w.gather.pop_front();
  std::vector<SeekerRowId> strays = std::move(w.strays[cluster]);
  w.strays.erase(cluster);
  std::ranges::sort(strays);
  strays.erase(std::unique(strays.begin(), strays.end()), strays.end());
  std::vector<Writer::Moved> still;
  for (const SeekerRowId id : strays) {
    const std::optional<Slot> slot = SlotOf(id);
    if (!slot || w.cluster_of_block[BlockOf(*slot)] == cluster) continue;
    DecodeLane(*CellOf(BlockOf(*slot)).load(), LaneOf(*slot), terms_, w.old_row);
    EncodeLane(w.old_row, terms_, w.old_image);
    if (w.ClusterOf(w.old_image) == cluster) still.push_back({id, *slot});
  }
  // People have left since: wait for a full block again.
  if (still.size() < kLanes) {
    for (const Writer::Moved& one : still) NoteStray(one.id, cluster);
    return true;
  }
  for (std::size_t i = kLanes; i < still.size(); ++i) NoteStray(still[i].id, cluster);
  still.resize(kLanes);
  MoveToNewBlock(still, cluster);
  return true;
}

void SeekerIndex::MoveToNewBlock(std::span<const Writer::Moved> people, std::uint32_t cluster) {
  Writer& w = *writer_;
  std::vector<LaneImage> images(people.size());
  std::vector<SeekerRow> rows(people.size());
  BlockShape shape;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const Slot from = people[i].from;
    DecodeLane(*CellOf(BlockOf(from)).load(), LaneOf(from), terms_, rows[i]);
    EncodeLane(rows[i], terms_, images[i]);
    shape = UnionOf(shape, images[i].shape);
  }
  std::unique_ptr<Block> block = Block::Make(shape);
  for (std::size_t i = 0; i < people.size(); ++i) WriteLane(*block, i, images[i], rows[i]);
  const std::uint32_t b = AddBlock(std::move(block), cluster);
  for (std::size_t i = 0; i < people.size(); ++i) {
    RaiseBounds(b, images[i]);
    AppendPairs(images[i], static_cast<Slot>(b * kLanes + i), 1);
  }
  move_.store(MoveOf(people, b).release());
  block_count_.store(b + 1);
  for (std::size_t i = 0; i < people.size(); ++i)
    slots_.Move(people[i].id, people[i].from, static_cast<Slot>(b * kLanes + i));
  w.moved.assign(people.begin(), people.end());
  w.moved_at = epochs_.Advance();
}

bool SeekerIndex::TightenBlock() {
  Writer& w = *writer_;
  if (w.loose.empty()) return false;
  const auto first = w.loose.begin();
  const std::uint32_t b = first->first;
  const auto terms = std::move(first->second);
  w.loose.erase(first);
  const Block& block = *CellOf(b).load();
  SegmentBounds& bounds = BoundsOf(b);
  const auto in_segment = static_cast<std::uint16_t>(b % kSegmentBlocks);
  for (const TermId term : terms) {
    const std::optional<std::uint8_t> most = MostInBlock(block, terms_.Known(term));
    const BoundChunk* now = bounds.Find(term);
    if (most && now != nullptr && now->MostIn(in_segment) != *most)
      bounds.Set(term, in_segment, *most, epochs_);
  }
  return true;
}

bool SeekerIndex::RewriteList() {
  Writer& w = *writer_;
  if (w.stale_lists.empty()) return false;
  const std::uint64_t key = w.stale_lists.front();
  w.stale_lists.pop_front();
  w.stale_entries.erase(key);
  const auto occupation = static_cast<TermId>(key >> 32);
  const auto region = static_cast<TermId>(key);
  pairs_.Rewrite(
      occupation, region,
      [&](PairEntry entry) {
        const Slot slot = PairWho::SlotOf(entry.who);
        const Block& block = *CellOf(BlockOf(slot)).load();
        const std::size_t lane = LaneOf(slot);
        const std::uint8_t version = block.skills(lane).version;
        if ((block.live() >> lane & 1) == 0) return false;
        if (entry.packed >> PairPacking::kVersionShift != version) return false;
        if (version < PairPacking::kMaxVersion) return true;
        // Versions ran out: the row says whether the entry still holds.
        DecodeLane(block, lane, terms_, w.old_row);
        EncodeLane(w.old_row, terms_, w.old_image);
        bool holds = false;
        ForEachPair(w.old_image,
                    [&](TermId o, TermId r) { holds |= o == occupation && r == region; });
        return holds && w.old_image.EntryAt(slot, version) == entry;
      },
      epochs_);
  return true;
}

}  // namespace noren::matching
