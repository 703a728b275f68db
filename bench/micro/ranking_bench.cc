// The exact ranking over synthetic rows: what looking at every row costs, both ways, what the index
// of people costs beside it in the same run, and what making the classes of an epoch costs. Each
// ranking is checked against a full sort, and the index against that ranking, before it is timed;
// `result` is a hash of the answer.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <functional>
#include <vector>

#include "engine/matching/cards/classes.h"
#include "engine/matching/conditions.h"
#include "engine/matching/index/seeker_index.h"
#include "engine/matching/query/search.h"
#include "engine/matching/ranking.h"

namespace noren::matching {
namespace {

constexpr std::size_t kTopK = 100;

std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

// SplitMix64: the same rows on every machine.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Below(std::uint64_t bound) { return Mix(state_ += 0x9E3779B97F4A7C15u) % bound; }
  // Low numbers often, high ones seldom: about 1 / (1 + n).
  std::uint64_t Skewed(std::uint64_t bound) {
    const double u = static_cast<double>(Below(1u << 30)) / (1u << 30);
    const double n = std::pow(static_cast<double>(bound) + 1.0, u) - 1.0;
    return std::min(static_cast<std::uint64_t>(n), bound - 1);
  }

 private:
  std::uint64_t state_;
};

class MixedTies final : public TieRule {
 public:
  std::uint64_t Of(PostingRowId posting, SeekerRowId seeker) const override {
    return Mix(posting.value * 3 + Mix(seeker.value));
  }
};

// 430 unit groups under 130 minor, 43 sub-major and 10 major groups; 250 municipalities in 17
// provinces.
OccupationPath Occupation(Numbers& numbers) {
  const std::uint64_t unit = numbers.Skewed(430);
  const std::uint64_t minor = unit % 130;  // each group in one wider group
  const std::uint64_t sub_major = minor % 43;
  return {{Token{1000 + sub_major % 10}, Token{2000 + sub_major}, Token{3000 + minor},
           Token{4000 + unit}}};
}
RegionPath Region(Numbers& numbers) {
  const std::uint64_t place = numbers.Skewed(250);
  return {{Token{5000}, Token{6000 + place % 17}, Token{7000 + place}, Token{}}};
}
Token Skill(Numbers& numbers) { return Token{10'000 + numbers.Skewed(800)}; }

Weights EvenWeights(std::size_t features) {
  Weights weights;
  for (std::size_t i = 0; i < features; ++i) weights.of[i] = 5;
  return weights;
}

template <typename T>
void SortUnique(std::vector<T>& list) {
  std::ranges::sort(list, {}, &T::token);
  const auto rest = std::ranges::unique(list, {}, &T::token);
  list.erase(rest.begin(), rest.end());
}

SeekerRow MakeSeeker(Numbers& numbers, std::uint64_t id) {
  SeekerRow row;
  row.id = SeekerRowId{Mix(id)};
  row.occupations = {Occupation(numbers)};
  row.regions = {Region(numbers)};
  for (std::uint64_t i = numbers.Below(15) + 5; i > 0; --i) {
    row.skills.push_back({Skill(numbers), static_cast<std::uint8_t>(numbers.Below(5) + 1)});
  }
  SortUnique(row.skills);
  row.languages = {{Token{20'001}, 6}};
  row.employment_types =
      *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(1 + numbers.Below(7)));
  row.wage_floor = model::Wage{static_cast<std::int64_t>(2'000'000 + 100'000 * numbers.Below(20)),
                               model::Currency::kKrw};
  row.experience_months = static_cast<std::int32_t>(numbers.Below(240));
  row.education = static_cast<std::uint8_t>(3 + numbers.Below(6));
  row.weights = EvenWeights(4);
  row.weights[Feature::kEmploymentType] = 5;
  return row;
}

PostingRow MakePosting(Numbers& numbers, std::uint64_t id) {
  PostingRow row;
  row.id = PostingRowId{Mix(id)};
  row.occupations = {Occupation(numbers)};
  row.regions = {Region(numbers), Region(numbers), Region(numbers)};
  row.employment_types = *model::EmploymentTypes::FromBits(3);
  row.wage = model::WageOffer{2'500'000, 4'000'000, model::Currency::kKrw};
  for (std::size_t i = 0; i < 8; ++i) {
    row.preferred_skills.push_back(
        {Skill(numbers), 0, static_cast<std::uint8_t>(numbers.Below(10) + 1)});
  }
  SortUnique(row.preferred_skills);
  row.min_experience_months = static_cast<std::int32_t>(numbers.Below(60));
  row.weights = EvenWeights(kFeatureCount);
  return row;
}

std::vector<SeekerRow> MakeSeekers(std::size_t count) {
  Numbers numbers(1);
  std::vector<SeekerRow> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(MakeSeeker(numbers, i + 1));
  return rows;
}

std::vector<PostingRow> MakePostings(std::size_t count) {
  Numbers numbers(2);
  std::vector<PostingRow> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(MakePosting(numbers, i + 1));
  return rows;
}

template <typename T>
std::size_t HeapBytes(const std::vector<T>& list) {
  return list.size() * sizeof(T);
}
std::size_t BytesOf(const SeekerRow& row) {
  return sizeof row + HeapBytes(row.occupations) + HeapBytes(row.skills) + HeapBytes(row.regions) +
         HeapBytes(row.licences) + HeapBytes(row.languages);
}
std::size_t BytesOf(const PostingRow& row) {
  return sizeof row + HeapBytes(row.occupations) + HeapBytes(row.regions) +
         HeapBytes(row.preferred_skills) + HeapBytes(row.required_skills);
}
template <typename Row>
std::size_t BytesOfAll(const std::vector<Row>& rows) {
  std::size_t bytes = 0;
  for (const Row& row : rows) bytes += BytesOf(row);
  return bytes;
}

template <typename Id>
std::uint64_t HashOf(const Ranking<Id>& ranking) {
  std::uint64_t hash = ranking.eligible_count;
  for (const auto& row : ranking.best) {
    hash = Mix(hash ^ row.id.value ^ static_cast<std::uint64_t>(row.score));
  }
  return hash;
}

// The scores of everything eligible, sorted: the k best must have the same scores.
template <typename Id>
bool AgreesWithFullSort(std::vector<std::int32_t> scores, const Ranking<Id>& ranking) {
  if (scores.size() != ranking.eligible_count) return false;
  std::ranges::sort(scores, std::greater());
  scores.resize(std::min(scores.size(), kTopK));
  return std::ranges::equal(scores, ranking.best, {}, {}, &Ranked<Id>::score);
}

std::vector<std::int32_t> ScoresOf(const PostingRow& posting,
                                   const std::vector<SeekerRow>& seekers) {
  std::vector<std::int32_t> scores;
  for (const SeekerRow& seeker : seekers) {
    if (MeetsConditions(posting, seeker)) scores.push_back(ScorePair(posting, seeker).score);
  }
  return scores;
}

std::vector<std::int32_t> ScoresOf(const std::vector<PostingRow>& postings,
                                   const SeekerRow& seeker) {
  std::vector<std::int32_t> scores;
  for (const PostingRow& posting : postings) {
    if (MeetsConditions(posting, seeker)) scores.push_back(ScorePair(posting, seeker).score);
  }
  return scores;
}

void Report(benchmark::State& state, std::size_t rows, std::size_t bytes, std::uint64_t hash) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["bytes_per_row"] = static_cast<double>(bytes) / static_cast<double>(rows);
  state.counters["result"] = static_cast<double>(hash >> 32);
}

void RankSeekersForAPosting(benchmark::State& state) {
  const std::vector<SeekerRow> seekers = MakeSeekers(static_cast<std::size_t>(state.range(0)));
  const std::vector<PostingRow> postings = MakePostings(16);
  const MixedTies ties;
  for (const PostingRow& posting : postings) {
    const SeekerRanking ranking = RankSeekers(posting, seekers, kTopK, ties);
    if (!AgreesWithFullSort(ScoresOf(posting, seekers), ranking)) {
      return state.SkipWithError("the ranking differs from a full sort");
    }
  }
  std::size_t next = 0;
  std::size_t eligible = 0;
  for (auto _ : state) {
    const SeekerRanking ranking = RankSeekers(postings[next++ % 16], seekers, kTopK, ties);
    eligible += ranking.eligible_count;
    benchmark::DoNotOptimize(ranking.best.data());
  }
  Report(state, seekers.size(), BytesOfAll(seekers),
         HashOf(RankSeekers(postings[0], seekers, kTopK, ties)));
  state.counters["eligible"] =
      static_cast<double>(eligible) / static_cast<double>(state.iterations());
}
BENCHMARK(RankSeekersForAPosting)->ArgName("rows")->Arg(10'000)->Arg(100'000)->UseRealTime();

void RankPostingsForAPerson(benchmark::State& state) {
  const std::vector<PostingRow> postings = MakePostings(static_cast<std::size_t>(state.range(0)));
  const std::vector<SeekerRow> seekers = MakeSeekers(16);
  const MixedTies ties;
  for (const SeekerRow& seeker : seekers) {
    const PostingRanking ranking = RankPostings(seeker, postings, kTopK, ties);
    if (!AgreesWithFullSort(ScoresOf(postings, seeker), ranking)) {
      return state.SkipWithError("the ranking differs from a full sort");
    }
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const PostingRanking ranking = RankPostings(seekers[next++ % 16], postings, kTopK, ties);
    benchmark::DoNotOptimize(ranking.best.data());
  }
  Report(state, postings.size(), BytesOfAll(postings),
         HashOf(RankPostings(seekers[0], postings, kTopK, ties)));
}
BENCHMARK(RankPostingsForAPerson)->ArgName("rows")->Arg(10'000)->Arg(100'000)->UseRealTime();

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Both in turn, so that whatever else the machine does falls on both alike; the time is the
// index's.
void RankSeekersByIndexBesideEveryRow(benchmark::State& state) {
  const std::vector<SeekerRow> seekers = MakeSeekers(static_cast<std::size_t>(state.range(0)));
  const std::vector<PostingRow> postings = MakePostings(64);
  const auto k = static_cast<std::size_t>(state.range(1));
  const MixedTies ties;
  SeekerIndex index;
  index.Build(seekers);
  SeekerSearch search(index);
  for (const PostingRow& posting : postings) {
    const auto answer = search.RankSeekers(posting, k, ties);
    if (!answer.ok() || answer->best != RankSeekers(posting, seekers, k, ties).best) {
      return state.SkipWithError("the index differs from looking at every row");
    }
  }
  double by_index = 0;
  double by_rows = 0;
  double least_ratio = 1e9;
  std::size_t next = 0;
  for (auto _ : state) {
    const PostingRow& posting = postings[next++ % postings.size()];
    const double begin = ThreadSeconds();
    benchmark::DoNotOptimize(search.RankSeekers(posting, k, ties)->best.data());
    const double between = ThreadSeconds();
    benchmark::DoNotOptimize(RankSeekers(posting, seekers, k, ties).best.data());
    const double end = ThreadSeconds();
    state.SetIterationTime(between - begin);
    by_index += between - begin;
    by_rows += end - between;
    least_ratio = std::min(least_ratio, (end - between) / (between - begin));
  }
  const auto iterations = static_cast<double>(state.iterations());
  state.counters["index_us"] = 1e6 * by_index / iterations;
  state.counters["every_row_us"] = 1e6 * by_rows / iterations;
  state.counters["times_faster"] = by_rows / by_index;
  state.counters["least_times_faster"] = least_ratio;
  state.counters["verified"] = static_cast<double>(search.stats().lanes_verified);
}
BENCHMARK(RankSeekersByIndexBesideEveryRow)
    ->ArgNames({"rows", "k"})
    ->ArgsProduct({{10'000, 100'000}, {10, 100, 1'000}})
    ->UseManualTime();

void ScoreOnePair(benchmark::State& state) {
  const std::vector<SeekerRow> seekers = MakeSeekers(1024);
  const std::vector<PostingRow> postings = MakePostings(1);
  const PreparedPosting posting(postings[0]);
  std::size_t next = 0;
  for (auto _ : state) {
    const SeekerRow& seeker = seekers[next++ % 1024];
    benchmark::DoNotOptimize(ScoreOnly(posting, seeker, PersonShares(seeker)));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ScoreOnePair);

// As an index scores: the person's shares are kept with the row.
void ScoreOnePairWithShares(benchmark::State& state) {
  const std::vector<SeekerRow> seekers = MakeSeekers(1024);
  const std::vector<PostingRow> postings = MakePostings(1);
  const PreparedPosting posting(postings[0]);
  std::vector<Shares> shares;
  for (const SeekerRow& seeker : seekers) shares.push_back(PersonShares(seeker));
  std::size_t next = 0;
  for (auto _ : state) {
    const std::size_t at = next++ % 1024;
    benchmark::DoNotOptimize(ScoreOnly(posting, seekers[at], shares[at]));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ScoreOnePairWithShares);

void PrepareAPosting(benchmark::State& state) {
  const std::vector<PostingRow> postings = MakePostings(64);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(PreparedPosting(postings[next++ % 64]).skills.most);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PrepareAPosting);

void MakeClasses(benchmark::State& state) {
  const std::vector<SeekerRow> seekers = MakeSeekers(static_cast<std::size_t>(state.range(0)));
  std::size_t classes = 0;
  for (auto _ : state) {
    const auto table = BuildClasses(seekers, {3, 0});
    if (!table.ok()) return state.SkipWithError("no classes");
    classes = table->classes.size();
  }
  Report(state, seekers.size(), BytesOfAll(seekers), 0);
  state.counters["classes"] = static_cast<double>(classes);
}
BENCHMARK(MakeClasses)->ArgName("rows")->Arg(10'000)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace noren::matching
