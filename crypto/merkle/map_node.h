// One node of a Merkle map: its stored bytes and its hash. Inner part of map.h.
// Source:   docs/formats/consent_map.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "crypto/merkle/map.h"

namespace noren::merkle::map_node {

enum class Kind : std::uint8_t { kEmpty, kBranch, kLeaf };

struct Child {
  Kind kind = Kind::kEmpty;
  Hash256 hash{};
};
using Children = std::array<Child, kMapFanOut>;

unsigned NibbleOf(const Hash256& key, unsigned depth);
// The place of a child of the branch at `depth` on the way to `key`.
inline MapPlace ChildPlace(const Hash256& key, unsigned depth) {
  return MapPlace::Of(key, depth + 1);
}

Bytes EncodeBranch(const Children& children);
Bytes EncodeLeaf(const MapEntry& entry);
Hash256 HashBranch(const MapPlace& place, ByteSpan encoded);

// The node of this place and hash, out of what was stored there.
//   errors   kDataLoss: nothing stored, malformed, or another hash
StatusOr<Children> OpenBranch(const MapPlace& place, const Hash256& hash,
                              const std::optional<Bytes>& stored);
StatusOr<MapEntry> OpenLeaf(const Hash256& hash, const std::optional<Bytes>& stored);

}  // namespace noren::merkle::map_node
