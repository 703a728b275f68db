// The fit of a path, in thousandths, as tests that add up: each node of an asked path adds what
// reaching it is worth more than reaching the node above. Over several paths the sum may be more
// than the fit, never less.
// Source:   docs/formats/ranking.md, table 2; scoring/path_fit.h
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/query/path_patterns.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// A test worth so many thousandths.
struct FitTest {
  PathNode node;
  bool exact = false;  // the wish ends at the node
  std::int32_t thousandths = 0;
};
// Blocks that have the term: somebody may reach so much more than kNeutralFit.
struct FitTerm {
  TermId term = kNoTerm;
  std::int32_t thousandths = 0;
};

// One kind of path: occupations or regions.
class PathFitPlan {
 public:
  using Table = std::array<std::int32_t, 4>;
  PathFitPlan(TermKind kind, const Table& table) : kind_(kind), table_(table) {}

  // Under the lock of the terms.
  template <typename Lookup>
  void AddPath(std::span<const Token> levels, Lookup lookup) {
    std::size_t depth = 0;
    while (depth < levels.size() && !levels[depth].is_none()) ++depth;
    is_odd_ |= depth == 0;
    std::size_t parent = kNone;
    for (std::size_t d = 0; d < depth; ++d) {
      const IndexTerm* term = lookup(levels[d]);
      if (term == nullptr) return;  // nobody is at or below it
      const TermId above = parent == kNone ? kNoTerm : nodes_[parent].node.id;
      is_odd_ |= term->kind != kind_ || term->parent != above;
      parent = AddNode(PathNodeOf(*term, kind_), parent, d + 1, d + 1 == depth);
    }
  }
  // A region that is near, with its fit whichever side asks.
  template <typename Lookup>
  void AddNear(Token token, std::int32_t fit, Lookup lookup) {
    if (const IndexTerm* term = lookup(token); term != nullptr)
      near_.push_back({PathNodeOf(*term, kind_), term->parent, term->depth, fit});
  }

  // After the last path, in this order.
  void Finish();
  std::vector<FitTest> PostingTests() const;
  std::vector<FitTest> PersonTests() const;
  std::vector<FitTerm> BlockTerms() const;
  // True when a path is empty or disagrees with the hierarchy as the index knows it: then the plan
  // may say too little.
  bool is_odd() const { return is_odd_; }
  // The nodes that end an asked path.
  std::vector<PathNode> Ends() const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Node {
    PathNode node;
    std::size_t parent = kNone;
    std::size_t depth = 0;
    bool is_end = false;
    bool is_above = false;     // of an end
    std::int32_t posting = 0;  // what a wish at or below it is worth to either side
    std::int32_t person = 0;
  };
  struct Near {
    PathNode node;
    TermId parent;
    std::size_t depth;
    std::int32_t fit;
  };
  std::size_t AddNode(const PathNode& node, std::size_t parent, std::size_t depth, bool is_end);
  const Node* Find(TermId term) const;
  std::vector<FitTest> Tests(std::int32_t Node::* value) const;
  void AddNearTests(std::int32_t Node::* value, std::vector<FitTest>& tests) const;

  TermKind kind_;
  const Table& table_;
  std::vector<Node> nodes_;  // parents first
  std::vector<Near> near_;
  bool is_odd_ = false;
};

}  // namespace noren::matching
