// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/path_patterns.h"

namespace noren::matching {
namespace {

constexpr std::size_t kMostPatterns = 16;
constexpr std::uint8_t kTopDepth = 1;           // a major group, a country
constexpr std::uint8_t kGroupDepth = 2;         // a sub-major group, a province
constexpr std::uint8_t kMinorDepth = 3;         // a minor group
constexpr std::uint8_t kMunicipalityDepth = 3;  // may have wards, numbered beside it

NodePattern PatternOf(const IndexTerm& term) {
  const NodeCode code = term.code;
  if (term.depth <= kGroupDepth) return {{code.group}, 1};
  if (term.kind == TermKind::kRegion) return {{code.group, code.unit}, 2};
  if (term.depth == kMinorDepth) return {{code.group, code.minor}, 2};
  return {{code.group, code.minor, code.unit}, 3};
}

bool ChildrenApart(const IndexTerm& term) {
  if (term.children.empty()) return false;
  return term.depth == kTopDepth ||
         (term.kind == TermKind::kRegion && term.depth == kMunicipalityDepth);
}

}  // namespace

PathNode PathNodeOf(const IndexTerm& term, TermKind kind) {
  PathNode node;
  node.id = term.id;
  node.has_children = !term.children.empty();
  node.in_blocks = term.kind == kind && term.fits;
  if (!node.in_blocks) return node;
  node.own = PatternOf(term);
  // The bytes below the node are 0.
  node.exact = node.own;
  node.exact.depth = term.kind == TermKind::kRegion ? 2 : 3;
  node.children_apart = ChildrenApart(term);
  return node;
}

void AppendPatterns(const PathNode& node, const Terms& terms, std::vector<NodePattern>& patterns) {
  if (!node.in_blocks) return;
  patterns.push_back(node.own);
  if (!node.children_apart) return;
  const IndexTerm term = terms.At(node.id);
  for (const TermId child : term.children) {
    const IndexTerm below = terms.At(child);
    if (below.fits) patterns.push_back(PatternOf(below));
  }
}

PathTest TestOf(std::size_t first, std::vector<NodePattern>& patterns) {
  PathTest test;
  test.first = static_cast<std::uint16_t>(first);
  test.count = static_cast<std::uint16_t>(patterns.size() - first);
  if (test.count <= kMostPatterns) return test;
  patterns.resize(first);
  test.count = 0;
  test.always = true;
  return test;
}

}  // namespace noren::matching
