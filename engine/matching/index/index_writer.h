// What only the writer of an index knows: where there is room, who should be somewhere else, which
// bounds and lists have become loose.
// Threads:  one writer
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/matching/index/lane_codec.h"
#include "engine/matching/index/seeker_index.h"

namespace noren::matching {

// People with the same most popular wish belong together. The tail is for those whose cluster has
// no room.
using Cluster = std::uint32_t;
inline constexpr Cluster kTail = 0xFFFFFFFE;

// How many people wished for a leaf when they came; what was never counted comes last.
class Popularity {
 public:
  Popularity() = default;
  explicit Popularity(std::vector<std::uint32_t> counts) : counts_(std::move(counts)) {}
  const std::vector<std::uint32_t>& counts() const { return counts_; }  // by leaf
  void Add(const LaneImage& image) {
    for (const TermId leaf : image.occupation_leaves) Count(leaf);
    for (const TermId leaf : image.region_leaves) Count(leaf);
  }
  bool MoreThan(TermId a, TermId b) const { return Of(a) != Of(b) ? Of(a) > Of(b) : a < b; }

 private:
  std::uint32_t Of(TermId leaf) const { return leaf < counts_.size() ? counts_[leaf] : 0; }
  void Count(TermId leaf) {
    if (leaf >= counts_.size()) counts_.resize(leaf + 1);
    ++counts_[leaf];
  }
  std::vector<std::uint32_t> counts_;
};

struct SeekerIndex::Writer {
  // The most popular wish decides.
  Cluster ClusterOf(const LaneImage& of) const {
    Cluster best = kNoTerm;
    for (const TermId leaf : of.occupation_leaves) {
      if (best == kNoTerm || popularity.MoreThan(leaf, best)) best = leaf;
    }
    return best;
  }

  Popularity popularity;
  LaneImage image;      // of the row being written
  LaneImage old_image;  // of the row it replaces
  SeekerRow old_row;

  std::vector<Cluster> cluster_of_block;
  absl::flat_hash_map<Cluster, std::vector<Slot>> free_lanes;  // kTail: of tail blocks
  // People who are not in a block of their cluster, by that cluster.
  absl::flat_hash_map<Cluster, std::vector<SeekerRowId>> strays;
  std::deque<Cluster> gather;  // clusters with a block full of strays

  // Terms whose bound in a block may be higher than the truth.
  absl::flat_hash_map<std::uint32_t, absl::flat_hash_set<TermId>> loose;
  absl::flat_hash_map<std::uint64_t, std::uint32_t> stale_entries;  // by pair of leaves
  std::deque<std::uint64_t> stale_lists;

  // The last gathered block's people, still in their old slots until no older reader is left.
  using Moved = MovedPerson;
  std::vector<Moved> moved;
  std::uint64_t moved_at = 0;  // epoch
};

inline std::uint64_t PairKey(TermId occupation, TermId region) {
  return std::uint64_t{occupation} << 32 | region;
}
// Calls use(occupation leaf, region leaf) for every pair of wishes.
template <typename Use>
void ForEachPair(const LaneImage& image, Use use) {
  for (const TermId occupation : image.occupation_leaves) {
    for (const TermId region : image.region_leaves) use(occupation, region);
  }
}

}  // namespace noren::matching
