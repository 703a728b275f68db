// Updates of the dense index: each visible to the next query, none blocking or confusing a reader.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "engine/matching/dense/dense_index.h"
#include "tests/engine/matching/dense/vectors.h"

namespace noren::matching {
namespace {

constexpr std::size_t kDimension = 40;

struct Stored {
  std::uint64_t id = 0;
  std::vector<float> vector;
};

std::vector<DenseRow> RowsOf(const std::map<std::uint32_t, Stored>& stored) {
  std::vector<DenseRow> rows;
  for (const auto& [slot, row] : stored) rows.push_back({slot, row.id, row.vector});
  return rows;
}

TEST(DenseUpdates, AreVisibleToTheNextQuery) {
  EXPECT_TRUE(rc::check("any sequence of upserts and erasures", [] {
    SeededRandom random(*rc::gen::inRange<std::uint64_t>(0, 1u << 30));
    DenseIndex index(kDimension);
    std::map<std::uint32_t, Stored> stored;
    const std::vector<float> y = RandomVectors(1, kDimension, Lengths::kWild, random);
    const DenseQuery query{3, y, std::nullopt};
    for (std::uint64_t step = 0; step < 60; ++step) {
      const auto slot = static_cast<std::uint32_t>(random.Below(3000));
      if (random.Below(3) == 0) {
        RC_ASSERT(index.Erase(slot) == (stored.erase(slot) == 1));
      } else {
        stored[slot] = {1 + step, RandomVectors(1, kDimension, Lengths::kWild, random)};
        RC_ASSERT(index.Upsert({slot, 1 + step, stored[slot].vector}).ok());
      }
      RC_ASSERT(index.rows_count() == stored.size());
      if (step % 6 != 0) continue;
      const DenseRanking expected = RankByInnerProduct(query, RowsOf(stored), 10, MixedRowTies());
      DenseOptions options;
      options.k = 10;
      RC_ASSERT(index.Search(query, options, MixedRowTies())->ranking == expected);
      RC_ASSERT((*index.SearchBatch(std::vector<DenseQuery>(4, query), options, MixedRowTies()))[2]
                    .ranking == expected);
    }
  }));
}

// Goal: a reader sees each row whole, old or new. Method: a writer turns rows between two vectors
// whose scores are known; every score that is ever answered is one of the two.
TEST(DenseUpdates, ShowReadersWholeRowsOnly) {
  DenseIndex index(kDimension);
  constexpr std::uint32_t kRows = 2500;
  std::vector<float> low(kDimension, 0.25f), high(kDimension, 0.5f), y(kDimension, 1.0f);
  for (std::uint32_t s = 0; s < kRows; ++s) ASSERT_TRUE(index.Upsert({s, s, low}).ok());
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    SeededRandom random(5);
    while (!done) {
      const auto slot = static_cast<std::uint32_t>(random.Below(kRows));
      const bool is_high = random.Below(2) == 0;
      if (random.Below(8) == 0) {
        index.Erase(slot);
      } else if (!index.Upsert({slot, slot, is_high ? high : low}).ok()) {
        return;
      }
    }
  });
  DenseOptions options;
  options.k = 50;
  const std::vector<DenseQuery> queries(5, {1, y, std::nullopt});
  for (int i = 0; i < 60; ++i) {
    const auto answer = index.Search(queries[0], options, MixedRowTies());
    const auto answers = index.SearchBatch(queries, options, MixedRowTies());
    for (const DenseRanking& ranking : {answer->ranking, (*answers)[4].ranking}) {
      EXPECT_EQ(ranking.best.size(), 50u);
      for (const DenseRanked& row : ranking.best) {
        EXPECT_TRUE(row.score == 10.0 || row.score == 20.0) << row.score;
        EXPECT_EQ(row.row_id, row.slot);
      }
    }
  }
  done = true;
}

TEST(DenseUpdates, GiveMemoryBackThatNoReaderHas) {
  DenseIndex index(kDimension);
  const std::vector<float> vector(kDimension, 1.0f);
  ASSERT_TRUE(index.Upsert({0, 1, vector}).ok());
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(index.Upsert({0, 1, vector}).ok());
  const std::size_t before = index.memory_bytes();
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(index.Upsert({0, 1, vector}).ok());
  EXPECT_EQ(index.memory_bytes(), before);
}

}  // namespace
}  // namespace noren::matching
