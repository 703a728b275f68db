// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/proof.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace noren::merkle {
namespace {

// Leaves [begin, begin + size). In the walks below `begin` is always a multiple of the subtree's
// full size.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

// RFC 6962: the largest power of two smaller than `size` (> 1).
std::uint64_t SplitPoint(std::uint64_t size) { return std::bit_floor(size - 1); }

StatusOr<Hash256> HashRange(Range range, const NodeReader& nodes) {
  std::vector<Hash256> lefts;
  while (!std::has_single_bit(range.size)) {
    const std::uint64_t split = SplitPoint(range.size);
    const auto level = static_cast<std::uint32_t>(std::countr_zero(split));
    NOREN_ASSIGN_OR_RETURN(const Hash256 left, nodes.ReadNode({level, range.begin >> level}));
    lefts.push_back(left);
    range = {range.begin + split, range.size - split};
  }
  const auto level = static_cast<std::uint32_t>(std::countr_zero(range.size));
  NOREN_ASSIGN_OR_RETURN(Hash256 hash, nodes.ReadNode({level, range.begin >> level}));
  while (!lefts.empty()) {
    hash = HashNode(lefts.back(), hash);
    lefts.pop_back();
  }
  return hash;
}

StatusOr<Proof> HashRanges(const std::vector<Range>& ranges, const NodeReader& nodes) {
  Proof proof;
  for (const Range& range : ranges) {
    NOREN_ASSIGN_OR_RETURN(const Hash256 hash, HashRange(range, nodes));
    proof.push_back(hash);
  }
  return proof;
}

Status ProofDoesNotHold() { return DataLoss("merkle: the proof does not hold"); }

// RFC 9162 2.1.4.2, steps 3 and on: walks up both trees at once.
class ConsistencyWalk {
 public:
  ConsistencyWalk(std::uint64_t old_size, std::uint64_t new_size, const Hash256& first)
      : old_last_(old_size - 1), new_last_(new_size - 1), old_hash_(first), new_hash_(first) {
    while ((old_last_ & 1) != 0) Up();
  }

  // False when there is nothing left to join.
  bool Take(const Hash256& hash) {
    if (new_last_ == 0) return false;
    if ((old_last_ & 1) != 0 || old_last_ == new_last_) {
      old_hash_ = HashNode(hash, old_hash_);
      new_hash_ = HashNode(hash, new_hash_);
      while ((old_last_ & 1) == 0 && old_last_ != 0) Up();
    } else {
      new_hash_ = HashNode(new_hash_, hash);
    }
    Up();
    return true;
  }

  bool Reached(const Hash256& old_root, const Hash256& new_root) const {
    return new_last_ == 0 && old_hash_ == old_root && new_hash_ == new_root;
  }

 private:
  void Up() {
    old_last_ >>= 1;
    new_last_ >>= 1;
  }
  std::uint64_t old_last_;
  std::uint64_t new_last_;
  Hash256 old_hash_;
  Hash256 new_hash_;
};

}  // namespace

StatusOr<Proof> BuildInclusionProof(LeafPosition position, const NodeReader& nodes) {
  if (position.index >= position.tree_size) {
    return InvalidArgument("merkle: the leaf is beyond the tree");
  }
  std::vector<Range> siblings;
  Range tree = {0, position.tree_size};
  while (tree.size > 1) {
    const std::uint64_t split = SplitPoint(tree.size);
    const Range left = {tree.begin, split};
    const Range right = {tree.begin + split, tree.size - split};
    const bool in_left = position.index < right.begin;
    siblings.push_back(in_left ? right : left);
    tree = in_left ? left : right;
  }
  std::reverse(siblings.begin(), siblings.end());
  return HashRanges(siblings, nodes);
}

StatusOr<Proof> BuildConsistencyProof(std::uint64_t old_size, std::uint64_t new_size,
                                      const NodeReader& nodes) {
  if (old_size > new_size) return InvalidArgument("merkle: the older tree is larger");
  if (old_size == 0 || old_size == new_size) return Proof();
  std::vector<Range> ranges;
  Range tree = {0, new_size};
  const auto old_tree_fills = [&] { return tree.begin + tree.size == old_size; };
  while (!old_tree_fills()) {
    const std::uint64_t split = SplitPoint(tree.size);
    const Range left = {tree.begin, split};
    const Range right = {tree.begin + split, tree.size - split};
    const bool ends_in_left = old_size <= right.begin;
    ranges.push_back(ends_in_left ? right : left);
    tree = ends_in_left ? left : right;
  }
  // The verifier knows the old root; the subtree that ends the old tree is given unless it is the
  // whole of it.
  if (tree.begin != 0) ranges.push_back(tree);
  std::reverse(ranges.begin(), ranges.end());
  return HashRanges(ranges, nodes);
}

Status VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index, const TreeHead& head,
                       std::span<const Hash256> proof) {
  if (index >= head.size) return InvalidArgument("merkle: the leaf is beyond the tree");
  std::uint64_t node = index;
  std::uint64_t last = head.size - 1;
  Hash256 hash = leaf_hash;
  for (const Hash256& sibling : proof) {
    if (last == 0) return ProofDoesNotHold();
    if ((node & 1) != 0 || node == last) {
      hash = HashNode(sibling, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = HashNode(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == head.root ? OkStatus() : ProofDoesNotHold();
}

Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                         std::span<const Hash256> proof) {
  if (older.size > newer.size) return InvalidArgument("merkle: the older tree is larger");
  if (older.size == 0) {
    const bool holds = proof.empty() && older.root == EmptyRoot() &&
                       (newer.size != 0 || newer.root == EmptyRoot());
    return holds ? OkStatus() : ProofDoesNotHold();
  }
  if (older.size == newer.size) {
    return proof.empty() && older.root == newer.root ? OkStatus() : ProofDoesNotHold();
  }
  // An old tree that is one complete subtree is itself the first hash.
  Hash256 first = older.root;
  if (!std::has_single_bit(older.size)) {
    if (proof.empty()) return ProofDoesNotHold();
    first = proof.front();
    proof = proof.subspan(1);
  }
  ConsistencyWalk walk(older.size, newer.size, first);
  for (const Hash256& hash : proof) {
    if (!walk.Take(hash)) return ProofDoesNotHold();
  }
  return walk.Reached(older.root, newer.root) ? OkStatus() : ProofDoesNotHold();
}

}  // namespace noren::merkle
