// Scans and the change feed: G6 and G7 of store.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/engine/storage/store_conformance_fixture.h"

namespace noren::storage {

template <typename Maker>
class StoreScanConformance : public StoreConformance<Maker> {};

TYPED_TEST_SUITE_P(StoreScanConformance);

TYPED_TEST_P(StoreScanConformance, PartitionsShareNeitherKeysNorFeeds) {
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

TYPED_TEST_P(StoreScanConformance, ScansInUnsignedByteOrder) {
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

TYPED_TEST_P(StoreScanConformance, ScanPagesMeetEndToEnd) {
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

TYPED_TEST_P(StoreScanConformance, ScanStartsStrictlyAfterTheGivenKey) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a1", "1"), Put("a2", "1"), Put("a3", "1")})),
            Outcome::kCommitted);
  EXPECT_THAT(this->ScanKeys("a", "a1"), ::testing::ElementsAre("a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "a11"), ::testing::ElementsAre("a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "Z"), ::testing::ElementsAre("a1", "a2", "a3"));
  EXPECT_THAT(this->ScanKeys("a", "a3"), ::testing::IsEmpty());
  EXPECT_THAT(this->ScanKeys("a", "b"), ::testing::IsEmpty());
}

TYPED_TEST_P(StoreScanConformance, ScanWithLimitZeroSaysOnlyWhetherThereIsMore) {
  ASSERT_OK_AND_ASSIGN(const Page empty, this->store_->Scan(kFirst, "a", "", 0));
  EXPECT_FALSE(empty.more);
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1")})), Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const Page page, this->store_->Scan(kFirst, "a", "", 0));
  EXPECT_TRUE(page.items.empty());
  EXPECT_TRUE(page.more);
}

TYPED_TEST_P(StoreScanConformance, FeedNumbersCommittedEntriesFromOneWithoutGaps) {
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

TYPED_TEST_P(StoreScanConformance, TrimmedFeedSaysThatThereIsAGap) {
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

TYPED_TEST_P(StoreScanConformance, TrimmingBeyondTheEndKeepsTheNumbersGoing) {
  for (const char* entry : {"1", "2"})
    ASSERT_EQ(this->Commit(MakeBatch({}, {}, entry)), Outcome::kCommitted);
  ASSERT_OK(this->store_->TrimFeed(kFirst, 1000));
  EXPECT_EQ(this->store_->Commit(MakeBatch({}, {}, "3")).feed_sequence, 3u);
  ASSERT_OK_AND_ASSIGN(const FeedPage page, this->store_->ReadFeed(kFirst, 2, 10));
  EXPECT_FALSE(page.gap);
  EXPECT_THAT(this->FeedTexts(2), ::testing::ElementsAre("3"));
}

TYPED_TEST_P(StoreScanConformance, CompactingChangesNothingThatIsRead) {
  ASSERT_EQ(this->Commit(MakeBatch({Put("a", "1"), Put("b", "1")}, {}, "one")),
            Outcome::kCommitted);
  ASSERT_EQ(this->Commit(MakeBatch({Delete("a")}, {}, "two")), Outcome::kCommitted);
  this->store_->Compact();
  EXPECT_THAT(this->ScanKeys(""), ::testing::ElementsAre("b"));
  EXPECT_THAT(this->FeedTexts(0), ::testing::ElementsAre("one", "two"));
}

REGISTER_TYPED_TEST_SUITE_P(StoreScanConformance, PartitionsShareNeitherKeysNorFeeds,
                            ScansInUnsignedByteOrder, ScanPagesMeetEndToEnd,
                            ScanStartsStrictlyAfterTheGivenKey,
                            ScanWithLimitZeroSaysOnlyWhetherThereIsMore,
                            FeedNumbersCommittedEntriesFromOneWithoutGaps,
                            TrimmedFeedSaysThatThereIsAGap,
                            TrimmingBeyondTheEndKeepsTheNumbersGoing,
                            CompactingChangesNothingThatIsRead);

}  // namespace noren::storage
