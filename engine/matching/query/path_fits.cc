// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/path_fits.h"

#include <algorithm>

#include "engine/matching/scoring/fit.h"

namespace noren::matching {
namespace {

constexpr std::size_t kFullDepth = 4;
constexpr std::size_t kProvinceDepth = 2;

}  // namespace

std::size_t PathFitPlan::AddNode(const PathNode& node, std::size_t parent, std::size_t depth,
                                 bool is_end) {
  const auto known = std::ranges::find(nodes_, node.id, [](const Node& n) { return n.node.id; });
  const auto at = static_cast<std::size_t>(known - nodes_.begin());
  if (at == nodes_.size()) nodes_.push_back({.node = node, .parent = parent, .depth = depth});
  nodes_[at].is_end |= is_end;
  nodes_[at].is_above |= !is_end;
  return at;
}

// What a node is worth is at least what the one above it is.
void PathFitPlan::Finish() {
  for (Node& node : nodes_) {
    const std::int32_t by_table = node.depth < kFullDepth ? table_[node.depth] : kFullFit;
    node.posting = node.is_end ? kFullFit : by_table;
    // A wish below what is asked: the posting may or may not be meant.
    node.person = node.is_end ? std::max(by_table, kNeutralFit) : by_table;
    if (node.parent == kNone) continue;
    node.posting = std::max(node.posting, nodes_[node.parent].posting);
    node.person = std::max(node.person, nodes_[node.parent].person);
  }
}

const PathFitPlan::Node* PathFitPlan::Find(TermId term) const {
  const auto found = std::ranges::find(nodes_, term, [](const Node& n) { return n.node.id; });
  return found == nodes_.end() ? nullptr : &*found;
}

std::vector<FitTest> PathFitPlan::Tests(std::int32_t Node::* value) const {
  std::vector<FitTest> tests;
  for (const Node& node : nodes_) {
    const std::int32_t above = node.parent == kNone ? 0 : nodes_[node.parent].*value;
    if (node.*value > above) tests.push_back({node.node, false, node.*value - above});
  }
  return tests;
}

void PathFitPlan::AddNearTests(std::int32_t Node::* value, std::vector<FitTest>& tests) const {
  for (const Near& near : near_) {
    const Node* at = Find(near.node.id);
    if (at == nullptr) at = Find(near.parent);
    const std::int32_t known = at == nullptr ? 0 : at->*value;
    // A wish for a municipality is near by its municipality, so a province is only by itself.
    if (near.fit > known)
      tests.push_back({near.node, near.depth == kProvinceDepth, near.fit - known});
  }
}

std::vector<FitTest> PathFitPlan::PostingTests() const {
  std::vector<FitTest> tests = Tests(&Node::posting);
  for (const Node& node : nodes_) {
    // A wish around what is asked.
    if (node.is_above && node.posting < kNeutralFit)
      tests.push_back({node.node, true, kNeutralFit - node.posting});
  }
  AddNearTests(&Node::posting, tests);
  return tests;
}

std::vector<FitTest> PathFitPlan::PersonTests() const {
  std::vector<FitTest> tests = Tests(&Node::person);
  for (const Node& node : nodes_) {
    // What is asked lies within a wish that ends here.
    if (node.person < kFullFit) tests.push_back({node.node, true, kFullFit - node.person});
  }
  AddNearTests(&Node::person, tests);
  return tests;
}

std::vector<FitTerm> PathFitPlan::BlockTerms() const {
  std::vector<FitTerm> terms;
  for (const Node& node : nodes_) {
    const std::int32_t above =
        node.parent == kNone ? kNeutralFit : std::max(kNeutralFit, nodes_[node.parent].posting);
    if (node.posting > above) terms.push_back({node.node.id, node.posting - above});
  }
  for (const Near& near : near_) {
    if (near.fit > kNeutralFit) terms.push_back({near.node.id, near.fit - kNeutralFit});
  }
  return terms;
}

std::vector<PathNode> PathFitPlan::Ends() const {
  std::vector<PathNode> ends;
  for (const Node& node : nodes_) {
    if (node.is_end) ends.push_back(node.node);
  }
  return ends;
}

}  // namespace noren::matching
