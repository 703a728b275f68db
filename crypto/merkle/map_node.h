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

enum class Kind : std::uint8_t { kEmpty, kNode, kEntry };

// What a node holds for one half byte: nothing, the hash of the node below, or the one entry that
// goes on there.
struct Child {
  Kind kind = Kind::kEmpty;
  Hash256 hash{};
  MapEntry entry;
};
using Children = std::array<Child, kMapFanOut>;

unsigned HalfByteOf(const Hash256& key, unsigned depth);

Bytes EncodeNode(const Children& children);
Hash256 HashNode(const MapPlace& place, ByteSpan encoded);
// The node of this place and hash, out of what was stored there.
//   errors   kDataLoss: nothing stored, malformed, or another hash
StatusOr<Children> OpenNode(const MapPlace& place, const Hash256& hash,
                            const std::optional<Bytes>& stored);

}  // namespace noren::merkle::map_node
