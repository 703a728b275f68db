// The postings in the order of their cluster keys, as the leaves of a B+ tree whose leaves are
// blocks: full blocks are split, thin ones joined, so that what belongs together stays together
// under any changes. Every change publishes a new version that shares all other blocks with the
// last.
// Source:   docs/design/0005-openings.md
// Threads:  Read from any thread, never blocked; the rest from one writer at a time
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "engine/matching/index/epochs.h"
#include "engine/matching/openings/opening_block.h"

namespace noren::matching {

using BlockMask = std::uint64_t;  // bit b: block b of a group
inline constexpr std::size_t kGroupBlocks = 64;

struct HomeBlocks {
  RegionKey home;
  BlockMask blocks = 0;
};

struct BlockGroup {
  std::array<std::shared_ptr<const OpeningBlock>, kGroupBlocks> blocks;
  BlockMask used = 0;
  std::vector<HomeBlocks> homes;  // ascending
};

struct OpeningVersion {
  std::uint64_t number = 0;
  std::size_t openings_count = 0;
  std::size_t blocks_count = 0;
  std::vector<std::shared_ptr<const BlockGroup>> groups;
  std::shared_ptr<const std::vector<OccupationPath>> occupations;  // by PathNumber
  std::shared_ptr<const std::vector<RegionPath>> regions;
};

class OpeningTree {
 public:
  explicit OpeningTree(std::vector<PostingRow> rows);
  ~OpeningTree();
  OpeningTree(const OpeningTree&) = delete;
  OpeningTree& operator=(const OpeningTree&) = delete;

  // A version that stays readable while the Reading lives.
  class Reading {
   public:
    explicit Reading(const OpeningTree& tree)
        : pin_(tree.epochs_), version_(tree.current_.load()) {}
    const OpeningVersion& version() const { return *version_; }

   private:
    Epochs::Pin pin_;
    const OpeningVersion* version_;
  };
  Reading Read() const { return Reading(*this); }

  void Upsert(PostingRow row);
  bool Erase(PostingRowId id);

 private:
  using Openings = std::vector<OpeningAt>;
  using BlockAt = std::uint32_t;                        // group x kGroupBlocks + block
  using Leaves = absl::btree_map<ClusterKey, BlockAt>;  // by a key that none in the block is below

  // The next version while it is put together.
  class Draft {
   public:
    explicit Draft(const OpeningVersion& base);
    const OpeningBlock& At(BlockAt at) const;
    // null: the block is no longer there.
    void Set(BlockAt at, std::shared_ptr<const OpeningBlock> block);
    OpeningVersion& version() { return *version_; }
    std::unique_ptr<OpeningVersion> Take();

   private:
    BlockGroup& Editable(std::size_t group);

    std::unique_ptr<OpeningVersion> version_;
    // Groups of this draft only, until Take.
    absl::flat_hash_map<std::size_t, std::unique_ptr<BlockGroup>> edited_;
  };

  Leaves::iterator LeafOf(const ClusterKey& key);
  void Insert(Draft& draft, const OpeningAt& at);
  void Remove(Draft& draft, const ClusterKey& key);
  void RemoveEverywhere(Draft& draft, const Opening& opening);
  void JoinThin(Draft& draft, Leaves::iterator leaf);
  void PutLeaf(Draft& draft, std::span<const OpeningAt> openings);
  void DropLeaf(Draft& draft, Leaves::iterator leaf);
  void Publish(Draft draft);

  Epochs epochs_;
  std::atomic<OpeningVersion*> current_{nullptr};  // readers get it const

  // The writer's.
  OpeningPaths paths_;
  absl::flat_hash_map<PostingRowId, std::shared_ptr<const Opening>> openings_;
  Leaves leaves_;
  std::vector<BlockAt> free_blocks_;
  BlockAt blocks_end_ = 0;
};

}  // namespace noren::matching
