// Batches, conditions, limits and partitions: G1 to G5 of store.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/engine/storage/store_conformance_fixture.h"

namespace noren::storage {

template <typename Maker>
class StoreBatchConformance : public StoreConformance<Maker> {};

TYPED_TEST_SUITE_P(StoreBatchConformance);

TYPED_TEST_P(StoreBatchConformance, CommittedValuesAreRead) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", std::string("\0x\xff", 3))})),
            Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "1");
  EXPECT_EQ(this->Get("b"), std::string("\0x\xff", 3));
}

TYPED_TEST_P(StoreBatchConformance, ReadsInTheOrderAskedWithAbsentKeysAndRepeats) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "2")})), Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const auto values, this->store_->Read(kFirst, {"b", "nothing", "a", "b"}));
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0], Text("2"));
  EXPECT_EQ(values[1], std::nullopt);
  EXPECT_EQ(values[2], Text("1"));
  EXPECT_EQ(values[3], Text("2"));
}

TYPED_TEST_P(StoreBatchConformance, MutationsApplyInOrder) {
  EXPECT_EQ(this->Commit(
                MakeBatch({Put("a", "1"), Put("a", "2"), Put("b", "1"), Delete("b"), Delete("c")})),
            Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "2");
  EXPECT_EQ(this->Get("b"), "<absent>");
  EXPECT_EQ(this->Commit(MakeBatch({Delete("a"), Put("a", "3")})), Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "3");
}

TYPED_TEST_P(StoreBatchConformance, ConditionOfAnotherValueAppliesNothing) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("v", "1")}, {}, "first")), Outcome::kCommitted);
  const CommitResult failed =
      this->store_->Commit(MakeBatch({Put("v", "2"), Put("w", "2")}, {Equals("v", "0")}, "second"));
  EXPECT_EQ(failed.outcome, Outcome::kConditionFailed);
  EXPECT_EQ(failed.feed_sequence, 0u);
  EXPECT_EQ(this->Get("v"), "1");
  EXPECT_EQ(this->Get("w"), "<absent>");
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("first"));
}

TYPED_TEST_P(StoreBatchConformance, ConditionOfPresenceFailsOnAnAbsentKeyAndTheOtherWayRound) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("w", "1")}, {Equals("v", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("v", "1")}, {Absent("v")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("v", "2")}, {Absent("v")})), Outcome::kConditionFailed);
  EXPECT_EQ(this->Get("v"), "1");
}

TYPED_TEST_P(StoreBatchConformance, EveryConditionMustHold) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "2")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("c", "3")}, {Equals("a", "1"), Equals("b", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(
      this->Commit(MakeBatch({Put("c", "3")}, {Equals("a", "1"), Equals("b", "2"), Absent("c")})),
      Outcome::kCommitted);
}

TYPED_TEST_P(StoreBatchConformance, ConditionsSeeTheStateBeforeTheBatch) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1")}, {Equals("a", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1")}, {Absent("a")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Delete("a")}, {Equals("a", "1")})), Outcome::kCommitted);
}

TYPED_TEST_P(StoreBatchConformance, ValueThatIsAPrefixOfTheExpectedOneDoesNotMatch) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "12")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "x")}, {Equals("a", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "x")}, {Equals("a", "123")})),
            Outcome::kConditionFailed);
}

TYPED_TEST_P(StoreBatchConformance, EmptyValueIsRefused) {
  this->ExpectRefused(MakeBatch({Put("a", "1"), Put("b", "")}));
}

TYPED_TEST_P(StoreBatchConformance, EmptyKeyIsRefused) {
  this->ExpectRefused(MakeBatch({Put("a", "1"), Put("", "1")}));
  this->ExpectRefused(MakeBatch({Put("a", "1")}, {Absent("")}));
}

TYPED_TEST_P(StoreBatchConformance, KeyLengthIsLimited) {
  this->ExpectRefused(MakeBatch({Put(std::string(kMaxKeyBytes + 1, 'k'), "1")}));
  EXPECT_EQ(this->Commit(MakeBatch({Put(std::string(kMaxKeyBytes, 'k'), "1")})),
            Outcome::kCommitted);
}

TYPED_TEST_P(StoreBatchConformance, NumberOfKeysIsLimited) {
  Batch batch = MakeBatch({}, {}, "feed");
  for (std::size_t i = 0; i < kMaxBatchKeys; ++i)
    batch.mutations.push_back(Put("k" + std::to_string(i), "1"));
  batch.if_all.push_back(Absent("other"));
  this->ExpectRefused(batch);
  batch.if_all.clear();
  EXPECT_EQ(this->Commit(batch), Outcome::kCommitted);
}

TYPED_TEST_P(StoreBatchConformance, BytesOfABatchAreLimited) {
  Batch batch = MakeBatch({Put("k", std::string(kMaxBatchBytes - 4, 'v'))}, {}, "feed");
  this->ExpectRefused(batch);
  batch.feed_entry = Text("fee");
  EXPECT_EQ(this->Commit(batch), Outcome::kCommitted);
}

TYPED_TEST_P(StoreBatchConformance, UnknownPartitionIsRefused) {
  Batch batch = MakeBatch({Put("a", "1")}, {}, "feed");
  batch.partition = Partition{2};
  this->ExpectRefused(batch);
  EXPECT_THAT(this->store_->Read(Partition{2}, {"a"}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->Scan(Partition{2}, "", "", 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->ReadFeed(Partition{2}, 0, 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->TrimFeed(Partition{2}, 0), StatusIs(StatusCode::kInvalidArgument));
}

TYPED_TEST_P(StoreBatchConformance, BatchWithoutMutationsMayCarryAFeedEntry) {
  EXPECT_EQ(this->store_->Commit(MakeBatch({}, {}, "only")).feed_sequence, 1u);
  EXPECT_EQ(this->Commit(MakeBatch({})), Outcome::kCommitted);
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("only"));
}

TYPED_TEST_P(StoreBatchConformance, HealthyStoreSaysSo) {
  const Health health = this->store_->CheckHealth();
  EXPECT_TRUE(health.readable);
  EXPECT_TRUE(health.writable);
  EXPECT_FALSE(health.disk_full);
}

REGISTER_TYPED_TEST_SUITE_P(StoreBatchConformance, CommittedValuesAreRead,
                            ReadsInTheOrderAskedWithAbsentKeysAndRepeats, MutationsApplyInOrder,
                            ConditionOfAnotherValueAppliesNothing,
                            ConditionOfPresenceFailsOnAnAbsentKeyAndTheOtherWayRound,
                            EveryConditionMustHold, ConditionsSeeTheStateBeforeTheBatch,
                            ValueThatIsAPrefixOfTheExpectedOneDoesNotMatch, EmptyValueIsRefused,
                            EmptyKeyIsRefused, KeyLengthIsLimited, NumberOfKeysIsLimited,
                            BytesOfABatchAreLimited, UnknownPartitionIsRefused,
                            BatchWithoutMutationsMayCarryAFeedEntry, HealthyStoreSaysSo);

}  // namespace noren::storage
