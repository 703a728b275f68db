// What the Store conformance suites share: short ways to make batches, and the fixture. A maker has
// `std::unique_ptr<Store> Make(std::uint32_t partition_count)` and is kept alive for the test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/storage/store.h"
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

}  // namespace noren::storage
