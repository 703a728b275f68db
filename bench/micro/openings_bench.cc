// Postings for a person out of the index, against looking at every posting, in one run over the
// same rows: 1,000 people. Before anything is timed, answers are compared with the oracle's for
// some of them. `bound_us` is what reading the bytes a query touches takes
// at the speed of main memory, measured in the same run.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "engine/matching/openings/opening_block.h"
#include "engine/matching/openings/opening_index.h"

namespace noren::matching {
namespace {

constexpr std::size_t kPeople = 1'000;

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
  bool Chance(std::uint64_t percent) { return Below(100) < percent; }
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

Token TokenOf(std::uint64_t kind, std::uint64_t number) {
  return Token{Mix(kind * 1'000'003 + number) | 1};
}

// 430 unit groups under 130 minor, 43 sub-major and 10 major groups.
OccupationPath Occupation(std::uint64_t unit) {
  return {{TokenOf(1, unit / 43), TokenOf(2, unit / 10), TokenOf(3, unit * 130 / 430),
           TokenOf(4, unit)}};
}
// 250 municipalities in 17 provinces.
RegionPath Region(std::uint64_t place) {
  return {{TokenOf(5, 0), TokenOf(6, place % 17), TokenOf(7, place), Token{}}};
}
// Two thirds of the skills are those of an occupation.
Token Skill(Numbers& numbers, std::uint64_t unit) {
  return numbers.Chance(67) ? TokenOf(8, unit * 60 + numbers.Skewed(60))
                            : TokenOf(9, numbers.Skewed(800));
}

Weights EvenWeights() {
  Weights weights;
  weights.of.fill(5);
  return weights;
}

template <typename T, typename Key>
void SortUnique(std::vector<T>& list, Key key) {
  std::ranges::sort(list, {}, key);
  const auto rest = std::ranges::unique(list, {}, key);
  list.erase(rest.begin(), rest.end());
}

SeekerRow MakeSeeker(Numbers& numbers, std::uint64_t id) {
  SeekerRow row;
  row.id = SeekerRowId{Mix(id)};
  const std::uint64_t unit = numbers.Skewed(430);
  row.occupations = {Occupation(unit)};
  row.regions = {Region(numbers.Skewed(250))};
  if (numbers.Chance(40)) row.regions.push_back(Region(numbers.Skewed(250)));
  SortUnique(row.regions, std::identity());
  for (std::uint64_t i = numbers.Below(12) + 5; i > 0; --i) {
    row.skills.push_back({Skill(numbers, unit), static_cast<std::uint8_t>(numbers.Below(5) + 1)});
  }
  SortUnique(row.skills, &LeveledToken::token);
  for (std::uint64_t i = numbers.Below(3); i > 0; --i) row.licences.push_back(TokenOf(10, i));
  row.languages = {{TokenOf(11, 0), 6}};
  row.employment_types =
      *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(1 + numbers.Below(7)));
  row.wage_floor = model::Wage{static_cast<std::int64_t>(2'000'000 + 100'000 * numbers.Below(20)),
                               model::Currency::kKrw};
  row.experience_months = static_cast<std::int32_t>(numbers.Below(240));
  row.education = static_cast<std::uint8_t>(3 + numbers.Below(6));
  row.available_day = static_cast<std::int32_t>(20'000 + numbers.Below(60));
  row.weights = EvenWeights();
  return row;
}

void AddAsked(Numbers& numbers, std::uint64_t unit, PostingRow& row) {
  for (std::size_t i = 0; i < 8; ++i) {
    row.preferred_skills.push_back(
        {Skill(numbers, unit), 0, static_cast<std::uint8_t>(numbers.Below(10) + 1)});
  }
  SortUnique(row.preferred_skills, &WeightedToken::token);
  if (numbers.Chance(40)) row.required_skills = {{TokenOf(8, unit * 60 + numbers.Below(4)), 2}};
  if (numbers.Chance(10)) row.required_licences = {TokenOf(10, numbers.Below(3))};
  if (numbers.Chance(30)) row.preferred_languages = {{TokenOf(11, numbers.Below(3)), 4, 5}};
  if (numbers.Chance(30)) row.preferred_licences = {{TokenOf(10, numbers.Below(6)), 0, 5}};
}

PostingRow MakePosting(Numbers& numbers, std::uint64_t id) {
  PostingRow row;
  row.id = PostingRowId{Mix(id)};
  const std::uint64_t unit = numbers.Skewed(430);
  row.occupations = {Occupation(unit)};
  const std::uint64_t place = numbers.Skewed(250);
  row.regions = {Region(place)};
  if (numbers.Chance(20)) row.regions.push_back(Region((place + 17) % 250));  // the same province
  if (numbers.Chance(10)) row.regions.push_back(Region(numbers.Skewed(250)));
  SortUnique(row.regions, std::identity());
  row.employment_types =
      *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(1u << numbers.Below(3)));
  const auto least = static_cast<std::int64_t>(2'000'000 + 100'000 * numbers.Below(20));
  row.wage = model::WageOffer{least, least + 1'000'000, model::Currency::kKrw};
  AddAsked(numbers, unit, row);
  if (numbers.Chance(50)) row.min_experience_months = static_cast<std::int32_t>(numbers.Below(60));
  if (numbers.Chance(50)) row.min_education = static_cast<std::uint8_t>(3 + numbers.Below(4));
  if (numbers.Chance(20)) row.start_by_day = static_cast<std::int32_t>(20'030 + numbers.Below(90));
  row.weights = EvenWeights();
  return row;
}

// Made once per size; both ways of ranking are timed on the same rows.
struct Openings {
  explicit Openings(std::size_t count) {
    Numbers numbers(2);
    for (std::size_t i = 0; i < count; ++i) rows.push_back(MakePosting(numbers, i + 1));
    Numbers other(1);
    for (std::size_t i = 0; i < kPeople; ++i) people.push_back(MakeSeeker(other, i + 1));
    const std::size_t before = mallinfo2().uordblks;
    index = std::make_unique<OpeningIndex>(rows);
    bytes_per_posting =
        static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(count);
  }
  std::vector<PostingRow> rows;
  std::vector<SeekerRow> people;
  std::unique_ptr<OpeningIndex> index;
  double bytes_per_posting = 0;
};

const Openings& OpeningsOf(std::int64_t count) {
  static std::unique_ptr<Openings> last;
  if (last == nullptr || last->rows.size() != static_cast<std::size_t>(count)) {
    last.reset();
    last = std::make_unique<Openings>(static_cast<std::size_t>(count));
  }
  return *last;
}

double ReadRateBytesPerSecond() {
  std::vector<std::uint64_t> words(std::size_t{32} << 20, 1);
  double best = 0;
  for (int round = 0; round < 3; ++round) {
    const auto begun = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(std::accumulate(words.begin(), words.end(), std::uint64_t{0}));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    best = std::max(best, static_cast<double>(words.size() * 8) / took.count());
  }
  return best;
}

bool AgreesWithTheOracle(const Openings& openings, const OpeningQuery& query) {
  const MixedTies ties;
  for (std::size_t i = 0; i < kPeople; i += 250) {
    const PostingRanking expected = RankPostings(openings.people[i], openings.rows, query.k, ties);
    const OpeningAnswer answer = openings.index->Rank(openings.people[i], query, ties);
    if (answer.ranking.best != expected.best) return false;
    if (query.count == EligibleCount::kExact &&
        answer.ranking.eligible_count != expected.eligible_count) {
      return false;
    }
  }
  return true;
}

double Percentile(std::vector<double>& seconds, double share) {
  std::ranges::sort(seconds);
  return seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
}

void ReportWork(benchmark::State& state, const OpeningWork& work) {
  const auto n = static_cast<double>(state.iterations());
  const double lane = sizeof(OpeningTerms) + 10 * sizeof(AskedToken);
  const double bytes = static_cast<double>(work.blocks_count) * sizeof(ConditionColumns) +
                       static_cast<double>(work.bounded_count) * lane +
                       static_cast<double>(work.verified_count) * (sizeof(Opening) + 700);
  static const double kRate = ReadRateBytesPerSecond();
  state.counters["blocks"] = static_cast<double>(work.blocks_count) / n;
  state.counters["bounded"] = static_cast<double>(work.bounded_count) / n;
  state.counters["verified"] = static_cast<double>(work.verified_count) / n;
  state.counters["bound_us"] = 1e6 * bytes / n / kRate;
}

void PostingsFromTheIndex(benchmark::State& state) {
  const Openings& openings = OpeningsOf(state.range(0));
  const OpeningQuery query{
      .k = static_cast<std::size_t>(state.range(1)),
      .count = state.range(2) != 0 ? EligibleCount::kExact : EligibleCount::kNotAsked};
  if (!AgreesWithTheOracle(openings, query)) return state.SkipWithError("not the oracle's answer");
  const MixedTies ties;
  OpeningWork work;
  std::vector<double> seconds;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    const OpeningAnswer answer =
        openings.index->Rank(openings.people[next++ % kPeople], query, ties);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    seconds.push_back(took.count());
    work.blocks_count += answer.work.blocks_count;
    work.bounded_count += answer.work.bounded_count;
    work.verified_count += answer.work.verified_count;
  }
  state.SetItemsProcessed(state.iterations());
  ReportWork(state, work);
  state.counters["bytes_per_posting"] = openings.bytes_per_posting;
  state.counters["p50_us"] = 1e6 * Percentile(seconds, 0.5);
  state.counters["p99_us"] = 1e6 * Percentile(seconds, 0.99);
}
BENCHMARK(PostingsFromTheIndex)
    ->ArgNames({"rows", "k", "count"})
    ->Args({10'000, 100, 0})
    ->Args({100'000, 10, 0})
    ->Args({100'000, 100, 0})
    ->Args({100'000, 100, 1})
    ->Args({100'000, 1'000, 0})
    ->UseRealTime();

void PostingsFromEveryRow(benchmark::State& state) {
  const Openings& openings = OpeningsOf(state.range(0));
  const MixedTies ties;
  std::size_t next = 0;
  std::size_t eligible = 0;
  for (auto _ : state) {
    const SeekerRow& seeker = openings.people[next++ % kPeople];
    const PostingRanking ranking = RankPostings(seeker, openings.rows, 100, ties);
    eligible += ranking.eligible_count;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["eligible"] =
      static_cast<double>(eligible) / static_cast<double>(state.iterations());
}
BENCHMARK(PostingsFromEveryRow)->ArgName("rows")->Arg(10'000)->Arg(100'000)->UseRealTime();

void PostingsForManyPeople(benchmark::State& state) {
  const Openings& openings = OpeningsOf(state.range(0));
  const MixedTies ties;
  const OpeningQuery query{.k = 100};
  for (auto _ : state) {
    const auto answers = openings.index->RankBatch(openings.people, query, ties);
    benchmark::DoNotOptimize(answers.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPeople));
}
BENCHMARK(PostingsForManyPeople)->ArgName("rows")->Arg(100'000)->UseRealTime();

void ChangeAnOpening(benchmark::State& state) {
  const Openings& openings = OpeningsOf(state.range(0));
  OpeningIndex index(openings.rows);
  Numbers numbers(7);
  for (auto _ : state) {
    const std::uint64_t at = numbers.Below(openings.rows.size());
    index.Upsert(MakePosting(numbers, at + 1));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ChangeAnOpening)->ArgName("rows")->Arg(10'000)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace noren::matching
