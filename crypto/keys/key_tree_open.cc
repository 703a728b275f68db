// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree_open.h"

#include <utility>

#include "crypto/base/check.h"
#include "crypto/keys/key_tree_wrap.h"

namespace noren::keys {

NodeAddress ChildAddress(const Node& parent, std::uint32_t slot, std::uint64_t generation) {
  return {static_cast<std::uint8_t>(parent.address.level + 1),
          parent.address.index * kTreeFanOut + slot, generation};
}

StatusOr<Node> ReadNodeAt(const NodeAddress& address, const NodeReader& nodes) {
  const StatusOr<Bytes> bytes = nodes.ReadNode(address);
  if (bytes.status().code() == StatusCode::kNotFound) {
    return DataLoss("key tree: a node is missing");
  }
  if (!bytes.ok()) return bytes.status();
  return DecodeNode(*bytes, address);
}

StatusOr<OpenNode> OpenRoot(const TreeRoot& root, const NodeReader& nodes) {
  NOREN_CHECK(root.key.size() == kTreeKeySizeBytes, "a key tree's root key has 32 bytes");
  NOREN_ASSIGN_OR_RETURN(Node node, ReadNodeAt({0, 0, root.generation}, nodes));
  return OpenNode{std::move(node), root.key.Clone()};
}

StatusOr<OpenNode> OpenChildNode(const OpenNode& parent, std::uint32_t slot,
                                 const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(SecretBytes key, UnwrapChildKey(parent.key, parent.node, slot));
  const std::uint64_t generation = parent.node.children[slot]->generation;
  NOREN_ASSIGN_OR_RETURN(Node node, ReadNodeAt(ChildAddress(parent.node, slot, generation), nodes));
  return OpenNode{std::move(node), std::move(key)};
}

}  // namespace noren::keys
