// The tests every Store implementation passes: G1 to G7 of store.h. An implementation gives a maker
// with `std::unique_ptr<Store> Make(std::uint32_t partition_count)`, kept alive for the test, and
// instantiates the suite:
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreConformance, MemoryStoreMaker);
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/storage/store.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::storage {

inline constexpr Partition kFirst{0};
inline constexpr Partition kSecond{1};

inline Bytes Text(std::string_view text) { return ToBytes(text); }
inline Mutation Put(const std::string& key, std::string_view value) { return {key, Text(value)}; }
inline Mutation Delete(const std::string& key) { return {key, std::nullopt}; }
inline Condition Equals(const std::string& key, std::string_view value) {
  return {key, Text(value)};
}
inline Condition Absent(const std::string& key) { return {key, std::nullopt}; }

inline Batch MakeBatch(std::vector<Mutation> mutations, std::vector<Condition> if_all = {},
                       std::string_view feed_entry = "") {
  return {kFirst, std::move(if_all), std::move(mutations), Text(feed_entry)};
}

template <typename Maker>
class StoreConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = maker_.Make(2);
    ASSERT_NE(store_, nullptr);
  }

  Outcome Commit(const Batch& batch) { return store_->Commit(batch).outcome; }
  // The value as text, "<absent>" when it is absent.
  std::string Get(const std::string& key, Partition partition = kFirst) {
    auto values = store_->Read(partition, {key});
    EXPECT_THAT(values, IsOk());
    if (!values.ok() || !(*values)[0]) return "<absent>";
    return std::string(AsText(*(*values)[0]));
  }
  std::vector<std::string> ScanKeys(const std::string& prefix, const std::string& after = "",
                                    std::size_t limit = 1000) {
    auto page = store_->Scan(kFirst, prefix, after, limit);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> keys;
    if (page.ok())
      for (const KeyValue& item : page->items) keys.push_back(item.key);
    return keys;
  }
  std::vector<std::string> FeedTexts(std::uint64_t after, std::size_t limit = 1000) {
    auto page = store_->ReadFeed(kFirst, after, limit);
    EXPECT_THAT(page, IsOk());
    std::vector<std::string> texts;
    if (!page.ok()) return texts;
    std::uint64_t expected = after;
    for (const FeedEntry& entry : page->items) {
      EXPECT_EQ(entry.sequence, ++expected) << "the feed has a gap";
      texts.emplace_back(AsText(entry.entry));
    }
    return texts;
  }
  void ExpectRefused(const Batch& batch) {
    const CommitResult result = store_->Commit(batch);
    EXPECT_EQ(result.outcome, Outcome::kUnavailable);
    EXPECT_FALSE(result.detail.empty());
    EXPECT_EQ(result.feed_sequence, 0u);
    EXPECT_THAT(ScanKeys(""), ::testing::IsEmpty());
    EXPECT_THAT(FeedTexts(0), ::testing::IsEmpty());
  }

  Maker maker_;
  std::unique_ptr<Store> store_;
};

TYPED_TEST_SUITE_P(StoreConformance);

TYPED_TEST_P(StoreConformance, CommittedValuesAreRead) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", std::string("\0x\xff", 3))})),
            Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "1");
  EXPECT_EQ(this->Get("b"), std::string("\0x\xff", 3));
}

TYPED_TEST_P(StoreConformance, ReadsInTheOrderAskedWithAbsentKeysAndRepeats) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "2")})), Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const auto values, this->store_->Read(kFirst, {"b", "nothing", "a", "b"}));
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0], Text("2"));
  EXPECT_EQ(values[1], std::nullopt);
  EXPECT_EQ(values[2], Text("1"));
  EXPECT_EQ(values[3], Text("2"));
}

TYPED_TEST_P(StoreConformance, MutationsApplyInOrder) {
  EXPECT_EQ(this->Commit(
                MakeBatch({Put("a", "1"), Put("a", "2"), Put("b", "1"), Delete("b"), Delete("c")})),
            Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "2");
  EXPECT_EQ(this->Get("b"), "<absent>");
  EXPECT_EQ(this->Commit(MakeBatch({Delete("a"), Put("a", "3")})), Outcome::kCommitted);
  EXPECT_EQ(this->Get("a"), "3");
}

TYPED_TEST_P(StoreConformance, ConditionOfAnotherValueAppliesNothing) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("v", "1")}, {}, "first")), Outcome::kCommitted);
  const CommitResult failed =
      this->store_->Commit(MakeBatch({Put("v", "2"), Put("w", "2")}, {Equals("v", "0")}, "second"));
  EXPECT_EQ(failed.outcome, Outcome::kConditionFailed);
  EXPECT_EQ(failed.feed_sequence, 0u);
  EXPECT_EQ(this->Get("v"), "1");
  EXPECT_EQ(this->Get("w"), "<absent>");
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("first"));
}

TYPED_TEST_P(StoreConformance, ConditionOfPresenceFailsOnAnAbsentKeyAndTheOtherWayRound) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("w", "1")}, {Equals("v", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("v", "1")}, {Absent("v")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("v", "2")}, {Absent("v")})), Outcome::kConditionFailed);
  EXPECT_EQ(this->Get("v"), "1");
}

TYPED_TEST_P(StoreConformance, EveryConditionMustHold) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "2")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("c", "3")}, {Equals("a", "1"), Equals("b", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(
      this->Commit(MakeBatch({Put("c", "3")}, {Equals("a", "1"), Equals("b", "2"), Absent("c")})),
      Outcome::kCommitted);
}

TYPED_TEST_P(StoreConformance, ConditionsSeeTheStateBeforeTheBatch) {
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1")}, {Equals("a", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "1")}, {Absent("a")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Delete("a")}, {Equals("a", "1")})), Outcome::kCommitted);
}

TYPED_TEST_P(StoreConformance, ValueThatIsAPrefixOfTheExpectedOneDoesNotMatch) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "12")})), Outcome::kCommitted);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "x")}, {Equals("a", "1")})),
            Outcome::kConditionFailed);
  EXPECT_EQ(this->Commit(MakeBatch({Put("a", "x")}, {Equals("a", "123")})),
            Outcome::kConditionFailed);
}

TYPED_TEST_P(StoreConformance, EmptyValueIsRefused) {
  this->ExpectRefused(MakeBatch({Put("a", "1"), Put("b", "")}));
}
TYPED_TEST_P(StoreConformance, EmptyKeyIsRefused) {
  this->ExpectRefused(MakeBatch({Put("a", "1"), Put("", "1")}));
  this->ExpectRefused(MakeBatch({Put("a", "1")}, {Absent("")}));
}

TYPED_TEST_P(StoreConformance, KeyLengthIsLimited) {
  this->ExpectRefused(MakeBatch({Put(std::string(kMaxKeyBytes + 1, 'k'), "1")}));
  EXPECT_EQ(this->Commit(MakeBatch({Put(std::string(kMaxKeyBytes, 'k'), "1")})),
            Outcome::kCommitted);
}

TYPED_TEST_P(StoreConformance, NumberOfKeysIsLimited) {
  Batch batch = MakeBatch({}, {}, "feed");
  for (std::size_t i = 0; i < kMaxBatchKeys; ++i)
    batch.mutations.push_back(Put("k" + std::to_string(i), "1"));
  batch.if_all.push_back(Absent("other"));
  this->ExpectRefused(batch);
  batch.if_all.clear();
  EXPECT_EQ(this->Commit(batch), Outcome::kCommitted);
}

TYPED_TEST_P(StoreConformance, BytesOfABatchAreLimited) {
  Batch batch = MakeBatch({Put("k", std::string(kMaxBatchBytes - 4, 'v'))}, {}, "feed");
  this->ExpectRefused(batch);
  batch.feed_entry = Text("fee");
  EXPECT_EQ(this->Commit(batch), Outcome::kCommitted);
}

TYPED_TEST_P(StoreConformance, UnknownPartitionIsRefused) {
  Batch batch = MakeBatch({Put("a", "1")}, {}, "feed");
  batch.partition = Partition{2};
  this->ExpectRefused(batch);
  EXPECT_THAT(this->store_->Read(Partition{2}, {"a"}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->Scan(Partition{2}, "", "", 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->ReadFeed(Partition{2}, 0, 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(this->store_->TrimFeed(Partition{2}, 0), StatusIs(StatusCode::kInvalidArgument));
}

TYPED_TEST_P(StoreConformance, BatchWithoutMutationsMayCarryAFeedEntry) {
  EXPECT_EQ(this->store_->Commit(MakeBatch({}, {}, "only")).feed_sequence, 1u);
  EXPECT_EQ(this->Commit(MakeBatch({})), Outcome::kCommitted);
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("only"));
}

TYPED_TEST_P(StoreConformance, PartitionsShareNeitherKeysNorFeeds) {
  Batch batch = MakeBatch({Put("a", "1")}, {Absent("a")}, "one");
  ASSERT_EQ(this->Commit(batch), Outcome::kCommitted);
  batch.partition = kSecond;
  batch.mutations = {Put("a", "2")};
  EXPECT_EQ(this->store_->Commit(batch).feed_sequence, 1u);
  EXPECT_EQ(this->Get("a", kFirst), "1");
  EXPECT_EQ(this->Get("a", kSecond), "2");
  ASSERT_OK(this->store_->TrimFeed(kSecond, 1));
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("one"));
  EXPECT_THAT(this->ScanKeys(""), ::testing::ElementsAre("a"));
}

TYPED_TEST_P(StoreConformance, ScansInUnsignedByteOrder) {
  const std::vector<std::string> sorted = {
      std::string("p\0", 2), "p\x01", "p\x7f", "p\x80", "p\xff", "p\xff\xff"};
  Batch batch = MakeBatch({Put("o\xff", "1"), Put("q", "1")});
  for (const std::string& key :
       {sorted[3], sorted[0], sorted[5], sorted[1], sorted[4], sorted[2]}) {
    batch.mutations.push_back(Put(key, "1"));
  }
  ASSERT_EQ(this->Commit(batch), Outcome::kCommitted);
  EXPECT_THAT(this->ScanKeys("p"), ::testing::ElementsAreArray(sorted));
  EXPECT_THAT(this->ScanKeys("p\xff"), ::testing::ElementsAre("p\xff", "p\xff\xff"));
  EXPECT_THAT(this->ScanKeys("\xff"), ::testing::IsEmpty());
  EXPECT_EQ(this->ScanKeys("").size(), 8u);
}

TYPED_TEST_P(StoreConformance, ScanPagesMeetEndToEnd) {
  Batch batch = MakeBatch({Put("b", "outside")});
  for (int i = 0; i < 10; ++i)
    batch.mutations.push_back(Put("a" + std::to_string(i), std::to_string(i)));
  ASSERT_EQ(this->Commit(batch), Outcome::kCommitted);
  for (std::size_t limit = 1; limit <= 11; ++limit) {
    std::vector<std::string> keys;
    std::string after;
    for (bool more = true; more;) {
      ASSERT_OK_AND_ASSIGN(const Page page, this->store_->Scan(kFirst, "a", after, limit));
      ASSERT_FALSE(page.items.empty());
      for (const KeyValue& item : page.items) {
        keys.push_back(item.key);
        EXPECT_EQ(item.value, Text(item.key.substr(1)));
      }
      after = page.items.back().key;
      more = page.more;
    }
    EXPECT_EQ(keys.size(), 10u) << "pages of " << limit;
    EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  }
}

TYPED_TEST_P(StoreConformance, ScanStartsStrictlyAfterTheGivenKey) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a1", "1"), Put("a2", "1"), Put("a3", "1")})),
            Outcome::kCommitted);
  EXPECT_THAT(this->ScanKeys("a", "a1"), ::testing::ElementsAre("a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "a11"), ::testing::ElementsAre("a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "Z"), ::testing::ElementsAre("a1", "a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "a3"), ::testing::IsEmpty());
  EXPECT_THAT(this->ScanKeys("a", "b"), ::testing::IsEmpty());
}

TYPED_TEST_P(StoreConformance, ScanWithLimitZeroSaysOnlyWhetherThereIsMore) {
  ASSERT_OK_AND_ASSIGN(const Page empty, this->store_->Scan(kFirst, "a", "", 0));
  EXPECT_FALSE(empty.more);
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1")})), Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const Page page, this->store_->Scan(kFirst, "a", "", 0));
  EXPECT_TRUE(page.items.empty());
  EXPECT_TRUE(page.more);
}

TYPED_TEST_P(StoreConformance, FeedNumbersCommittedEntriesFromOneWithoutGaps) {
  EXPECT_EQ(this->store_->Commit(MakeBatch({Put("a", "1")}, {}, "one")).feed_sequence, 1u);
  EXPECT_EQ(this->store_->Commit(MakeBatch({Put("a", "2")}, {Absent("a")}, "no")).feed_sequence,
            0u);
  EXPECT_EQ(this->store_->Commit(MakeBatch({Put("a", "3")})).feed_sequence, 0u);
  EXPECT_EQ(this->store_->Commit(MakeBatch({Put("a", "4")}, {}, "two")).feed_sequence, 2u);
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("one", "two"));
  EXPECT_THAT(this->FeedTexts(1), ::testing::ElementsAre("two"));
  EXPECT_THAT(this->FeedTexts(2), ::testing::IsEmpty());
  EXPECT_THAT(this->FeedTexts(99), ::testing::IsEmpty());
  EXPECT_THAT(this->FeedTexts(0, 1), ::testing::ElementsAre("one"));
}

TYPED_TEST_P(StoreConformance, TrimmedFeedSaysThatThereIsAGap) {
  for (const char* entry : {"1", "2", "3", "4"})
    ASSERT_EQ(this->Commit(MakeBatch({}, {}, entry)), Outcome::kCommitted);
  ASSERT_OK(this->store_->TrimFeed(kFirst, 2));
  ASSERT_OK_AND_ASSIGN(const FeedPage gap, this->store_->ReadFeed(kFirst, 1, 10));
  EXPECT_TRUE(gap.gap);
  EXPECT_TRUE(gap.items.empty());
  EXPECT_THAT(this->FeedTexts(2), ::testing::ElementsAre("3", "4"));
  ASSERT_OK(this->store_->TrimFeed(kFirst, 1));
  EXPECT_THAT(this->FeedTexts(2), ::testing::ElementsAre("3", "4"));
}

TYPED_TEST_P(StoreConformance, TrimmingBeyondTheEndKeepsTheNumbersGoing) {
  for (const char* entry : {"1", "2"})
    ASSERT_EQ(this->Commit(MakeBatch({}, {}, entry)), Outcome::kCommitted);
  ASSERT_OK(this->store_->TrimFeed(kFirst, 1000));
  EXPECT_EQ(this->store_->Commit(MakeBatch({}, {}, "3")).feed_sequence, 3u);
  ASSERT_OK_AND_ASSIGN(const FeedPage page, this->store_->ReadFeed(kFirst, 2, 10));
  EXPECT_FALSE(page.gap);
  EXPECT_THAT(this->FeedTexts(2), ::testing::ElementsAre("3"));
}

TYPED_TEST_P(StoreConformance, CompactingChangesNothingThatIsRead) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "1")}, {}, "one")),
            Outcome::kCommitted);
  ASSERT_EQ(this->Commit(MakeBatch({Delete("a")}, {}, "two")), Outcome::kCommitted);
  this->store_->Compact();
  EXPECT_THAT(this->ScanKeys(""), ::testing::ElementsAre("b"));
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("one", "two"));
}

TYPED_TEST_P(StoreConformance, HealthyStoreSaysSo) {
  const Health health = this->store_->CheckHealth();
  EXPECT_TRUE(health.readable);
  EXPECT_TRUE(health.writable);
  EXPECT_FALSE(health.disk_full);
}

// Goal: conditional batches are linearizable. Method: threads raise one counter by compare-and-set;
// every success must be seen, and the feed must list the values in the order in which they were
// committed.
TYPED_TEST_P(StoreConformance, ConcurrentCompareAndSetLosesNothing) {
  constexpr int kThreads = 4;
  constexpr int kSuccessesEach = 25;
  ASSERT_EQ(this->Commit(MakeBatch({Put("n", "0")})), Outcome::kCommitted);
  auto raise = [this] {
    for (int done = 0; done < kSuccessesEach;) {
      const std::string before = this->Get("n");
      const std::string after = std::to_string(std::stoi(before) + 1);
      const Outcome outcome =
          this->Commit(MakeBatch({Put("n", after)}, {Equals("n", before)}, after));
      if (outcome == Outcome::kCommitted) ++done;
      if (outcome != Outcome::kCommitted && outcome != Outcome::kConditionFailed) return;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(raise);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(this->Get("n"), std::to_string(kThreads * kSuccessesEach));
  const std::vector<std::string> feed = this->FeedTexts(0);
  ASSERT_EQ(feed.size(), static_cast<std::size_t>(kThreads * kSuccessesEach));
  for (std::size_t i = 0; i < feed.size(); ++i) EXPECT_EQ(feed[i], std::to_string(i + 1));
}

// Goal: a read is one atomic view and never goes back. Method: a writer sets two keys to the same
// number while readers look at both.
TYPED_TEST_P(StoreConformance, ReadersNeverSeeHalfABatchOrAnOlderOne) {
  constexpr int kBatches = 60;
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "0"), Put("z", "0")})), Outcome::kCommitted);
  std::atomic<bool> is_done{false};
  std::atomic<int> wrong_count{0};
  auto watch = [&] {
    int last = 0;
    while (!is_done) {
      auto values = this->store_->Read(kFirst, {"a", "z"});
      if (!values.ok() || (*values)[0] != (*values)[1]) {
        ++wrong_count;
        continue;
      }
      const int now = std::stoi(std::string(AsText(*(*values)[0])));
      if (now < last) ++wrong_count;
      last = now;
    }
  };
  std::thread first(watch);
  std::thread second(watch);
  for (int i = 1; i <= kBatches; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_EQ(this->Commit(MakeBatch({Put("a", number), Put("z", number)})), Outcome::kCommitted);
    EXPECT_EQ(this->Get("a"), number) << "a committed batch is not visible";
  }
  is_done = true;
  first.join();
  second.join();
  EXPECT_EQ(wrong_count, 0);
}

// Goal: the same answers as a std::map with the rules written out. Method: random batches,
// conditions and scans over a few keys, from one seed.
TYPED_TEST_P(StoreConformance, AnswersAsTheObviousModelDoes) {
  SeededRandom random(7);
  std::map<std::string, std::string> model;
  auto random_key = [&random] {
    return std::string(1 + random.Below(2), static_cast<char>('a' + random.Below(4)));
  };
  for (int step = 0; step < 200; ++step) {
    Batch batch = MakeBatch({});
    std::map<std::string, std::string> next = model;
    bool holds = true;
    for (std::uint64_t i = random.Below(3); i > 0; --i) {
      const std::string key = random_key();
      const std::string value = std::to_string(random.Below(2));
      const auto found = model.find(key);
      const bool asks_absence = random.Below(2) == 0;
      batch.if_all.push_back(asks_absence ? Absent(key) : Equals(key, value));
      holds = holds && (asks_absence ? found == model.end()
                                     : found != model.end() && found->second == value);
    }
    for (std::uint64_t i = random.Below(4); i > 0; --i) {
      const std::string key = random_key();
      const std::string value = std::to_string(random.Below(2));
      const bool deletes = random.Below(3) == 0;
      batch.mutations.push_back(deletes ? Delete(key) : Put(key, value));
      if (deletes)
        next.erase(key);
      else
        next[key] = value;
    }
    ASSERT_EQ(this->Commit(batch), holds ? Outcome::kCommitted : Outcome::kConditionFailed)
        << "step " << step;
    if (holds) model = next;
    ASSERT_OK_AND_ASSIGN(const Page page, this->store_->Scan(kFirst, "", "", 1000));
    std::map<std::string, std::string> stored;
    for (const KeyValue& item : page.items) stored[item.key] = std::string(AsText(item.value));
    ASSERT_EQ(stored, model) << "step " << step;
  }
}

REGISTER_TYPED_TEST_SUITE_P(
    StoreConformance, CommittedValuesAreRead, ReadsInTheOrderAskedWithAbsentKeysAndRepeats,
    MutationsApplyInOrder, ConditionOfAnotherValueAppliesNothing,
    ConditionOfPresenceFailsOnAnAbsentKeyAndTheOtherWayRound, EveryConditionMustHold,
    ConditionsSeeTheStateBeforeTheBatch, ValueThatIsAPrefixOfTheExpectedOneDoesNotMatch,
    EmptyValueIsRefused, EmptyKeyIsRefused, KeyLengthIsLimited, NumberOfKeysIsLimited,
    BytesOfABatchAreLimited, UnknownPartitionIsRefused, BatchWithoutMutationsMayCarryAFeedEntry,
    PartitionsShareNeitherKeysNorFeeds, ScansInUnsignedByteOrder, ScanPagesMeetEndToEnd,
    ScanStartsStrictlyAfterTheGivenKey, ScanWithLimitZeroSaysOnlyWhetherThereIsMore,
    FeedNumbersCommittedEntriesFromOneWithoutGaps, TrimmedFeedSaysThatThereIsAGap,
    TrimmingBeyondTheEndKeepsTheNumbersGoing, CompactingChangesNothingThatIsRead,
    HealthyStoreSaysSo, ConcurrentCompareAndSetLosesNothing, ReadersNeverSeeHalfABatchOrAnOlderOne,
    AnswersAsTheObviousModelDoes);

}  // namespace noren::storage
