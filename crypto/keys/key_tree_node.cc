// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "crypto/base/encoding.h"
#include "crypto/keys/key_tree.h"
#include "crypto/primitives/aead.h"

namespace noren::keys {
namespace {

constexpr std::uint8_t kNodeVersion = 1;
static_assert(kWrappedKeySizeBytes == kTreeKeySizeBytes + primitives::kAeadOverheadBytes);

bool IsAddress(const NodeAddress& address) {
  return address.level < kTreeDepth && address.index < (1u << (6 * address.level));
}

std::uint64_t PresenceBits(const Node& node) {
  std::uint64_t present = 0;
  for (std::size_t slot = 0; slot < kTreeFanOut; ++slot) {
    if (node.children[slot].has_value()) present |= std::uint64_t{1} << slot;
  }
  return present;
}

}  // namespace

Bytes NodeAddress::Encode() const {
  return RecordWriter().U8(level).U32(index).U64(generation).Take();
}

StatusOr<NodeAddress> NodeAddress::Decode(ByteSpan bytes) {
  RecordReader reader(bytes);
  NodeAddress address;
  address.level = reader.U8();
  address.index = reader.U32();
  address.generation = reader.U64();
  if (!reader.Finish().ok() || !IsAddress(address)) return DataLoss("key tree: not a node address");
  return address;
}

bool Node::empty() const { return PresenceBits(*this) == 0; }

Bytes EncodeNode(const Node& node) {
  RecordWriter writer;
  writer.U8(kNodeVersion).Raw(node.address.Encode()).U64(PresenceBits(node));
  for (const std::optional<ChildEntry>& child : node.children) {
    if (child.has_value()) writer.U64(child->generation).Raw(child->wrapped_key);
  }
  return writer.Take();
}

StatusOr<Node> DecodeNode(ByteSpan bytes, const NodeAddress& address) {
  const Status malformed = DataLoss("key tree: malformed node");
  RecordReader reader(bytes);
  const std::uint8_t version = reader.U8();
  const ByteSpan stored_address = reader.Raw(address.Encode().size());
  const std::uint64_t present = reader.U64();
  if (!reader.ok() || version != kNodeVersion) return malformed;
  NOREN_ASSIGN_OR_RETURN(const NodeAddress decoded, NodeAddress::Decode(stored_address));
  if (decoded != address) return malformed;
  Node node;
  node.address = address;
  for (std::size_t slot = 0; slot < kTreeFanOut; ++slot) {
    if (((present >> slot) & 1) == 0) continue;
    ChildEntry& child = node.children[slot].emplace();
    child.generation = reader.U64();
    const ByteSpan wrapped = reader.Raw(kWrappedKeySizeBytes);
    std::copy(wrapped.begin(), wrapped.end(), child.wrapped_key.begin());
  }
  if (!reader.Finish().ok()) return malformed;
  return node;
}

}  // namespace noren::keys
