// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/map.h"

#include <utility>

#include "crypto/merkle/map_node.h"

namespace noren::merkle {
namespace {

using map_node::Children;
using map_node::Kind;

Status OtherEntry() { return DataLoss("merkle map: the root commits to another entry"); }

// Keeps what is read on the way, in the order of reading.
class RecordingReader final : public MapNodeReader {
 public:
  RecordingReader(const MapNodeReader& nodes, MapProof& read) : nodes_(nodes), read_(read) {}
  StatusOr<std::optional<Bytes>> ReadNode(const MapPlace& place) const override {
    NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> bytes, nodes_.ReadNode(place));
    if (bytes) read_.push_back(*bytes);
    return bytes;
  }

 private:
  const MapNodeReader& nodes_;
  MapProof& read_;
};

// Gives a proof's nodes out in their order.
class ProofReader final : public MapNodeReader {
 public:
  explicit ProofReader(const MapProof& proof) : proof_(proof) {}
  StatusOr<std::optional<Bytes>> ReadNode(const MapPlace&) const override {
    if (next_ == proof_.size()) return std::optional<Bytes>();
    return std::optional(proof_[next_++]);
  }
  bool all_used() const { return next_ == proof_.size(); }

 private:
  const MapProof& proof_;
  mutable std::size_t next_ = 0;
};

}  // namespace

Status VerifyMapEntry(const Hash256& root, const Hash256& key, const std::optional<Hash256>& value,
                      const MapNodeReader& nodes) {
  if (root == EmptyMapRoot()) return value ? OtherEntry() : OkStatus();
  Hash256 hash = root;
  for (unsigned depth = 0; depth < kMapDepthMax; ++depth) {
    const MapPlace place = MapPlace::Of(key, depth);
    NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, nodes.ReadNode(place));
    NOREN_ASSIGN_OR_RETURN(const Children children, map_node::OpenNode(place, hash, stored));
    const map_node::Child& child = children[map_node::HalfByteOf(key, depth)];
    hash = child.hash;
    if (child.kind == Kind::kNode) continue;
    const bool is_there = child.kind == Kind::kEntry && child.entry.key == key;
    if (is_there != value.has_value()) return OtherEntry();
    return !value || child.entry.value == *value ? OkStatus() : OtherEntry();
  }
  return OtherEntry();
}

StatusOr<MapProof> BuildMapProof(const Hash256& root, const Hash256& key,
                                 const std::optional<Hash256>& value, const MapNodeReader& nodes) {
  MapProof proof;
  NOREN_RETURN_IF_ERROR(VerifyMapEntry(root, key, value, RecordingReader(nodes, proof)));
  return proof;
}

Status VerifyMapProof(const Hash256& root, const Hash256& key, const std::optional<Hash256>& value,
                      const MapProof& proof) {
  const ProofReader nodes(proof);
  NOREN_RETURN_IF_ERROR(VerifyMapEntry(root, key, value, nodes));
  return nodes.all_used() ? OkStatus() : DataLoss("merkle map: the proof goes on");
}

}  // namespace noren::merkle
