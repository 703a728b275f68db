// Several threads at once, and random batches beside the obvious model: G1, G2 and G5 of store.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <thread>

#include "tests/engine/storage/store_conformance_fixture.h"
#include "tests/support/seeded_random.h"

namespace noren::storage {

template <typename Maker>
class StoreRaceConformance : public StoreConformance<Maker> {};

TYPED_TEST_SUITE_P(StoreRaceConformance);

// Goal: conditional batches are linearizable. Method: threads raise one counter by compare-and-set;
// every success must be seen, and the feed must list the values in the order in which they were
// committed.
TYPED_TEST_P(StoreRaceConformance, ConcurrentCompareAndSetLosesNothing) {
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
TYPED_TEST_P(StoreRaceConformance, ReadersNeverSeeHalfABatchOrAnOlderOne) {
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
TYPED_TEST_P(StoreRaceConformance, AnswersAsTheObviousModelDoes) {
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

REGISTER_TYPED_TEST_SUITE_P(StoreRaceConformance, ConcurrentCompareAndSetLosesNothing,
                            ReadersNeverSeeHalfABatchOrAnOlderOne, AnswersAsTheObviousModelDoes);

}  // namespace noren::storage
