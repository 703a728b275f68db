// The Merkle tree of RFC 6962 as its text defines it, recursively over all leaves: slow and
// obvious, the oracle for crypto/merkle. Also a NodeReader that stores nodes in a map.
// Source:   RFC 6962 sections 2.1, 2.1.1, 2.1.2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <vector>

#include "crypto/merkle/proof.h"
#include "crypto/merkle/tree.h"

namespace noren::merkle {

using LeafHashes = std::span<const Hash256>;

inline std::size_t RecursiveSplit(std::size_t size) {
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

// MTH(D[n])
inline Hash256 RecursiveRoot(LeafHashes leaves) {
  if (leaves.empty()) return EmptyRoot();
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = RecursiveSplit(leaves.size());
  return HashNode(RecursiveRoot(leaves.first(k)), RecursiveRoot(leaves.subspan(k)));
}

// PATH(m, D[n])
inline Proof RecursivePath(std::size_t m, LeafHashes leaves) {
  if (leaves.size() <= 1) return {};
  const std::size_t k = RecursiveSplit(leaves.size());
  const bool in_left = m < k;
  Proof path =
      in_left ? RecursivePath(m, leaves.first(k)) : RecursivePath(m - k, leaves.subspan(k));
  path.push_back(RecursiveRoot(in_left ? leaves.subspan(k) : leaves.first(k)));
  return path;
}

// SUBPROOF(m, D[n], b)
inline Proof RecursiveSubproof(std::size_t m, LeafHashes leaves, bool whole) {
  if (m == leaves.size()) return whole ? Proof() : Proof{RecursiveRoot(leaves)};
  const std::size_t k = RecursiveSplit(leaves.size());
  const bool in_left = m <= k;
  Proof proof = in_left ? RecursiveSubproof(m, leaves.first(k), whole)
                        : RecursiveSubproof(m - k, leaves.subspan(k), false);
  proof.push_back(RecursiveRoot(in_left ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

class MapNodes final : public NodeReader {
 public:
  void Store(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) nodes_[node.address] = node.hash;
  }
  void Erase(NodeAddress address) { nodes_.erase(address); }
  std::size_t size() const { return nodes_.size(); }

  StatusOr<Hash256> ReadNode(NodeAddress address) const override {
    const auto found = nodes_.find(address);
    if (found == nodes_.end()) return NotFound("no such node");
    return found->second;
  }

 private:
  std::map<NodeAddress, Hash256> nodes_;
};

}  // namespace noren::merkle
