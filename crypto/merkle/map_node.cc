// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/map_node.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::merkle {
namespace {

constexpr std::string_view kDomain = "noren/map-node/1\n";
constexpr std::uint8_t kLayout = 1;

Hash256 ReadHash(RecordReader& in) {
  Hash256 hash{};
  const ByteSpan bytes = in.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Status NotTheNode() {
  return DataLoss("merkle map: a node is not the one that the root commits to");
}

}  // namespace

MapPlace MapPlace::Of(const Hash256& key, unsigned depth) {
  MapPlace place;
  place.depth = static_cast<std::uint8_t>(depth);
  const std::size_t whole = depth / 2;
  std::copy(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(whole), place.prefix.begin());
  if (depth % 2 != 0) place.prefix[whole] = static_cast<std::uint8_t>(key[whole] & 0xF0U);
  return place;
}

MapPlace MapPlace::Child(unsigned half_byte) const {
  MapPlace child = *this;
  const unsigned shift = depth % 2 == 0 ? 4 : 0;
  child.prefix[depth / 2] |= static_cast<std::uint8_t>(half_byte << shift);
  ++child.depth;
  return child;
}

Bytes MapPlace::Encode() const {
  return RecordWriter().U8(depth).Raw(ByteSpan(prefix).first((depth + 1U) / 2)).Take();
}

namespace map_node {

unsigned HalfByteOf(const Hash256& key, unsigned depth) {
  const unsigned byte = key[depth / 2];
  return depth % 2 == 0 ? byte >> 4 : byte & 0x0FU;
}

Bytes EncodeNode(const Children& children) {
  unsigned nodes = 0, entries = 0;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    if (children[i].kind == Kind::kNode) nodes |= 1U << i;
    if (children[i].kind == Kind::kEntry) entries |= 1U << i;
  }
  RecordWriter out;
  out.U8(kLayout).U16(static_cast<std::uint16_t>(nodes)).U16(static_cast<std::uint16_t>(entries));
  for (const Child& child : children) {
    if (child.kind == Kind::kNode) out.Raw(child.hash);
    if (child.kind == Kind::kEntry) out.Raw(child.entry.key).Raw(child.entry.value);
  }
  return out.Take();
}

Hash256 HashNode(const MapPlace& place, ByteSpan encoded) {
  return primitives::Sha256(
      RecordWriter().Raw(AsBytes(kDomain)).Raw(place.Encode()).Raw(encoded).bytes());
}

StatusOr<Children> OpenNode(const MapPlace& place, const Hash256& hash,
                            const std::optional<Bytes>& stored) {
  if (!stored || HashNode(place, *stored) != hash) return NotTheNode();
  RecordReader in(*stored);
  if (in.U8() != kLayout) return NotTheNode();
  const unsigned nodes = in.U16();
  const unsigned entries = in.U16();
  if ((nodes & entries) != 0) return NotTheNode();
  Children children;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    Child& child = children[i];
    if ((nodes >> i & 1U) != 0) child = {Kind::kNode, ReadHash(in), {}};
    if ((entries >> i & 1U) == 0) continue;
    child.kind = Kind::kEntry;
    child.entry.key = ReadHash(in);
    child.entry.value = ReadHash(in);
  }
  if (!in.Finish().ok()) return NotTheNode();
  return children;
}

}  // namespace map_node
}  // namespace noren::merkle
