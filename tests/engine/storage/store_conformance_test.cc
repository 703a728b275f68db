// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/storage/store_conformance.h"

#include "engine/storage/memory_store.h"
#include "engine/storage/rocksdb_store.h"
#include "tests/support/fault_injecting_store.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

struct MemoryStoreMaker {
  std::unique_ptr<Store> Make(std::uint32_t partition_count) {
    return std::make_unique<MemoryStore>(partition_count);
  }
};

struct RocksDbStoreMaker {
  std::unique_ptr<Store> Make(std::uint32_t partition_count) {
    RocksDbOptions options;
    options.directory = directory.Child("store");
    options.partition_count = partition_count;
    auto store = RocksDbStore::Open(options);
    EXPECT_THAT(store, IsOk());
    return store.ok() ? std::move(*store) : nullptr;
  }
  TemporaryDirectory directory;
};

// Without a fault armed it is the store behind it.
struct FaultInjectingStoreMaker {
  std::unique_ptr<Store> Make(std::uint32_t partition_count) {
    inner = std::make_unique<MemoryStore>(partition_count);
    return std::make_unique<FaultInjectingStore>(*inner);
  }
  std::unique_ptr<MemoryStore> inner;
};

using Makers = ::testing::Types<MemoryStoreMaker, RocksDbStoreMaker, FaultInjectingStoreMaker>;
INSTANTIATE_TYPED_TEST_SUITE_P(All, StoreBatchConformance, Makers);
INSTANTIATE_TYPED_TEST_SUITE_P(All, StoreScanConformance, Makers);
INSTANTIATE_TYPED_TEST_SUITE_P(All, StoreRaceConformance, Makers);

TEST(FaultInjectingStore, RefusesTheChosenCommitOnlyOnce) {
  MemoryStore inner;
  FaultInjectingStore store(inner);
  store.FailAt(1, StoreFault::kUnavailable);
  EXPECT_EQ(store.Commit(MakeBatch({Put("a", "1")})).outcome, Outcome::kCommitted);
  EXPECT_FALSE(store.has_fired());
  EXPECT_EQ(store.Commit(MakeBatch({Put("b", "1")})).outcome, Outcome::kUnavailable);
  EXPECT_TRUE(store.has_fired());
  EXPECT_EQ(store.Commit(MakeBatch({Put("c", "1")})).outcome, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const auto values, inner.Read(kFirst, {"a", "b", "c"}));
  EXPECT_TRUE(values[0] && !values[1] && values[2]);
}

TEST(FaultInjectingStore, AppliesAnUnknownBatchOrNotAsAskedAndThenTakesNoMore) {
  for (const StoreFault fault : {StoreFault::kUnknownApplied, StoreFault::kUnknownNotApplied}) {
    MemoryStore inner;
    FaultInjectingStore store(inner);
    store.FailAt(0, fault);
    EXPECT_EQ(store.Commit(MakeBatch({Put("a", "1")})).outcome, Outcome::kUnknown);
    EXPECT_EQ(store.Commit(MakeBatch({Put("b", "1")})).outcome, Outcome::kUnavailable);
    EXPECT_FALSE(store.CheckHealth().writable);
    ASSERT_OK_AND_ASSIGN(const auto values, inner.Read(kFirst, {"a", "b"}));
    EXPECT_EQ(values[0].has_value(), fault == StoreFault::kUnknownApplied);
    EXPECT_FALSE(values[1].has_value());
    store.Restart();
    EXPECT_EQ(store.Commit(MakeBatch({Put("b", "1")})).outcome, Outcome::kCommitted);
  }
}

TEST(FaultInjectingStore, CountsReadsWhenAsked) {
  MemoryStore inner;
  FaultInjectingStore store(inner);
  store.FailAt(1, StoreFault::kUnavailable, CountedCalls::kEverything);
  EXPECT_OK(store.Read(kFirst, {"a"}));
  EXPECT_THAT(store.Scan(kFirst, "", "", 1), StatusIs(StatusCode::kUnavailable));
  EXPECT_OK(store.ReadFeed(kFirst, 0, 1));
}

}  // namespace
}  // namespace noren::storage
