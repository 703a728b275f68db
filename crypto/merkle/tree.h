// The append-only Merkle tree of a log: hashes of leaves and nodes, the frontier that appends, and
// the root at any size from stored nodes. Only complete subtrees are stored; they never change.
// Source:   RFC 6962 section 2.1
// Threads:  functions concurrently; a Frontier is externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::merkle {

Hash256 HashLeaf(ByteSpan entry);                             // SHA-256(0x00 | entry)
Hash256 HashNode(const Hash256& left, const Hash256& right);  // SHA-256(0x01 | left | right)
Hash256 EmptyRoot();  // SHA-256 of nothing: the root at size 0

// The complete subtree over leaves [index << level, (index + 1) << level); level 0 is a leaf hash.
struct NodeAddress {
  std::uint32_t level = 0;
  std::uint64_t index = 0;
  auto operator<=>(const NodeAddress&) const = default;
};

struct Node {
  NodeAddress address;
  Hash256 hash{};
  bool operator==(const Node&) const = default;
};

// Where the stored nodes are read from.
class NodeReader {
 public:
  virtual ~NodeReader() = default;
  // kNotFound, or the store's own error, when there is none.
  virtual StatusOr<Hash256> ReadNode(NodeAddress address) const = 0;
};

// The roots of the complete subtrees that make up a tree of `size` leaves, largest first: all that
// appending needs.
class Frontier {
 public:
  Frontier() = default;  // the empty tree
  // kInvalidArgument unless there is one hash per bit set in `size`.
  static StatusOr<Frontier> FromHashes(std::uint64_t size, std::vector<Hash256> hashes);
  // Reads the hashes of a tree of `size` leaves; errors of the reader.
  static StatusOr<Frontier> FromNodes(std::uint64_t size, const NodeReader& nodes);

  std::uint64_t size() const { return size_; }
  const std::vector<Hash256>& hashes() const { return hashes_; }
  // Appends one leaf. Returns the nodes that became complete, the leaf first: they are to be
  // stored.
  std::vector<Node> Append(const Hash256& leaf_hash);
  Hash256 Root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash256> hashes_;
};

// The addresses of the complete subtrees that make up `size` leaves, largest first.
std::vector<NodeAddress> FrontierAddresses(std::uint64_t size);

// The root at `size`, which may be smaller than the tree.
StatusOr<Hash256> RootAt(std::uint64_t size, const NodeReader& nodes);

}  // namespace noren::merkle
