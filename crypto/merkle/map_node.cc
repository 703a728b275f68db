// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/map_node.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::merkle {
namespace {

constexpr std::string_view kLeafDomain = "noren/map-leaf/1\n";
constexpr std::string_view kBranchDomain = "noren/map-branch/1\n";
constexpr std::uint8_t kStoredBranch = 1;
constexpr std::uint8_t kStoredLeaf = 2;

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

Hash256 HashMapLeaf(const MapEntry& entry) {
  return primitives::Sha256(
      RecordWriter().Raw(AsBytes(kLeafDomain)).Raw(entry.key).Raw(entry.value).bytes());
}

namespace map_node {

unsigned NibbleOf(const Hash256& key, unsigned depth) {
  const unsigned byte = key[depth / 2];
  return depth % 2 == 0 ? byte >> 4 : byte & 0x0FU;
}

Bytes EncodeBranch(const Children& children) {
  unsigned branches = 0, leaves = 0;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    if (children[i].kind == Kind::kBranch) branches |= 1U << i;
    if (children[i].kind == Kind::kLeaf) leaves |= 1U << i;
  }
  RecordWriter out;
  out.U8(kStoredBranch).U16(static_cast<std::uint16_t>(branches));
  out.U16(static_cast<std::uint16_t>(leaves));
  for (const Child& child : children) {
    if (child.kind != Kind::kEmpty) out.Raw(child.hash);
  }
  return out.Take();
}

Bytes EncodeLeaf(const MapEntry& entry) {
  return RecordWriter().U8(kStoredLeaf).Raw(entry.key).Raw(entry.value).Take();
}

Hash256 HashBranch(const MapPlace& place, ByteSpan encoded) {
  return primitives::Sha256(RecordWriter()
                                .Raw(AsBytes(kBranchDomain))
                                .Raw(place.Encode())
                                .Raw(encoded)
                                .bytes());
}

StatusOr<Children> OpenBranch(const MapPlace& place, const Hash256& hash,
                              const std::optional<Bytes>& stored) {
  if (!stored || HashBranch(place, *stored) != hash) return NotTheNode();
  RecordReader in(*stored);
  if (in.U8() != kStoredBranch) return NotTheNode();
  const unsigned branches = in.U16();
  const unsigned leaves = in.U16();
  if ((branches & leaves) != 0) return NotTheNode();
  Children children;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    if (((branches | leaves) >> i & 1U) == 0) continue;
    children[i].kind = (branches >> i & 1U) != 0 ? Kind::kBranch : Kind::kLeaf;
    children[i].hash = ReadHash(in);
  }
  if (!in.Finish().ok()) return NotTheNode();
  return children;
}

StatusOr<MapEntry> OpenLeaf(const Hash256& hash, const std::optional<Bytes>& stored) {
  if (!stored) return NotTheNode();
  RecordReader in(*stored);
  const bool is_leaf = in.U8() == kStoredLeaf;
  MapEntry entry;
  entry.key = ReadHash(in);
  entry.value = ReadHash(in);
  if (!is_leaf || !in.Finish().ok() || HashMapLeaf(entry) != hash) return NotTheNode();
  return entry;
}

}  // namespace map_node
}  // namespace noren::merkle
