// A Merkle map from 32-byte keys to 32-byte values: one root commits to every entry, and to the
// absence of every other. A trie of fan-out 16 over the key's half bytes; its nodes are rewritten
// in place, so that only the present map is kept. Pure logic: nodes are read through an interface,
// and changes are returned for the caller to store.
// Source:   docs/formats/consent_map.md; docs/design/0009-the-persons-side.md
// Threads:  concurrently; changes of one map are externally serialised
// Why safe: a node is believed only when its hash is what its parent holds, up to a root that is
//           kept elsewhere. The hash covers the node's place, so that nothing authentic can stand
//           anywhere else. The shape follows from the keys alone: a node is where two keys or more
//           go on, so the root does not depend on history
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::merkle {

inline constexpr unsigned kMapFanOut = 16;
inline constexpr unsigned kMapDepthMax = 64;  // half bytes of a key
inline constexpr std::size_t kMapNodeSizeBytesMax = 5 + kMapFanOut * 64;

// Where a node stands: below the first `depth` half bytes of a key. The root is at depth 0.
struct MapPlace {
  std::uint8_t depth = 0;
  Hash256 prefix{};  // zero from half byte `depth` on
  auto operator<=>(const MapPlace&) const = default;

  static MapPlace Of(const Hash256& key, unsigned depth);
  MapPlace Child(unsigned half_byte) const;
  // The depth, then the whole bytes that hold the prefix: the node's key in a store.
  Bytes Encode() const;
};

struct MapEntry {
  Hash256 key{};
  Hash256 value{};
  bool operator==(const MapEntry&) const = default;
};

// The root of the map without entries: 32 zero bytes, which no node hashes to.
inline Hash256 EmptyMapRoot() { return {}; }

class MapNodeReader {
 public:
  virtual ~MapNodeReader() = default;
  // The stored bytes at a place, nullopt when there are none; the store's own error.
  virtual StatusOr<std::optional<Bytes>> ReadNode(const MapPlace& place) const = 0;
};

// Ok when the map of this root holds exactly `value` under `key` (nullopt: nothing).
//   errors   kDataLoss: it does not, or a node on the path is not the one the root commits to;
//            errors of the reader
//   cost     one node and one hash per level, about log16 of the number of entries
Status VerifyMapEntry(const Hash256& root, const Hash256& key, const std::optional<Hash256>& value,
                      const MapNodeReader& nodes);

// Nodes from the root downwards that let others verify one key without the map.
using MapProof = std::vector<Bytes>;
//   errors   as VerifyMapEntry
StatusOr<MapProof> BuildMapProof(const Hash256& root, const Hash256& key,
                                 const std::optional<Hash256>& value, const MapNodeReader& nodes);
// Ok when the proof shows what VerifyMapEntry would find; kDataLoss otherwise, also when the proof
// holds more than is needed.
Status VerifyMapProof(const Hash256& root, const Hash256& key, const std::optional<Hash256>& value,
                      const MapProof& proof);

struct MapChange {
  Hash256 key{};
  std::optional<Hash256> value;  // nullopt: the key goes
};

struct WrittenMapNode {
  MapPlace place;
  std::optional<Bytes> bytes;  // nullopt: deleted
  bool operator==(const WrittenMapNode&) const = default;
};

struct MapUpdate {
  Hash256 root{};
  std::vector<WrittenMapNode> written;  // by place; all in one atomic write with what is mapped
};

// The map after the changes, made in order. Removing what is absent changes nothing. Whatever is
// read is verified against `root` first, so that nothing put back enters the new root.
//   errors   kDataLoss: a node is missing, malformed or not the one the root commits to; errors of
//            the reader
StatusOr<MapUpdate> ApplyMapChanges(const Hash256& root, std::span<const MapChange> changes,
                                    const MapNodeReader& nodes);

// The whole map from its entries, for comparing a stored one with what it should be, or writing it
// anew. Sorts `entries`; of one key the last entry counts.
MapUpdate BuildMap(std::vector<MapEntry> entries);

}  // namespace noren::merkle
