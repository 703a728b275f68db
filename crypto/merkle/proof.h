// Proofs that a leaf is in a tree and that one tree extends another: building from stored nodes,
// checking offline.
// Source:   RFC 6962 sections 2.1.1 and 2.1.2; checking as in RFC 9162 sections 2.1.3.2 and 2.1.4.2
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "crypto/merkle/tree.h"

namespace noren::merkle {

using Proof = std::vector<Hash256>;

// A tree as somebody knows it: so many leaves, this root.
struct TreeHead {
  std::uint64_t size = 0;
  Hash256 root{};
  bool operator==(const TreeHead&) const = default;
};

struct LeafPosition {
  std::uint64_t index = 0;
  std::uint64_t tree_size = 0;
};

// The path from leaf `index` to the root at `tree_size`.
//   errors   kInvalidArgument: index >= tree_size; errors of the reader
StatusOr<Proof> BuildInclusionProof(LeafPosition position, const NodeReader& nodes);

// What shows that the tree of `new_size` begins with the tree of `old_size`. Empty when equal or
// when old_size is 0.
//   errors   kInvalidArgument: old_size > new_size; errors of the reader
StatusOr<Proof> BuildConsistencyProof(std::uint64_t old_size, std::uint64_t new_size,
                                      const NodeReader& nodes);

// Ok when leaf `index` of the tree `head` has this hash.
//   errors   kInvalidArgument: index >= head.size; kDataLoss: the proof does not lead to the root
//            or has a wrong length
Status VerifyInclusion(const Hash256& leaf_hash, std::uint64_t index, const TreeHead& head,
                       std::span<const Hash256> proof);

// Ok when `newer` begins with `older`. Every tree extends the empty tree, whose root must be
// EmptyRoot().
//   errors   kInvalidArgument: older.size > newer.size; kDataLoss: the proof does not hold or has a
//            wrong length
Status VerifyConsistency(const TreeHead& older, const TreeHead& newer,
                         std::span<const Hash256> proof);

}  // namespace noren::merkle
