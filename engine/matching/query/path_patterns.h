// From a node of a hierarchy to the bytes that a wish at it or below it begins with.
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/matching/index/terms.h"
#include "engine/matching/query/kernels/lane_program.h"

namespace noren::matching {

// What is kept of a term after the lock of Terms is given back.
struct PathNode {
  TermId id = kNoTerm;
  NodePattern own;
  NodePattern exact;  // of a wish that ends at the node
  std::uint8_t points = 0;
  bool in_blocks = false;  // false: only wide rows have it
  bool has_children = false;
  bool children_apart = false;  // what is below it does not begin with its own bytes
};
PathNode PathNodeOf(const IndexTerm& term, TermKind kind);

// Appends the patterns of a node. Takes the lock of `terms` when children are apart.
void AppendPatterns(const PathNode& node, const Terms& terms, std::vector<NodePattern>& patterns);

// A test for any of the patterns appended since `first`; one that is always true, and the patterns
// dropped, when there are too many to try.
PathTest TestOf(std::size_t first, std::vector<NodePattern>& patterns);

}  // namespace noren::matching
