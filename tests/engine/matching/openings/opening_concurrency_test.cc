// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "engine/matching/openings/opening_index.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/openings/random_openings.h"

namespace noren::matching {
namespace {

struct Change {
  std::uint64_t id = 0;
  const PostingRow* row = nullptr;  // null: erased
};

struct Observation {
  std::size_t seeker = 0;
  std::uint64_t acknowledged = 0;  // changes that had returned before the query began
  OpeningAnswer answer;
};

constexpr std::uint64_t kPostings = 300;
constexpr std::size_t kTopK = 15;

// The oracle's answer on the rows of one version, the first `number` changes applied.
class Replay {
 public:
  Replay(const std::vector<PostingRow>& first, const std::vector<Change>& changes)
      : changes_(changes) {
    for (const PostingRow& row : first) rows_[row.id.value] = row;
  }
  // Versions in ascending order.
  PostingRanking At(std::uint64_t number, const SeekerRow& seeker, const TieRule& ties) {
    for (; at_ < number; ++at_) {
      const Change& change = changes_[at_];
      if (change.row == nullptr) {
        rows_.erase(change.id);
      } else {
        rows_[change.id] = *change.row;
        rows_[change.id].id = PostingRowId{change.id};
      }
    }
    std::vector<PostingRow> rows;
    for (const auto& [id, row] : rows_) rows.push_back(row);
    return RankPostings(seeker, rows, kTopK, ties);
  }

 private:
  const std::vector<Change>& changes_;
  std::uint64_t at_ = 0;
  std::map<std::uint64_t, PostingRow> rows_;
};

std::vector<Change> RandomChanges(SeededRandom& random, const RowPool& pool, std::size_t count) {
  std::vector<bool> is_there(kPostings + 1, true);
  std::vector<Change> changes;
  while (changes.size() < count) {
    const std::uint64_t id = 1 + random.Below(kPostings);
    const bool erase = is_there[id] && random.Below(3) == 0;
    is_there[id] = !erase;
    changes.push_back({id, erase ? nullptr : &pool.openings[random.Below(pool.openings.size())]});
  }
  return changes;
}

void ApplyTo(OpeningIndex& index, const Change& change) {
  if (change.row == nullptr) {
    index.Erase(PostingRowId{change.id});
    return;
  }
  PostingRow row = *change.row;
  row.id = PostingRowId{change.id};
  index.Upsert(std::move(row));
}

// Goal: every answer given while a writer is at work is exactly the oracle's on one version, and
// that version holds every change that was acknowledged before the query. Method: readers note
// what they got and what had been acknowledged; afterwards the versions are replayed in order.
TEST(OpeningIndexConcurrency, EveryAnswerIsTheOraclesOnAVersionThatHoldsWhatWasAcknowledged) {
  const RowPool pool(12, 300, 40);
  SeededRandom random(13);
  std::vector<PostingRow> first;
  for (std::uint64_t id = 1; id <= kPostings; ++id) first.push_back(pool.AnyOpening(random, id));
  const std::vector<Change> changes = RandomChanges(random, pool, 2'000);
  const MixedTies ties(5);
  OpeningIndex index(first);
  std::atomic<std::uint64_t> acknowledged{0};
  constexpr std::size_t kReaders = 3;
  std::array<std::vector<Observation>, kReaders> seen;
  const auto read = [&](std::size_t reader) {
    SeededRandom choice(100 + reader);
    while (acknowledged.load() < changes.size()) {
      Observation one;
      one.seeker = choice.Below(pool.seekers.size());
      one.acknowledged = acknowledged.load();
      one.answer = index.Rank(pool.seekers[one.seeker], {.k = kTopK}, ties);
      if (seen[reader].size() < 3'000) seen[reader].push_back(std::move(one));
    }
  };
  {
    std::vector<std::jthread> readers;
    for (std::size_t i = 0; i < kReaders; ++i) readers.emplace_back(read, i);
    for (const Change& change : changes) {
      ApplyTo(index, change);
      acknowledged.fetch_add(1);
      if (acknowledged.load() % 16 == 0) std::this_thread::yield();
    }
  }
  std::multimap<std::uint64_t, const Observation*> by_version;
  for (const auto& list : seen) {
    EXPECT_FALSE(list.empty());
    for (const Observation& one : list) by_version.emplace(one.answer.version, &one);
  }
  Replay replay(first, changes);
  for (const auto& [version, one] : by_version) {
    ASSERT_GE(version, one->acknowledged);
    ASSERT_EQ(replay.At(version, pool.seekers[one->seeker], ties).best, one->answer.ranking.best);
  }
}

}  // namespace
}  // namespace noren::matching
