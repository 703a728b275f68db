// The key tree: a wide tree of wrapped keys whose leaves are data keys and whose root key is kept
// elsewhere (the anchor). Destroying leaves replaces the keys on their paths and the root, so that
// old images of the tree do not open them. Pure logic: nodes are read through an interface, and
// changes are returned for the caller to store.
// Source:   docs/formats/key_tree.md; docs/design/0001-the-doorway.md, "Keys"
// Threads:  const use concurrently; changes of one tree are externally serialised
// Secrets:  root key and leaf keys, in SecretBytes; nodes hold wrapped keys only
// Why safe: a leaf key is wrapped under its node's key, that one under its parent's, up to the root
//           key. After a destruction every node on a path has a new key, known only through the new
//           root key, and the destroyed leaf's key is wrapped under none of them; with the old root
//           key gone, old nodes do not open
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::keys {

inline constexpr std::uint32_t kTreeFanOut = 64;
inline constexpr std::uint32_t kTreeDepth =
    4;  // levels of nodes: 0 is the root, 3 holds the leaves
inline constexpr std::uint32_t kTreeLeavesCount = 1u << 24;
inline constexpr std::size_t kTreeKeySizeBytes = 32;
inline constexpr std::size_t kWrappedKeySizeBytes = 72;

struct NodeAddress {
  std::uint8_t level = 0;
  std::uint32_t index = 0;  // within the level: leaf index >> 6 * (4 - level)
  std::uint64_t generation = 0;
  auto operator<=>(const NodeAddress&) const = default;
  // 13 bytes that sort by level, index and generation: the node's key in a store.
  Bytes Encode() const;
  static StatusOr<NodeAddress> Decode(ByteSpan bytes);  // kDataLoss
};

struct ChildEntry {
  std::uint64_t generation = 0;
  std::array<std::uint8_t, kWrappedKeySizeBytes> wrapped_key{};
  bool operator==(const ChildEntry&) const = default;
};

struct Node {
  NodeAddress address;
  std::array<std::optional<ChildEntry>, kTreeFanOut> children;
  bool empty() const;
  bool operator==(const Node&) const = default;
};

Bytes EncodeNode(const Node& node);
// kDataLoss: malformed, or not the node of that address.
StatusOr<Node> DecodeNode(ByteSpan bytes, const NodeAddress& address);

class NodeReader {
 public:
  virtual ~NodeReader() = default;
  // The stored bytes of a node; kNotFound, or the store's own error, when there are none.
  virtual StatusOr<Bytes> ReadNode(const NodeAddress& address) const = 0;
};

// What the anchor keeps.
struct TreeRoot {
  SecretBytes key;  // 32 bytes
  std::uint64_t generation = 0;
  TreeRoot Clone() const { return {key.Clone(), generation}; }
};

struct WrittenNode {
  NodeAddress address;
  Bytes bytes;
};

// An empty tree: the root node is to be stored before the root is used.
struct CreatedTree {
  TreeRoot root;
  WrittenNode root_node;
};
CreatedTree CreateTree(Random& random);

// New leaves under the same root. The nodes replace those of the same address (they hold what was
// there, and more), all in one atomic write; the anchor does not change.
struct AddedLeaves {
  std::vector<SecretBytes> keys;  // in the order of the indexes asked for
  std::vector<WrittenNode> written;
};
//   errors   kAlreadyExists: a leaf is there or asked for twice; kInvalidArgument: index beyond the
//            tree; kDataLoss: a node is missing, malformed or does not open; errors of the reader
StatusOr<AddedLeaves> AddLeaves(const TreeRoot& root, std::span<const std::uint32_t> leaf_indexes,
                                const NodeReader& nodes, Random& random);

//   errors   kNotFound: no such leaf (never there, or destroyed); kInvalidArgument: index beyond
//            the tree; kDataLoss: a node is missing, malformed or does not open with this root
StatusOr<SecretBytes> ReadLeaf(const TreeRoot& root, std::uint32_t leaf_index,
                               const NodeReader& nodes);

// A tree without the destroyed leaves. Order: `written` durable, `root` durable in the anchor in
// place of the old one, then `obsolete` deleted. Until the anchor has changed the destruction has
// not happened, and may be computed again: the new nodes overwrite those of the first attempt or
// are unreachable.
struct DestroyedLeaves {
  TreeRoot root;
  std::vector<WrittenNode> written;
  std::vector<NodeAddress> obsolete;
  std::vector<std::uint32_t> absent;  // asked for, but not there
};
//   errors   kNotFound: none of the leaves is there; otherwise as AddLeaves
StatusOr<DestroyedLeaves> DestroyLeaves(const TreeRoot& root,
                                        const std::set<std::uint32_t>& leaf_indexes,
                                        const NodeReader& nodes, Random& random);

// Up to `max_count` leaves that exist, ascending, from `first` on: for sweeping. Opens no key.
StatusOr<std::vector<std::uint32_t>> ListLeaves(std::uint64_t root_generation, std::uint32_t first,
                                                std::size_t max_count, const NodeReader& nodes);

}  // namespace noren::keys
