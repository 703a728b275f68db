// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/seeker_index.h"

#include <algorithm>
#include <bit>

#include "engine/matching/index/index_writer.h"

namespace noren::matching {
namespace {

// A fresh block has room for what most rows need, so that the next person seldom grows it.
constexpr std::uint16_t kTailSpareSkills = 4;

}  // namespace

SeekerIndex::SeekerIndex() : writer_(std::make_unique<Writer>()) {}

SeekerIndex::~SeekerIndex() {
  for (std::uint32_t b = 0; b < block_count_.load(); ++b) delete CellOf(b).load();
  for (auto& segment : segments_) delete segment.load();
  delete move_.load();
}

std::atomic<const Block*>& SeekerIndex::CellOf(std::uint32_t block) const {
  return segments_[block / kSegmentBlocks].load()->blocks[block % kSegmentBlocks];
}

SegmentBounds& SeekerIndex::BoundsOf(std::uint32_t block) const {
  return segments_[block / kSegmentBlocks].load()->bounds;
}

SeekerRow SeekerIndex::View::RowAt(Slot slot) const {
  SeekerRow row;
  ReadRow(slot, row);
  return row;
}

void SeekerIndex::View::ReadRow(Slot slot, SeekerRow& row) const {
  DecodeLane(block(BlockOf(slot)), LaneOf(slot), index_->terms_, row);
}

std::optional<Slot> SeekerIndex::View::Find(SeekerRowId id) const {
  const auto is = [this, id](Slot slot) {
    // Not block(): a slot may be newer than this view.
    const Block& found = *index_->CellOf(BlockOf(slot)).load();
    return (found.live() >> LaneOf(slot) & 1) != 0 && found.id(LaneOf(slot)) == id;
  };
  for (;;) {
    const std::uint64_t before = index_->moves_ended_.load();
    const std::optional<Slot> slot = index_->slots_.Find(id, is);
    // A move between reading the map and the block hides a person; then look again.
    if (slot || index_->moves_ended_.load() == before) return slot;
  }
}

std::optional<model::Currency> SeekerIndex::View::only_currency() const {
  const std::uint32_t stated = index_->currencies_.load();
  if (std::popcount(stated) != 1) return std::nullopt;
  return static_cast<model::Currency>(std::countr_zero(stated));
}

// --- writer ---

std::uint32_t SeekerIndex::AddBlock(std::unique_ptr<Block> block, std::uint32_t cluster) {
  const std::uint32_t b = block_count_.load();
  std::atomic<Segment*>& segment = segments_[b / kSegmentBlocks];
  if (segment.load() == nullptr) segment.store(new Segment);
  CellOf(b).store(block.release());
  writer_->cluster_of_block.push_back(cluster);
  return b;  // visible once block_count_ says so
}

void SeekerIndex::Publish(std::uint32_t b, std::unique_ptr<Block> changed) {
  epochs_.Retire(std::unique_ptr<const Block>(CellOf(b).exchange(changed.release())));
}

// Before the block is published: bounds first, so that none is ever below the truth.
void SeekerIndex::RaiseBounds(std::uint32_t b, const LaneImage& image) {
  SegmentBounds& bounds = BoundsOf(b);
  for (const auto& [term, most] : image.terms)
    bounds.Raise(term, static_cast<std::uint16_t>(b % kSegmentBlocks), most, epochs_);
}

void SeekerIndex::AppendPairs(const LaneImage& image, Slot slot, std::uint8_t version) {
  const PairEntry entry = image.EntryAt(slot, version);
  ForEachPair(image, [&](TermId occupation, TermId region) {
    // A lane whose versions ran out keeps its entries; the same one is not added again.
    if (version == PairPacking::kMaxVersion && HasEntry(occupation, region, entry)) return;
    pairs_.Append(occupation, region, entry, epochs_);
  });
}

bool SeekerIndex::HasEntry(TermId occupation, TermId region, PairEntry entry) const {
  const PairView list = pairs_.Find(occupation, region);
  for (std::size_t i = 0; i < list.size; ++i) {
    if (list[i] == entry) return true;
  }
  return false;
}

// Where a new person goes: a free lane of the cluster, else of the tail, else a new tail block.
Slot SeekerIndex::ChooseLane(std::uint32_t cluster) {
  for (const Cluster from : {cluster, kTail}) {
    std::vector<Slot>& free = writer_->free_lanes[from];
    if (free.empty()) continue;
    const Slot slot = free.back();
    free.pop_back();
    return slot;
  }
  BlockShape shape = writer_->image.shape;
  shape.skills = static_cast<std::uint8_t>(
      std::min<std::size_t>(shape.skills + kTailSpareSkills, kMaxShape.skills));
  const std::uint32_t b = AddBlock(Block::Make(shape), kTail);
  block_count_.store(b + 1);
  std::vector<Slot>& free = writer_->free_lanes[kTail];
  for (std::size_t lane = kLanes - 1; lane > 0; --lane)
    free.push_back(static_cast<Slot>(b * kLanes + lane));
  return static_cast<Slot>(b * kLanes);
}

void SeekerIndex::WriteSlot(Slot slot, const SeekerRow& row) {
  const LaneImage& image = writer_->image;
  const std::uint32_t b = BlockOf(slot);
  const Block& now = *CellOf(b).load();
  std::unique_ptr<Block> changed = now.CopyWith(UnionOf(now.shape(), image.shape));
  WriteLane(*changed, LaneOf(slot), image, row);
  RaiseBounds(b, image);
  AppendPairs(image, slot, changed->skills(LaneOf(slot)).version);
  Publish(b, std::move(changed));
}

void SeekerIndex::ClearSlots(std::span<const Slot> slots) {
  for (std::size_t i = 0; i < slots.size();) {
    const std::uint32_t b = BlockOf(slots[i]);
    const Block& now = *CellOf(b).load();
    std::unique_ptr<Block> changed = now.CopyWith(now.shape());
    for (; i < slots.size() && BlockOf(slots[i]) == b; ++i) ClearLane(*changed, LaneOf(slots[i]));
    Publish(b, std::move(changed));
  }
}

// What the row at `slot` leaves behind when it changes or goes.
void SeekerIndex::NoteLoose(Slot slot) {
  Writer& w = *writer_;
  DecodeLane(*CellOf(BlockOf(slot)).load(), LaneOf(slot), terms_, w.old_row);
  EncodeLane(w.old_row, terms_, w.old_image);
  auto& terms = w.loose[BlockOf(slot)];
  for (const auto& [term, most] : w.old_image.terms) terms.insert(term);
  ForEachPair(w.old_image, [&](TermId occupation, TermId region) {
    const std::uint64_t key = PairKey(occupation, region);
    const std::uint32_t stale = ++w.stale_entries[key];
    const std::size_t size = pairs_.Find(occupation, region).size;
    if (stale == 1 + std::max<std::size_t>(8, size / 4)) w.stale_lists.push_back(key);
  });
}

void SeekerIndex::NoteStray(SeekerRowId id, std::uint32_t cluster) {
  std::vector<SeekerRowId>& strays = writer_->strays[cluster];
  strays.push_back(id);
  if (strays.size() == kLanes) writer_->gather.push_back(cluster);
}

std::optional<Slot> SeekerIndex::SlotOf(SeekerRowId id) const {
  return slots_.Find(id, [this, id](Slot slot) {
    const Block& block = *CellOf(BlockOf(slot)).load();
    return (block.live() >> LaneOf(slot) & 1) != 0 && block.id(LaneOf(slot)) == id;
  });
}

void SeekerIndex::NoteCurrency(const SeekerRow& row) {
  if (row.wage_floor) {
    currencies_.fetch_or(1U << (static_cast<unsigned>(row.wage_floor->currency) % 32));
  }
}

void SeekerIndex::Upsert(const SeekerRow& row) {
  NoteCurrency(row);
  EncodeLane(row, terms_, writer_->image);
  const Cluster cluster = writer_->ClusterOf(writer_->image);
  const std::optional<Slot> known = SlotOf(row.id);
  if (known) {
    NoteLoose(*known);
    const bool moved = writer_->ClusterOf(writer_->old_image) != cluster;
    WriteSlot(*known, row);
    // Whoever is being moved is in two slots; both must say the same.
    for (const Writer::Moved& one : writer_->moved) {
      if (one.id == row.id) WriteSlot(one.from, row);
    }
    if (moved && writer_->cluster_of_block[BlockOf(*known)] != cluster) NoteStray(row.id, cluster);
    return;
  }
  writer_->popularity.Add(writer_->image);
  const Slot slot = ChooseLane(cluster);
  WriteSlot(slot, row);
  slots_.Insert(
      row.id, slot, [this](Slot at) { return CellOf(BlockOf(at)).load()->id(LaneOf(at)); },
      epochs_);
  people_.fetch_add(1);
  if (writer_->cluster_of_block[BlockOf(slot)] != cluster) NoteStray(row.id, cluster);
}

bool SeekerIndex::Erase(SeekerRowId id) {
  const std::optional<Slot> slot = SlotOf(id);
  if (!slot) return false;
  NoteLoose(*slot);
  ClearSlots({&*slot, 1});
  slots_.Erase(id, *slot);
  writer_->free_lanes[writer_->cluster_of_block[BlockOf(*slot)]].push_back(*slot);
  for (Writer::Moved& one : writer_->moved) {
    if (one.id == id) ClearSlots({&one.from, 1});
  }
  people_.fetch_sub(1);
  return true;
}

IndexMemory SeekerIndex::Memory() const {
  IndexMemory memory;
  memory.people = people_.load();
  for (std::uint32_t b = 0; b < block_count_.load(); ++b)
    memory.blocks_bytes += CellOf(b).load()->size_bytes();
  for (const auto& segment : segments_) {
    if (segment.load() != nullptr) {
      memory.bounds_bytes += segment.load()->bounds.memory_bytes();
      memory.other_bytes += sizeof(Segment::blocks);
    }
  }
  memory.pair_lists_bytes = pairs_.memory_bytes();
  memory.other_bytes += terms_.memory_bytes() + slots_.memory_bytes();
  return memory;
}

}  // namespace noren::matching
