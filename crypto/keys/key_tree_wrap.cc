// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree_wrap.h"

#include <algorithm>
#include <string_view>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"

namespace noren::keys {
namespace {

constexpr std::string_view kWrapLabel = "noren/key-tree/wrap/v1";

Bytes WrapContext(const NodeAddress& node, ChildPlace place) {
  RecordWriter writer;
  writer.Field(kWrapLabel).Raw(node.Encode());
  return writer.U8(static_cast<std::uint8_t>(place.slot)).U64(place.generation).Take();
}

}  // namespace

void WrapChildKey(const SecretBytes& node_key, Node& node, ChildPlace place,
                  const SecretBytes& child_key, Random& random) {
  const Bytes context = WrapContext(node.address, place);
  const Bytes wrapped =
      primitives::SealSecret(node_key, primitives::AssociatedData{context}, child_key, random);
  ChildEntry& entry = node.children[place.slot].emplace();
  entry.generation = place.generation;
  NOREN_CHECK(wrapped.size() == entry.wrapped_key.size(), "a key of the tree has 32 bytes");
  std::copy(wrapped.begin(), wrapped.end(), entry.wrapped_key.begin());
}

StatusOr<SecretBytes> UnwrapChildKey(const SecretBytes& node_key, const Node& node,
                                     std::uint32_t slot) {
  NOREN_CHECK(node.children[slot].has_value(), "a child that is not there has no key");
  const ChildEntry& child = *node.children[slot];
  const Bytes context = WrapContext(node.address, {slot, child.generation});
  StatusOr<SecretBytes> key =
      primitives::OpenSecret(node_key, primitives::AssociatedData{context}, child.wrapped_key);
  if (!key.ok()) return DataLoss("key tree: a wrapped key does not open");
  return key;
}

}  // namespace noren::keys
