// The in-memory index over people's rows: blocks of 64, clustered by what queries ask, with bounds
// per block and lists per (occupation, region). It holds tokens and numbers under opaque ids.
// Source:   docs/design/0002-the-index.md
// Threads:  any number of readers, never blocked; one writer at a time (the caller sees to it)
// Errors:   a row that does not fit a block's columns is kept whole ("wide"), never refused
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/matching/index/block.h"
#include "engine/matching/index/bounds.h"
#include "engine/matching/index/epochs.h"
#include "engine/matching/index/pair_lists.h"
#include "engine/matching/index/slot_map.h"
#include "engine/matching/index/terms.h"
#include "engine/matching/rows.h"

namespace noren::matching {

struct LaneImage;
class IndexImage;

struct IndexMemory {
  std::size_t people = 0;
  std::size_t blocks_bytes = 0;
  std::size_t bounds_bytes = 0;
  std::size_t pair_lists_bytes = 0;
  std::size_t other_bytes = 0;
  std::size_t total() const { return blocks_bytes + bounds_bytes + pair_lists_bytes + other_bytes; }
};

class SeekerIndex {
 public:
  static constexpr std::size_t kMaxSegments = 1024;  // 67 million people
  static_assert(kMaxSegments * kSegmentBlocks * kLanes <= std::size_t{PairWho::kSlotMask} + 1);

  SeekerIndex();
  ~SeekerIndex();
  SeekerIndex(const SeekerIndex&) = delete;
  SeekerIndex& operator=(const SeekerIndex&) = delete;

  // --- writer ---
  // Fills an empty index, clustered. `progress(done, all)` is called now and then, if given.
  // Distinct ids. Much faster than Upsert one by one.
  using Progress = std::function<void(std::size_t done, std::size_t all)>;
  void Build(std::span<const SeekerRow> rows, const Progress& progress = nullptr);
  // Visible to every query that starts after the return.
  void Upsert(const SeekerRow& row);
  bool Erase(SeekerRowId id);  // false: not there
  // One step of background work: re-tightens the bounds of one block, moves people of the tail to
  // where they belong, drops stale list entries. False when there is nothing left to do, or while
  // a snapshot is being written.
  bool MaintainStep();

  // --- readers ---
  // A consistent-enough view: every row in it was published before or during the view's life, each
  // whole. Make one per query; it pins memory.
  class View {
   public:
    std::uint32_t block_count() const { return block_count_; }
    const Block& block(std::uint32_t b) const {
      return *index_->segments_[b / kSegmentBlocks].load()->blocks[b % kSegmentBlocks].load();
    }
    std::uint32_t segment_count() const {
      return static_cast<std::uint32_t>((block_count_ + kSegmentBlocks - 1) / kSegmentBlocks);
    }
    const BoundChunk* bounds(std::uint32_t segment, TermId term) const {
      return index_->segments_[segment].load()->bounds.Find(term);
    }
    PairView pairs(TermId occupation, TermId region) const {
      return index_->pairs_.Find(occupation, region);
    }
    const Terms& terms() const { return index_->terms_; }
    // Exactly the row that was put in.
    SeekerRow RowAt(Slot slot) const;
    // Into `row`, reusing its memory.
    void ReadRow(Slot slot, SeekerRow& row) const;
    std::optional<Slot> Find(SeekerRowId id) const;
    std::size_t people_count() const { return index_->people_.load(); }
    // The one currency all stated wages are in: then a coarse wage below 64 is exact.
    std::optional<model::Currency> only_currency() const;
    // True when a person may have been seen in two slots since this view was made (never in none):
    // look for a doubled id among the answers, and if there is one ask again for kMaxDoubles more.
    bool MayHaveDoubles() const { return index_->moves_began_.load() != moves_ended_; }
    static constexpr std::size_t kMaxDoubles = 2 * kLanes;

   private:
    friend class SeekerIndex;
    explicit View(const SeekerIndex& index)
        : pin_(index.epochs_),
          index_(&index),
          moves_ended_(index.moves_ended_.load()),
          block_count_(index.block_count_.load()) {}
    Epochs::Pin pin_;
    const SeekerIndex* index_;
    std::uint64_t moves_ended_;
    std::uint32_t block_count_;
  };
  View Read() const { return View(*this); }
  IndexMemory Memory() const;  // writer only
  const Terms& terms() const { return terms_; }

 private:
  friend class IndexImage;  // snapshot.h
  struct Segment {
    std::array<std::atomic<const Block*>, kSegmentBlocks> blocks{};
    SegmentBounds bounds;
  };
  struct Writer;
  struct MovedPerson {  // still in its old slot until no older reader is left
    SeekerRowId id;
    Slot from = 0;
  };

  std::atomic<const Block*>& CellOf(std::uint32_t block) const;
  SegmentBounds& BoundsOf(std::uint32_t block) const;
  std::optional<Slot> SlotOf(SeekerRowId id) const;

  std::uint32_t AddBlock(std::unique_ptr<Block> block, std::uint32_t cluster);
  void Publish(std::uint32_t block, std::unique_ptr<Block> changed);
  void RaiseBounds(std::uint32_t block, const LaneImage& image);
  void AppendPairs(const LaneImage& image, Slot slot, std::uint8_t version);
  bool HasEntry(TermId occupation, TermId region, PairEntry entry) const;
  Slot ChooseLane(std::uint32_t cluster);
  void WriteSlot(Slot slot, const SeekerRow& row);
  void ClearSlots(std::span<const Slot> slots);
  void NoteLoose(Slot slot);
  void NoteStray(SeekerRowId id, std::uint32_t cluster);
  void NoteCurrency(const SeekerRow& row);
  void FillBlocks(std::span<const SeekerRow> rows, std::size_t count,
                  const std::function<std::size_t(std::size_t)>& row_at, const Progress& progress);
  bool FinishMove();
  bool GatherStrays();
  void MoveToNewBlock(std::span<const MovedPerson> people, std::uint32_t cluster);
  bool TightenBlock();
  bool RewriteList();

  Terms terms_;
  mutable Epochs epochs_;
  std::array<std::atomic<Segment*>, kMaxSegments> segments_{};
  std::atomic<std::uint32_t> block_count_{0};
  std::atomic<std::size_t> people_{0};
  std::atomic<std::uint32_t> currencies_{0};  // bit n: a wage in currency n was stated
  PairLists pairs_;
  SlotMap slots_;
  std::atomic<std::uint32_t> images_{0};  // being written: no maintenance meanwhile
  std::atomic<std::uint64_t> moves_began_{0};
  std::atomic<std::uint64_t> moves_ended_{0};
  std::unique_ptr<Writer> writer_;  // clusters, free lanes, tail, maintenance queues
};

}  // namespace noren::matching
