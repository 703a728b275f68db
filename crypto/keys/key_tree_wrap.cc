// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_tree_wrap.h"

#include <algorithm>
#include <string_view>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"
#include "crypto/primitives/bulk_aead.h"

namespace noren::keys {
namespace {

constexpr std::string_view kWrapLabel = "noren/key-tree/wrap/v1";

Bytes WrapContext(const NodeAddress& node, ChildPlace place) {
  RecordWriter writer;
  writer.Field(kWrapLabel).Raw(node.Encode());
  return writer.U8(static_cast<std::uint8_t>(place.slot)).U64(place.generation).Take();
}

// The associated data of one node's children: only the end differs from child to child.
class WrapContexts {
 public:
  explicit WrapContexts(const NodeAddress& node) : bytes_(WrapContext(node, {})) {}
  primitives::AssociatedData Of(std::uint32_t slot, std::uint64_t generation) {
    std::uint8_t* const end = bytes_.data() + bytes_.size();
    for (int i = 1; i <= 8; ++i, generation >>= 8) end[-i] = static_cast<std::uint8_t>(generation);
    end[-9] = static_cast<std::uint8_t>(slot);
    return {bytes_};
  }

 private:
  Bytes bytes_;
};

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

Status RewrapChildren(const SecretBytes& old_key, const Node& old, const SecretBytes& fresh_key,
                      Node& fresh, Random& random) {
  primitives::BulkOpener opener(old_key);
  primitives::BulkSealer sealer(fresh_key, random);
  WrapContexts from(old.address), to(fresh.address);
  SecretBytes key(kTreeKeySizeBytes);
  for (std::uint32_t slot = 0; slot < kTreeFanOut; ++slot) {
    if (!old.children[slot].has_value()) continue;
    const ChildEntry& child = *old.children[slot];
    if (!opener.Open(from.Of(slot, child.generation), child.wrapped_key, key)) {
      return DataLoss("key tree: a wrapped key does not open");
    }
    ChildEntry& entry = fresh.children[slot].emplace();
    entry.generation = child.generation;
    sealer.Seal(to.Of(slot, child.generation), key, entry.wrapped_key);
  }
  return OkStatus();
}

}  // namespace noren::keys
