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
#include <utility>
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

  // People who stand in a new block and, for readers that do not know it, still in their old lanes.
  struct Move {
    std::uint32_t to = 0;                                       // the new block
    std::vector<std::pair<std::uint32_t, std::uint64_t>> from;  // block, lanes; ascending
    std::uint64_t LanesOf(std::uint32_t b) const;
  };

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
    // Lanes of a block that are not to be looked at: their people stand in a newer block of this
    // view as well. Everybody is in exactly one lane that is left.
    std::uint64_t lanes_left_behind(std::uint32_t b) const {
      return move_ == nullptr ? 0 : move_->LanesOf(b);
    }
    // Lanes of a block that are in use, each by somebody else.
    std::uint64_t live(std::uint32_t b) const { return block(b).live() & ~lanes_left_behind(b); }
    // Calls use(block, lanes) for every block with lanes that are not to be looked at.
    template <typename Use>
    void ForEachLeftBehind(Use use) const {
      if (move_ == nullptr) return;
      for (const auto& [b, lanes] : move_->from) use(b, lanes);
    }

   private:
    friend class SeekerIndex;
    // The number of blocks is read first. A move is published before the block it fills, so if that
    // block is in this view, the move is known here, or the old lanes are cleared already; and if
    // it is not, the old lanes stay as long as this view does.
    explicit View(const SeekerIndex& index)
        : pin_(index.epochs_), index_(&index), block_count_(index.block_count_.load()) {
      const Move* const move = index.move_.load();
      if (move != nullptr && move->to < block_count_) move_ = move;
    }
    Epochs::Pin pin_;
    const SeekerIndex* index_;
    std::uint32_t block_count_;
    const Move* move_ = nullptr;
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
  static std::unique_ptr<const Move> MoveOf(std::span<const MovedPerson> people, std::uint32_t to);
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
  std::atomic<std::uint32_t> images_{0};    // being written: no maintenance meanwhile
  std::atomic<const Move*> move_{nullptr};  // at most one at a time
  std::atomic<std::uint64_t> moves_ended_{0};
  std::unique_ptr<Writer> writer_;  // clusters, free lanes, tail, maintenance queues
};

}  // namespace noren::matching
