// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/map.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "crypto/base/encoding.h"
#include "crypto/merkle/map_node.h"
#include "crypto/primitives/hash.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::merkle {
namespace {

using Entries = std::map<Hash256, Hash256>;

Hash256 KeyOf(std::uint64_t n) { return primitives::Sha256(AsBytes("key " + std::to_string(n))); }
Hash256 ValueOf(std::uint64_t n) { return primitives::Sha256(AsBytes("v " + std::to_string(n))); }

// Keys that share long beginnings, so that deep branches are met: half bytes drawn from two.
Hash256 NarrowKey(std::uint64_t n) {
  Hash256 key{};
  key[0] = (n & 1) != 0 ? 0x10 : 0x11;
  key[1] = (n & 2) != 0 ? 0x01 : 0x00;
  key[7] = (n & 4) != 0 ? 0x20 : 0x00;
  key[31] = static_cast<std::uint8_t>(n >> 3 & 3);
  return key;
}

// What is stored.
class StoredMap final : public MapNodeReader {
 public:
  StatusOr<std::optional<Bytes>> ReadNode(const MapPlace& place) const override {
    ++reads_;
    const auto found = nodes.find(place);
    if (found == nodes.end()) return std::optional<Bytes>();
    return std::optional(found->second);
  }
  Status Change(const std::vector<MapChange>& changes) {
    NOREN_ASSIGN_OR_RETURN(const MapUpdate update, ApplyMapChanges(root, changes, *this));
    for (const WrittenMapNode& node : update.written) {
      if (node.bytes) nodes[node.place] = *node.bytes;
      if (!node.bytes) nodes.erase(node.place);
    }
    root = update.root;
    return OkStatus();
  }
  Status Put(const Hash256& key, const Hash256& value) { return Change({{key, value}}); }
  Status Remove(const Hash256& key) { return Change({{key, std::nullopt}}); }
  Status Verify(const Hash256& key, const std::optional<Hash256>& value) const {
    return VerifyMapEntry(root, key, value, *this);
  }
  std::size_t reads() const { return reads_; }

  std::map<MapPlace, Bytes> nodes;
  Hash256 root = EmptyMapRoot();

 private:
  mutable std::size_t reads_ = 0;
};

// The oracle: the root as the document defines it, from all entries, with nothing of the map's own
// code.
Hash256 SlowRoot(const Entries& entries, const std::string& prefix = "") {
  const auto hex = [](const Hash256& h) { return HexEncode(h); };
  if (entries.empty()) return Hash256{};
  unsigned nodes = 0, alone = 0;
  RecordWriter children;
  for (unsigned digit = 0; digit < 16; ++digit) {
    const std::string below = prefix + "0123456789abcdef"[digit];
    Entries inside;
    for (const auto& entry : entries) {
      if (hex(entry.first).starts_with(below)) inside.insert(entry);
    }
    if (inside.size() > 1) {
      nodes |= 1U << digit;
      children.Raw(SlowRoot(inside, below));
    } else if (inside.size() == 1) {
      alone |= 1U << digit;
      children.Raw(inside.begin()->first).Raw(inside.begin()->second);
    }
  }
  const std::string even = prefix.size() % 2 == 0 ? prefix : prefix + "0";
  return primitives::Sha256(RecordWriter()
                                .Raw(AsBytes("noren/map-node/1\n"))
                                .U8(static_cast<std::uint8_t>(prefix.size()))
                                .Raw(*HexDecode(even))
                                .U8(1)
                                .U16(static_cast<std::uint16_t>(nodes))
                                .U16(static_cast<std::uint16_t>(alone))
                                .Raw(children.bytes())
                                .bytes());
}

std::vector<MapEntry> ListOf(const Entries& entries) {
  std::vector<MapEntry> list;
  for (const auto& [key, value] : entries) list.push_back({key, value});
  return list;
}

// Stored are exactly the nodes of a map that never held anything else.
void CheckAgainstRebuilt(const StoredMap& map, const Entries& entries) {
  ASSERT_EQ(map.root, SlowRoot(entries));
  const MapUpdate rebuilt = BuildMap(ListOf(entries));
  ASSERT_EQ(map.root, rebuilt.root);
  ASSERT_EQ(map.nodes.size(), rebuilt.written.size());
  for (const WrittenMapNode& node : rebuilt.written) {
    const auto stored = map.nodes.find(node.place);
    ASSERT_TRUE(stored != map.nodes.end());
    ASSERT_EQ(stored->second, node.bytes);
  }
}

StoredMap MapOf(std::uint64_t count) {
  StoredMap map;
  for (std::uint64_t n = 0; n < count; ++n) EXPECT_OK(map.Put(KeyOf(n), ValueOf(n)));
  return map;
}

TEST(MerkleMap, TheEmptyMapHoldsNothingAndHasNoNode) {
  const StoredMap map;
  EXPECT_EQ(map.root, Hash256{});
  EXPECT_OK(map.Verify(KeyOf(1), std::nullopt));
  EXPECT_THAT(map.Verify(KeyOf(1), ValueOf(1)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(map.Verify(KeyOf(1), Hash256{}), StatusIs(StatusCode::kDataLoss));
  EXPECT_EQ(map.reads(), 0u);
  EXPECT_EQ(BuildMap({}).root, EmptyMapRoot());
}

TEST(MerkleMap, OneEntryIsProvenAndNothingElseIs) {
  StoredMap map;
  ASSERT_OK(map.Put(KeyOf(1), ValueOf(1)));
  EXPECT_NE(map.root, EmptyMapRoot());
  EXPECT_OK(map.Verify(KeyOf(1), ValueOf(1)));
  EXPECT_THAT(map.Verify(KeyOf(1), ValueOf(2)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(map.Verify(KeyOf(1), std::nullopt), StatusIs(StatusCode::kDataLoss));
  EXPECT_OK(map.Verify(KeyOf(2), std::nullopt));
  EXPECT_THAT(map.Verify(KeyOf(2), ValueOf(1)), StatusIs(StatusCode::kDataLoss));
}

TEST(MerkleMap, TheLastRemovalGivesTheEmptyMapBack) {
  StoredMap map = MapOf(40);
  for (std::uint64_t n = 0; n < 40; ++n) ASSERT_OK(map.Remove(KeyOf(n)));
  EXPECT_EQ(map.root, EmptyMapRoot());
  EXPECT_TRUE(map.nodes.empty());
}

// Goal: any history ends in the nodes and the root of its last state. Oracle: SlowRoot over a
// std::map; keys from a small pool, so that branches come and go, deep ones too.
RC_GTEST_PROP(MerkleMap, AnyHistoryGivesTheRootOfItsLastState,
              (std::vector<std::pair<std::uint8_t, std::uint8_t>> steps, bool narrow)) {
  StoredMap map;
  Entries entries;
  for (const auto& [n, what] : steps) {
    const Hash256 key = narrow ? NarrowKey(n & 31) : KeyOf(n & 63);
    if (what % 3 == 0) {
      entries.erase(key);
      RC_ASSERT(map.Remove(key).ok());
    } else {
      entries[key] = ValueOf(what);
      RC_ASSERT(map.Put(key, ValueOf(what)).ok());
    }
    RC_ASSERT(map.root == SlowRoot(entries));
  }
  CheckAgainstRebuilt(map, entries);
  for (std::uint64_t n = 0; n < 64; ++n) {
    const Hash256 key = narrow ? NarrowKey(n & 31) : KeyOf(n);
    const auto found = entries.find(key);
    const bool there = found != entries.end();
    RC_ASSERT(map.Verify(key, std::nullopt).ok() == !there);
    RC_ASSERT(map.Verify(key, ValueOf(1)).ok() == (there && found->second == ValueOf(1)));
    if (there) RC_ASSERT(map.Verify(key, found->second).ok());
  }
}

RC_GTEST_PROP(MerkleMap, ChangesTogetherAreTheChangesOneByOne,
              (std::vector<std::pair<std::uint8_t, std::uint8_t>> before,
               std::vector<std::pair<std::uint8_t, std::uint8_t>> steps)) {
  const auto change_of = [](const std::pair<std::uint8_t, std::uint8_t>& step) {
    MapChange change{NarrowKey(step.first & 31), std::nullopt};
    if (step.second % 3 != 0) change.value = ValueOf(step.second);
    return change;
  };
  StoredMap together, one_by_one;
  std::vector<MapChange> changes;
  for (const auto& step : before) RC_ASSERT(together.Change({change_of(step)}).ok());
  one_by_one.nodes = together.nodes;
  one_by_one.root = together.root;
  for (const auto& step : steps) {
    changes.push_back(change_of(step));
    RC_ASSERT(one_by_one.Change({changes.back()}).ok());
  }
  RC_ASSERT(together.Change(changes).ok());
  RC_ASSERT(together.root == one_by_one.root);
  RC_ASSERT(together.nodes == one_by_one.nodes);
}

RC_GTEST_PROP(MerkleMap, TheOrderOfInsertionLeavesNoTrace, (std::uint32_t seed)) {
  std::vector<std::uint64_t> order;
  for (std::uint64_t n = 0; n < 60; ++n) order.push_back(n);
  const StoredMap expected = MapOf(60);
  SeededRandom random(seed);
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    std::array<std::uint8_t, 2> draw{};
    random.Fill(draw);
    std::swap(order[i], order[(draw[0] * 256U + draw[1]) % (i + 1)]);
  }
  StoredMap map;
  for (const std::uint64_t n : order) RC_ASSERT(map.Put(KeyOf(n), ValueOf(n)).ok());
  RC_ASSERT(map.root == expected.root);
  RC_ASSERT(map.nodes == expected.nodes);
}

TEST(MerkleMap, ARemovedKeyLeavesNoTrace) {
  const StoredMap before = MapOf(200);
  for (std::uint64_t n = 200; n < 260; ++n) {
    StoredMap map = before;
    ASSERT_OK(map.Put(KeyOf(n), ValueOf(n)));
    ASSERT_NE(map.root, before.root);
    ASSERT_OK(map.Remove(KeyOf(n)));
    EXPECT_EQ(map.root, before.root);
    EXPECT_EQ(map.nodes, before.nodes);
  }
}

TEST(MerkleMap, RemovingWhatIsAbsentWritesNothing) {
  StoredMap map = MapOf(50);
  const std::vector<MapChange> absent = {{KeyOf(1000), std::nullopt}};
  ASSERT_OK_AND_ASSIGN(const MapUpdate update, ApplyMapChanges(map.root, absent, map));
  EXPECT_EQ(update.root, map.root);
  EXPECT_TRUE(update.written.empty());
  const std::vector<MapChange> same = {{KeyOf(7), ValueOf(7)}};
  ASSERT_OK_AND_ASSIGN(const MapUpdate again, ApplyMapChanges(map.root, same, map));
  EXPECT_EQ(again.root, map.root);
  EXPECT_TRUE(again.written.empty());
}

TEST(MerkleMap, APathIsAsLongAsTheNumberOfEntriesWants) {
  StoredMap map;
  std::vector<MapChange> changes;
  for (std::uint64_t n = 0; n < 4096; ++n) changes.push_back({KeyOf(n), ValueOf(n)});
  ASSERT_OK(map.Change(changes));
  const std::size_t before = map.reads();
  for (std::uint64_t n = 0; n < 4096; ++n) ASSERT_OK(map.Verify(KeyOf(n), ValueOf(n)));
  const double levels = static_cast<double>(map.reads() - before) / 4096;
  EXPECT_GT(levels, 3.0);
  EXPECT_LT(levels, 4.0);  // log16 of 4,096 is 3; some keys share one half byte more
}

// Attacks: what is stored is changed, the root is not.

// Every node of an older image put back alone: whoever is below it is refused, everyone else reads
// on.
TEST(MerkleMapAttack, AnOldNodeIsRefusedForWhoeverIsBelowIt) {
  const StoredMap old = MapOf(300);
  StoredMap now = old;
  ASSERT_OK(now.Put(KeyOf(17), ValueOf(1017)));
  std::size_t changed = 0;
  for (const auto& [place, bytes] : now.nodes) {
    if (old.nodes.at(place) == bytes) continue;
    ++changed;
    StoredMap attacked = now;
    attacked.nodes[place] = old.nodes.at(place);
    for (std::uint64_t n = 0; n < 300; ++n) {
      const bool below = MapPlace::Of(KeyOf(n), place.depth) == place;
      const std::uint64_t value = n == 17 ? 1017 : n;
      EXPECT_EQ(attacked.Verify(KeyOf(n), ValueOf(value)).ok(), !below) << n;
    }
    EXPECT_THAT(attacked.Verify(KeyOf(17), ValueOf(17)), StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_GE(changed, 2u);
}

TEST(MerkleMapAttack, AnOlderImageOfAllNodesIsRefusedForEveryKey) {
  const StoredMap old = MapOf(100);
  StoredMap now = old;
  ASSERT_OK(now.Put(KeyOf(17), ValueOf(1017)));
  now.nodes = old.nodes;
  for (std::uint64_t n = 0; n < 100; ++n) {
    EXPECT_THAT(now.Verify(KeyOf(n), ValueOf(n)), StatusIs(StatusCode::kDataLoss));
  }
  EXPECT_THAT(now.Verify(KeyOf(5000), std::nullopt), StatusIs(StatusCode::kDataLoss));
}

TEST(MerkleMapAttack, ANodeOfAnotherPlaceIsRefused) {
  const StoredMap map = MapOf(300);
  for (const auto& [place, bytes] : map.nodes) {
    for (const auto& [other, others_bytes] : map.nodes) {
      if (other == place || other.depth > 2 || others_bytes == bytes) continue;
      StoredMap attacked = map;
      attacked.nodes[place] = others_bytes;
      for (std::uint64_t n = 0; n < 300; n += 7) {
        if (MapPlace::Of(KeyOf(n), place.depth) != place) continue;
        EXPECT_THAT(attacked.Verify(KeyOf(n), ValueOf(n)), StatusIs(StatusCode::kDataLoss));
        EXPECT_THAT(attacked.Verify(KeyOf(n), std::nullopt), StatusIs(StatusCode::kDataLoss));
      }
    }
  }
}

// The same bytes at another place have another hash, though no key is in them: a chain of nodes
// above the same two entries, one level deeper, is another map.
TEST(MerkleMapAttack, NodesAlikeHaveHashesOfTheirOwn) {
  const Bytes node = RecordWriter().U8(1).U16(3).U16(0).Raw(ValueOf(1)).Raw(ValueOf(2)).Take();
  std::set<Hash256> hashes;
  for (unsigned depth = 0; depth < kMapDepthMax; ++depth) {
    hashes.insert(map_node::HashNode(MapPlace::Of(Hash256{}, depth), node));
    hashes.insert(map_node::HashNode(MapPlace::Of(KeyOf(1), depth), node));
  }
  EXPECT_EQ(hashes.size(), 2U * kMapDepthMax - 1) << "the root has one place only";
}

TEST(MerkleMapAttack, AnOldEntryAmongItsNewSiblingsIsRefused) {
  StoredMap now = MapOf(300);
  ASSERT_OK(now.Put(KeyOf(17), ValueOf(1017)));
  // The node that holds the entry, with the old value put in by hand among what is there now.
  const Hash256 fresh = ValueOf(1017), stale = ValueOf(17);
  bool forged = false;
  for (auto& [place, bytes] : now.nodes) {
    const auto at = std::search(bytes.begin(), bytes.end(), fresh.begin(), fresh.end());
    if (at == bytes.end()) continue;
    std::copy(stale.begin(), stale.end(), at);
    forged = true;
  }
  ASSERT_TRUE(forged);
  EXPECT_THAT(now.Verify(KeyOf(17), ValueOf(17)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(now.Verify(KeyOf(17), ValueOf(1017)), StatusIs(StatusCode::kDataLoss));
}

TEST(MerkleMapAttack, AnEmptiedMapIsRefused) {
  StoredMap map = MapOf(20);
  map.nodes.clear();
  EXPECT_THAT(map.Verify(KeyOf(1), ValueOf(1)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(map.Verify(KeyOf(1), std::nullopt), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(map.Put(KeyOf(1), ValueOf(2)), StatusIs(StatusCode::kDataLoss));
}

// A key is not made absent by a node of a map without it.
TEST(MerkleMapAttack, TheNodeOfAMapWithoutTheKeyDoesNotProveAbsence) {
  StoredMap map = MapOf(40);
  for (std::uint64_t n = 0; n < 40; ++n) {
    StoredMap without = map;
    ASSERT_OK(without.Remove(KeyOf(n)));
    without.root = map.root;
    EXPECT_THAT(without.Verify(KeyOf(n), std::nullopt), StatusIs(StatusCode::kDataLoss));
  }
}

// Nothing that was put back may enter a new root: a change verifies what it rewrites.
TEST(MerkleMapAttack, AChangeDoesNotLaunderAnOldNode) {
  const StoredMap old = MapOf(300);
  StoredMap now = old;
  ASSERT_OK(now.Put(KeyOf(17), ValueOf(1017)));
  for (const auto& [place, bytes] : old.nodes) {
    if (now.nodes.at(place) == bytes) continue;
    StoredMap attacked = now;
    attacked.nodes[place] = bytes;
    for (std::uint64_t n = 0; n < 300; ++n) {
      if (MapPlace::Of(KeyOf(n), place.depth) != place) continue;
      EXPECT_THAT(attacked.Put(KeyOf(n), ValueOf(5)), StatusIs(StatusCode::kDataLoss));
      EXPECT_THAT(attacked.Remove(KeyOf(n)), StatusIs(StatusCode::kDataLoss));
      EXPECT_EQ(attacked.root, now.root);
    }
  }
}

TEST(MerkleMapProof, ShowsPresenceAndAbsenceWithoutTheMap) {
  const StoredMap map = MapOf(300);
  for (std::uint64_t n = 0; n < 400; ++n) {
    const auto value = n < 300 ? std::optional(ValueOf(n)) : std::nullopt;
    ASSERT_OK_AND_ASSIGN(const MapProof proof, BuildMapProof(map.root, KeyOf(n), value, map));
    EXPECT_OK(VerifyMapProof(map.root, KeyOf(n), value, proof));
    const auto lie = n < 300 ? std::nullopt : std::optional(ValueOf(n));
    EXPECT_THAT(BuildMapProof(map.root, KeyOf(n), lie, map), StatusIs(StatusCode::kDataLoss));
    EXPECT_THAT(VerifyMapProof(map.root, KeyOf(n), lie, proof), StatusIs(StatusCode::kDataLoss));
  }
}

TEST(MerkleMapProof, RefusesEveryChangedBitACutAndAnAddition) {
  const StoredMap map = MapOf(40);
  for (const std::uint64_t n : {std::uint64_t{3}, std::uint64_t{41}}) {
    const auto value = n < 40 ? std::optional(ValueOf(n)) : std::nullopt;
    ASSERT_OK_AND_ASSIGN(const MapProof proof, BuildMapProof(map.root, KeyOf(n), value, map));
    for (std::size_t node = 0; node < proof.size(); ++node) {
      for (std::size_t bit = 0; bit < proof[node].size() * 8; ++bit) {
        MapProof changed = proof;
        changed[node][bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        ASSERT_FALSE(VerifyMapProof(map.root, KeyOf(n), value, changed).ok()) << node << " " << bit;
      }
      MapProof cut = proof;
      cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(node));
      EXPECT_FALSE(VerifyMapProof(map.root, KeyOf(n), value, cut).ok());
    }
    MapProof longer = proof;
    longer.push_back(proof.back());
    EXPECT_FALSE(VerifyMapProof(map.root, KeyOf(n), value, longer).ok());
  }
}

// Bytes that do not decode are refused even under their own hash.
TEST(MerkleMapNode, IsStrict) {
  const auto root_of = [](const Bytes& node) {
    return primitives::Sha256(
        RecordWriter().Raw(AsBytes("noren/map-node/1\n")).U8(0).Raw(node).bytes());
  };
  const Bytes both = RecordWriter().U8(1).U16(1).U16(1).Raw(ValueOf(1)).Raw(ValueOf(2)).Take();
  const Bytes cut = RecordWriter().U8(1).U16(1).U16(2).Raw(ValueOf(1)).Raw(ValueOf(1)).Take();
  const Bytes longer = RecordWriter().U8(1).U16(1).U16(0).Raw(ValueOf(1)).U8(0).Take();
  const Bytes other = RecordWriter().U8(3).U16(1).U16(0).Raw(ValueOf(1)).Take();
  for (const Bytes& node : {both, cut, longer, other, Bytes{}, Bytes{1}}) {
    StoredMap map;
    map.nodes[MapPlace{}] = node;
    map.root = root_of(node);
    EXPECT_THAT(map.Verify(Hash256{}, std::nullopt), StatusIs(StatusCode::kDataLoss));
  }
}

TEST(MapPlace, SortsByDepthAndHoldsOnlyItsHalfBytes) {
  Hash256 key{};
  key.fill(0xAB);
  EXPECT_EQ(HexEncode(MapPlace{}.Encode()), "00");
  EXPECT_EQ(HexEncode(MapPlace::Of(key, 1).Encode()), "01a0");
  EXPECT_EQ(HexEncode(MapPlace::Of(key, 4).Encode()), "04abab");
  EXPECT_EQ(MapPlace::Of(key, 64).Encode().size(), 33u);
  for (unsigned depth = 0; depth < kMapDepthMax; ++depth) {
    const unsigned half = depth % 2 == 0 ? 0xA : 0xB;
    EXPECT_EQ(MapPlace::Of(key, depth).Child(half), MapPlace::Of(key, depth + 1));
    EXPECT_LT(MapPlace::Of(key, depth), MapPlace::Of(key, depth + 1));
  }
}

// docs/formats/consent_map.md, "Example".
TEST(MerkleMap, WritesTheGoldenNodes) {
  StoredMap map;
  for (const std::uint64_t n : {0, 1, 2, 3, 4}) ASSERT_OK(map.Put(KeyOf(n), ValueOf(n)));
  Hash256 near = KeyOf(0);
  near[31] ^= 0x0F;  // shares 63 half bytes with another key: the longest chain of nodes
  ASSERT_OK(map.Put(near, ValueOf(5)));
  std::string text = "root " + HexEncode(map.root) + "\n";
  for (const auto& [place, bytes] : map.nodes) {
    text += HexEncode(place.Encode()) + " " + HexEncode(bytes) + "\n";
  }
  EXPECT_EQ(text, AsText(ReadFileBytes(SourceFolder() + "/tests/golden/consent_map_v1.txt")));
}

}  // namespace
}  // namespace noren::merkle
