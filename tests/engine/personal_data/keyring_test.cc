// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/keyring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "engine/personal_data/key_tree_store.h"
#include "engine/personal_data/person_key_cache.h"
#include "engine/storage/memory_store.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// A store whose next commits come out as told; reads go on.
class ScriptedStore final : public storage::Store {
 public:
  std::uint32_t partition_count() const override { return 1; }
  storage::CommitResult Commit(const storage::Batch& batch) override {
    const std::uint64_t number = ++commits;
    if (number != fail_at) return inner.Commit(batch);
    // "Unknown" has two truths; both must be survived.
    if (outcome == storage::Outcome::kUnknown && apply_unknown) inner.Commit(batch);
    return {.outcome = outcome, .feed_sequence = 0, .detail = "scripted"};
  }
  StatusOr<std::vector<std::optional<Bytes>>> Read(storage::Partition partition,
                                                   const std::vector<std::string>& keys) override {
    return inner.Read(partition, keys);
  }
  StatusOr<storage::Page> Scan(storage::Partition partition, const std::string& prefix,
                               const std::string& after, std::size_t limit) override {
    return inner.Scan(partition, prefix, after, limit);
  }
  StatusOr<storage::FeedPage> ReadFeed(storage::Partition partition, std::uint64_t after,
                                       std::size_t limit) override {
    return inner.ReadFeed(partition, after, limit);
  }
  Status TrimFeed(storage::Partition partition, std::uint64_t up_to) override {
    return inner.TrimFeed(partition, up_to);
  }
  void Compact() override {}
  storage::Health CheckHealth() override { return inner.CheckHealth(); }

  storage::MemoryStore inner;
  std::uint64_t commits = 0;
  std::uint64_t fail_at = 0;  // 0: never
  storage::Outcome outcome = storage::Outcome::kUnavailable;
  bool apply_unknown = false;
};

// Everything in one store, to be compared or put into another.
std::map<std::string, Bytes> ContentOf(storage::Store& store) {
  std::map<std::string, Bytes> content;
  const storage::Page page = store.Scan({}, "", "", 1'000'000).value();
  for (const storage::KeyValue& item : page.items) content[item.key] = item.value;
  return content;
}

void CopyInto(storage::Store& store, const std::map<std::string, Bytes>& content) {
  storage::Batch batch;
  for (const auto& [key, value] : content) batch.mutations.push_back({key, value});
  ASSERT_EQ(store.Commit(batch).outcome, storage::Outcome::kCommitted);
}

struct Ring {
  explicit Ring(storage::Store& tree_store, KeyringOptions options = {}) : store(tree_store) {
    Keyring::Created created = Keyring::Create(store, random, options).value();
    keyring = std::move(created.keyring);
    anchored = std::move(created.root);
  }
  // As a start after a crash would.
  Status Restart() {
    keyring.reset();
    StatusOr<std::unique_ptr<Keyring>> loaded = Keyring::Load(store, random, anchored.Clone());
    if (!loaded.ok()) return loaded.status();
    keyring = std::move(*loaded);
    return OkStatus();
  }
  std::vector<LeafIndex> Add(std::size_t count) {
    std::vector<LeafIndex> leaves;
    for (std::size_t i = 0; i < count; ++i) leaves.push_back(keyring->AddLeaf().value().leaf);
    return leaves;
  }
  void Destroy(std::vector<LeafIndex> leaves) {
    const DestructionPlan plan = keyring->PrepareDestruction(std::move(leaves)).value();
    anchored = plan.new_root.Clone();
    ASSERT_OK(keyring->CompleteDestruction(plan));
  }
  bool Opens(LeafIndex leaf) { return keyring->Open(leaf).ok(); }

  storage::Store& store;
  SeededRandom random{7};
  std::unique_ptr<Keyring> keyring;
  TreeRoot anchored;  // what the anchor would hold
};

TEST(Keyring, GivesEveryLeafKeysOfItsOwnAndTheSameOnesEachTime) {
  storage::MemoryStore store;
  Ring ring(store);
  const AddedLeaf one = ring.keyring->AddLeaf().value();
  const AddedLeaf two = ring.keyring->AddLeaf().value();
  EXPECT_NE(one.leaf, two.leaf);
  EXPECT_FALSE(one.keys->records == two.keys->records);
  EXPECT_FALSE(one.keys->records == one.keys->profile);
  EXPECT_NE(one.keys->items_recipient, two.keys->items_recipient);
  ASSERT_OK(ring.Restart());
  const auto again = ring.keyring->Open(one.leaf).value();
  EXPECT_TRUE(again->records == one.keys->records);
  EXPECT_TRUE(again->profile == one.keys->profile);
  EXPECT_TRUE(again->items_identity == one.keys->items_identity);
  EXPECT_EQ(again->items_recipient, one.keys->items_recipient);
}

TEST(Keyring, CreateRefusesADatabaseThatHoldsATree) {
  storage::MemoryStore store;
  Ring ring(store);
  EXPECT_EQ(CodeOf(Keyring::Create(store, ring.random).status()), ErrorCode::kStateConflict);
}

TEST(Keyring, LoadRefusesAnEmptyDatabaseAWrongRootAndAWrongGeneration) {
  storage::MemoryStore empty, store;
  Ring ring(store);
  ring.Add(1);
  EXPECT_EQ(CodeOf(Keyring::Load(empty, ring.random, ring.anchored.Clone())),
            ErrorCode::kDataCorrupt);
  TreeRoot wrong_key{SecretBytes(32), ring.anchored.generation};
  EXPECT_EQ(CodeOf(Keyring::Load(store, ring.random, std::move(wrong_key))),
            ErrorCode::kDataCorrupt);
  TreeRoot wrong_generation{ring.anchored.key.Clone(), ring.anchored.generation + 1};
  EXPECT_EQ(CodeOf(Keyring::Load(store, ring.random, std::move(wrong_generation))),
            ErrorCode::kDataCorrupt);
  TreeRoot short_key{SecretBytes(31), ring.anchored.generation};
  EXPECT_EQ(CodeOf(Keyring::Load(store, ring.random, std::move(short_key))),
            ErrorCode::kDataCorrupt);
}

TEST(Keyring, RefusesLeavesThatWereNeverMade) {
  storage::MemoryStore store;
  Ring ring(store);
  EXPECT_EQ(CodeOf(ring.keyring->Open(0)), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ring.keyring->Open(1u << 24)), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ring.keyring->PrepareDestruction({5})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ring.keyring->PrepareDestruction({})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ring.keyring->PrepareDestruction({1u << 24})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ring.keyring->PrepareDestruction(std::vector<LeafIndex>(4097))),
            ErrorCode::kTooLarge);
}

TEST(Keyring, DestroyedLeafIsGoneAndTheOthersAreUnchanged) {
  storage::MemoryStore store;
  Ring ring(store);
  const std::vector<LeafIndex> leaves = ring.Add(70);  // more than one node of leaves
  const auto before = ring.keyring->Open(leaves[3]).value();
  ring.Destroy({leaves[2], leaves[69]});
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(CodeOf(ring.keyring->Open(leaves[2])), ErrorCode::kNotFound);
    EXPECT_EQ(CodeOf(ring.keyring->Open(leaves[69])), ErrorCode::kNotFound);
    EXPECT_TRUE(ring.keyring->Open(leaves[3]).value()->records == before->records);
    EXPECT_EQ(ring.keyring->ListLeaves(std::nullopt, 1000).value().size(), 68u);
    ASSERT_OK(ring.Restart());
  }
}

TEST(Keyring, DestroyedLeafStaysGoneForWhoHasEveryOldTreeAndTheNewRoot) {
  storage::MemoryStore store;
  Ring ring(store);
  const std::vector<LeafIndex> leaves = ring.Add(3);
  const std::map<std::string, Bytes> old_tree = ContentOf(store);
  ring.Destroy({leaves[1]});
  // The old image does not open under the new root at all, and mixed with the new one it still
  // lacks the leaf.
  storage::MemoryStore image, mixed;
  CopyInto(image, old_tree);
  EXPECT_EQ(CodeOf(Keyring::Load(image, ring.random, ring.anchored.Clone())),
            ErrorCode::kDataCorrupt);
  CopyInto(mixed, old_tree);
  CopyInto(mixed, ContentOf(store));
  auto loaded = Keyring::Load(mixed, ring.random, ring.anchored.Clone());
  ASSERT_OK(loaded);
  EXPECT_EQ(CodeOf((*loaded)->Open(leaves[1])), ErrorCode::kNotFound);
  EXPECT_OK((*loaded)->Open(leaves[0]));
}

TEST(Keyring, NumberOfADestroyedLeafIsNotUsedAgain) {
  storage::MemoryStore store;
  Ring ring(store);
  const std::vector<LeafIndex> leaves = ring.Add(3);
  ring.Destroy(leaves);
  ASSERT_OK(ring.Restart());
  EXPECT_EQ(ring.keyring->AddLeaf().value().leaf, leaves.back() + 1);
}

TEST(Keyring, PreparedButNotFlippedIsUndoneAtTheNextStart) {
  storage::MemoryStore store;
  Ring ring(store);
  const std::vector<LeafIndex> leaves = ring.Add(2);
  const std::map<std::string, Bytes> before = ContentOf(store);
  ASSERT_OK(ring.keyring->PrepareDestruction({leaves[0]}));
  EXPECT_EQ(CodeOf(ring.keyring->Open(leaves[0])), ErrorCode::kNotFound);
  ASSERT_OK(ring.Restart());  // the anchor still holds the old root
  EXPECT_TRUE(ring.Opens(leaves[0]));
  EXPECT_EQ(ring.keyring->interrupted(), std::vector<LeafIndex>{leaves[0]});
  EXPECT_EQ(ContentOf(store), before);
  ring.Destroy(ring.keyring->interrupted());
  EXPECT_FALSE(ring.Opens(leaves[0]));
}

TEST(Keyring, FlippedButNotCompletedIsFinishedAtTheNextStart) {
  storage::MemoryStore store, reference_store;
  Ring ring(store), reference(reference_store);
  ring.Add(2);
  reference.Add(2);
  const DestructionPlan plan = ring.keyring->PrepareDestruction({0}).value();
  ring.anchored = plan.new_root.Clone();
  ASSERT_OK(ring.Restart());
  EXPECT_TRUE(ring.keyring->interrupted().empty());
  EXPECT_FALSE(ring.Opens(0));
  EXPECT_TRUE(ring.Opens(1));
  reference.Destroy({0});
  EXPECT_EQ(ContentOf(store), ContentOf(reference_store));
}

TEST(Keyring, CompletingTwiceIsHarmlessAndAnUnknownPlanIsRefused) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(3);
  const DestructionPlan plan = ring.keyring->PrepareDestruction({0}).value();
  ASSERT_OK(ring.keyring->CompleteDestruction(plan));
  EXPECT_OK(ring.keyring->CompleteDestruction(plan));
  EXPECT_EQ(CodeOf(ring.keyring->AbandonDestruction(plan)), ErrorCode::kStateConflict);
  DestructionPlan unknown{.old_generation = 8, .new_root = {SecretBytes(32), 9}, .leaves = {1}};
  EXPECT_EQ(CodeOf(ring.keyring->CompleteDestruction(unknown)), ErrorCode::kStateConflict);
}

TEST(Keyring, AbandonedDestructionLeavesEverythingAsItWas) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(2);
  const std::map<std::string, Bytes> before = ContentOf(store);
  const DestructionPlan plan = ring.keyring->PrepareDestruction({0}).value();
  ASSERT_OK(ring.keyring->AbandonDestruction(plan));
  EXPECT_EQ(ContentOf(store), before);
  EXPECT_TRUE(ring.Opens(0));
  EXPECT_OK(ring.keyring->AddLeaf());
}

TEST(Keyring, AbsentLeavesAreLeftOutOfThePlan) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(3);
  const DestructionPlan plan = ring.keyring->PrepareDestruction({2, 900, 0, 2}).value();
  EXPECT_EQ(plan.leaves, (std::vector<LeafIndex>{0, 2}));
}

TEST(Keyring, LeafAddedWhileADestructionIsPendingIsKept) {
  // Goal: a registration during a destruction is not lost with the old nodes. Method: AddLeaf
  // starts between Prepare and Complete and must return only after it, with a leaf of the new tree.
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(2);
  const DestructionPlan plan = ring.keyring->PrepareDestruction({0}).value();
  std::atomic<bool> added = false;
  LeafIndex leaf = 0;
  std::thread registrar([&] {
    leaf = ring.keyring->AddLeaf().value().leaf;
    added = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(added);
  ring.anchored = plan.new_root.Clone();
  ASSERT_OK(ring.keyring->CompleteDestruction(plan));
  registrar.join();
  ASSERT_OK(ring.Restart());
  EXPECT_TRUE(ring.Opens(leaf));
  EXPECT_TRUE(ring.Opens(1));
  EXPECT_FALSE(ring.Opens(0));
}

TEST(Keyring, RegistrationsOpeningsAndDestructionsAtOnceLoseNothing) {
  // Goal: no leaf is lost or brought back under concurrency. Method: two registrars, one reader and
  // one destroyer; at the end, before and after a restart, exactly the leaves that were added and
  // not destroyed open, with the keys they began with.
  storage::MemoryStore store;
  Ring ring(store, {.cached_people = 8});
  std::mutex mutex;
  std::map<LeafIndex, std::shared_ptr<const PersonKeys>> live;
  std::atomic<bool> stop = false;
  const auto add = [&] {
    for (int i = 0; i < 60; ++i) {
      AddedLeaf added = ring.keyring->AddLeaf().value();
      const std::lock_guard lock(mutex);
      live[added.leaf] = added.keys;
    }
  };
  std::thread first(add), second(add);
  std::thread reader([&] {
    for (LeafIndex leaf = 0; !stop; leaf = (leaf + 1) % 120) {
      const StatusOr<std::shared_ptr<const PersonKeys>> keys = ring.keyring->Open(leaf);
      EXPECT_TRUE(keys.ok() || CodeOf(keys) == ErrorCode::kNotFound);
    }
  });
  std::set<LeafIndex> destroyed;
  for (int i = 0; i < 20; ++i) {
    std::vector<LeafIndex> victims;
    {
      const std::lock_guard lock(mutex);
      if (live.empty()) continue;
      victims.push_back(live.begin()->first);
      live.erase(live.begin());
    }
    destroyed.insert(victims[0]);
    ring.Destroy(victims);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  first.join();
  second.join();
  stop = true;
  reader.join();
  for (int pass = 0; pass < 2; ++pass) {
    for (const auto& [leaf, keys] : live) {
      const auto opened = ring.keyring->Open(leaf);
      ASSERT_OK(opened);
      EXPECT_TRUE((*opened)->records == keys->records);
    }
    for (const LeafIndex leaf : destroyed) EXPECT_FALSE(ring.Opens(leaf));
    ASSERT_OK(ring.Restart());
  }
}

TEST(Keyring, SealedOpensNothingAddsNothingAndWakesWhoWaits) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(2);
  ASSERT_OK(ring.keyring->PrepareDestruction({0}));
  std::thread registrar([&] { EXPECT_EQ(CodeOf(ring.keyring->AddLeaf()), ErrorCode::kSealed); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ring.keyring->Seal();
  registrar.join();
  EXPECT_EQ(CodeOf(ring.keyring->Open(1)), ErrorCode::kSealed);
  EXPECT_EQ(CodeOf(ring.keyring->root()), ErrorCode::kSealed);
  EXPECT_EQ(CodeOf(ring.keyring->ListLeaves(std::nullopt, 1)), ErrorCode::kSealed);
  EXPECT_EQ(CodeOf(ring.keyring->PrepareDestruction({1})), ErrorCode::kSealed);
}

TEST(Keyring, SweepRemovesWhatNoRegistrationUsed) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(130);
  const auto is_used = [](LeafIndex leaf) { return leaf % 3 == 0; };
  EXPECT_THAT(ring.keyring->SweepUnused(is_used), IsOkAndHolds(86u));
  EXPECT_THAT(ring.keyring->SweepUnused(is_used), IsOkAndHolds(0u));
  ASSERT_OK(ring.Restart());
  for (LeafIndex leaf = 0; leaf < 130; ++leaf) EXPECT_EQ(ring.Opens(leaf), is_used(leaf)) << leaf;
  EXPECT_EQ(ring.keyring->AddLeaf().value().leaf, 130u);
}

TEST(Keyring, ListsLeavesPageByPage) {
  storage::MemoryStore store;
  Ring ring(store);
  ring.Add(70);
  std::vector<LeafIndex> all;
  std::optional<LeafIndex> after;
  while (true) {
    const std::vector<LeafIndex> page = ring.keyring->ListLeaves(after, 16).value();
    if (page.empty()) break;
    all.insert(all.end(), page.begin(), page.end());
    after = all.back();
  }
  ASSERT_EQ(all.size(), 70u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST(Keyring, EveryFailedWriteLeavesATreeThatStartsAgain) {
  // Goal: no failed or unknown write loses a leaf or brings one back. Method: the same history (add
  // 3, destroy 1, add 1), with the commit number n failing in each of three ways, for every n; then
  // a restart under the root that an anchor would hold.
  struct Way {
    storage::Outcome outcome;
    bool applied;
  };
  for (const Way way :
       {Way{storage::Outcome::kUnavailable, false}, Way{storage::Outcome::kUnknown, false},
        Way{storage::Outcome::kUnknown, true}}) {
    for (std::uint64_t n = 2; n <= 7; ++n) {
      ScriptedStore store;
      Ring ring(store);
      store.fail_at = n;
      store.outcome = way.outcome;
      store.apply_unknown = way.applied;
      std::vector<LeafIndex> added;
      for (int i = 0; i < 3; ++i) {
        const StatusOr<AddedLeaf> leaf = ring.keyring->AddLeaf();
        if (leaf.ok()) added.push_back(leaf->leaf);
        EXPECT_TRUE(leaf.ok() || CodeOf(leaf) == ErrorCode::kStorage);
      }
      const LeafIndex victim = added.front();
      const StatusOr<DestructionPlan> plan = ring.keyring->PrepareDestruction({victim});
      bool flipped = false;
      if (plan.ok()) {
        ring.anchored = plan->new_root.Clone();
        flipped = true;
        const Status completed = ring.keyring->CompleteDestruction(*plan);
        EXPECT_TRUE(completed.ok() || CodeOf(completed) == ErrorCode::kStorage);
      }
      const StatusOr<AddedLeaf> last = ring.keyring->AddLeaf();
      if (last.ok()) added.push_back(last->leaf);
      store.fail_at = 0;
      ASSERT_OK(ring.Restart()) << n;
      for (const LeafIndex leaf : added) {
        EXPECT_EQ(ring.Opens(leaf), !(flipped && leaf == victim)) << n << " leaf " << leaf;
      }
      EXPECT_OK(ring.keyring->AddLeaf());
    }
  }
}

TEST(KeyTreeStore, IntentReadsBackAndRefusesDamage) {
  const DestructionIntent intent{.old_generation = 3,
                                 .new_generation = 4,
                                 .leaves = {1, 77},
                                 .copies = {{0, 0, 4}, {3, 1, 4}},
                                 .obsolete = {{0, 0, 3}, {3, 1, 2}}};
  const Bytes bytes = EncodeIntent(intent);
  EXPECT_THAT(DecodeIntent(bytes), IsOkAndHolds(intent));
  EXPECT_EQ(HexEncode(bytes), ReadGolden("key_tree_intent_v1.hex"));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeIntent(ByteSpan(bytes).first(size))), ErrorCode::kDataCorrupt) << size;
  }
}

TEST(PersonKeyCache, HoldsTheLastUsedUpToItsCapacity) {
  PersonKeyCache cache(2);
  const auto keys = std::make_shared<const PersonKeys>(PersonKeysOf(1));
  cache.Insert(1, keys);
  cache.Insert(2, keys);
  EXPECT_NE(cache.Find(1), nullptr);
  cache.Insert(3, keys);
  EXPECT_EQ(cache.size(), 2u);
  EXPECT_EQ(cache.Find(2), nullptr);
  EXPECT_NE(cache.Find(1), nullptr);
  EXPECT_NE(cache.Find(3), nullptr);
}

TEST(PersonKeyCache, BlockedLeavesComeInAgainOnlyAfterUnblock) {
  PersonKeyCache cache(2);
  const auto keys = std::make_shared<const PersonKeys>(PersonKeysOf(1));
  cache.Insert(1, keys);
  cache.Block({1});
  EXPECT_EQ(cache.Find(1), nullptr);
  cache.Insert(1, keys);
  EXPECT_EQ(cache.Find(1), nullptr);
  EXPECT_TRUE(cache.IsBlocked(1));
  cache.Unblock();
  cache.Insert(1, keys);
  EXPECT_NE(cache.Find(1), nullptr);
}

TEST(PersonKeyCache, ForgetsWhatItDroppedAtOnce) {
  PersonKeyCache cache(1);
  auto keys = std::make_shared<const PersonKeys>(PersonKeysOf(1));
  const std::weak_ptr<const PersonKeys> watched = keys;
  cache.Insert(1, std::move(keys));
  EXPECT_FALSE(watched.expired());
  cache.Clear();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace noren::personal_data
