// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/query/checked_market.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <set>
#include <tuple>
#include <utility>

#include "engine/matching/conditions.h"
#include "engine/matching/explain.h"
#include "engine/matching/openings/condition_kernels.h"
#include "engine/matching/query/eligible.h"
#include "tests/engine/matching/openings/random_openings.h"
#include "tests/engine/matching/query/answer_checks.h"
#include "tests/engine/matching/query/random_queries.h"

namespace noren::matching {
namespace {

constexpr std::uint64_t kIdFactor = 0x9E3779B97F4A7C15U;  // odd: ids stay distinct, in no order
constexpr std::size_t kExplained = 8;                     // of the best of an answer
constexpr std::array kSets = {KernelSet::kScalar, KernelSet::kPortable, KernelSet::kAvx2,
                              KernelSet::kAvx512};
constexpr std::array kPaths = {SearchPath::kPairs, SearchPath::kBlocks, SearchPath::kEveryBlock};
constexpr std::array kPathNames = {"chosen", "pairs", "blocks", "every block"};

std::string PathName(SearchPath path) { return kPathNames[static_cast<std::size_t>(path)]; }

std::uint64_t ThreadNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

template <typename Ask>
auto Timed(AnswerCost& cost, Ask ask) {
  const std::uint64_t before = ThreadNanoseconds();
  auto answer = ask();
  cost.nanoseconds += ThreadNanoseconds() - before;
  ++cost.answers;
  return answer;
}

std::size_t SomeK(std::uint64_t number, std::size_t rows) {
  const std::array<std::size_t, 7> choices = {0, 1, 2, 10, 100, rows, rows + 7};
  return std::min(choices[number % choices.size()], kMaxRanked);
}

template <typename Id>
void PutInOrder(std::vector<Ranked<Id>>& all, std::size_t k) {
  std::ranges::sort(all, {},
                    [](const Ranked<Id>& one) { return std::tuple(-one.score, one.tie, one.id); });
  if (all.size() > k) all.resize(k);
}

template <std::size_t kLevels>
void AddNodes(const std::vector<TokenPath<kLevels>>& paths, RandomRows& random,
              std::vector<Token>& any, std::vector<TokenPoints>& points) {
  std::set<Token> tokens;
  for (const TokenPath<kLevels>& path : paths) {
    if (path.depth() == 0) continue;
    tokens.insert(path.levels[random.Below(path.depth())]);
  }
  if (!random.OneIn(3)) any.assign(tokens.begin(), tokens.end());
  for (const Token token : tokens)
    points.push_back({token, static_cast<std::uint8_t>(random.Below(12))});
}

}  // namespace

CheckedMarket::CheckedMarket(const MarketPlan& plan, ProofCost& cost)
    : plan_(plan),
      cost_(cost),
      around_([&] {
        SeededRandom random(plan.around);
        return RandomSurroundings(random);
      }()),
      ties_(plan.around, plan.coarse_ties ? MixedTies::Spread::kCoarse : MixedTies::Spread::kFull) {
  for (std::size_t i = 0; i < plan.people.size(); ++i) {
    Person person = MakePerson(i, plan.people[i]);
    people_.insert_or_assign(person.row.id.value, std::move(person));
  }
  if (plan.built) {
    seeker_index_.Build(Seekers());
  } else {
    for (const auto& [id, person] : people_) seeker_index_.Upsert(person.row);
  }
  for (std::size_t i = 0; i < plan.postings.size(); ++i) PutPosting(i, plan.postings[i]);
}

CheckedMarket::Person CheckedMarket::MakePerson(std::uint64_t number, std::uint64_t seed) const {
  const std::uint64_t id = (number + 1) * kIdFactor;
  if (plan_.rows == RowKind::kTokens) {
    RandomRows random(seed);
    Person person{random.Seeker(id), std::nullopt};
    if (random.OneIn(30)) MakeOdd(random, person.row);
    return person;
  }
  SeededRandom random(seed);
  if (plan_.rows == RowKind::kExtremes) return {RandomSeeker(random, id), std::nullopt};
  const model::Profile profile = RandomProfile(random);
  return {Row(id, profile), profile};
}

CheckedMarket::Opening CheckedMarket::MakeOpening(std::uint64_t number, std::uint64_t seed) const {
  const std::uint64_t id = (number + 1) * kIdFactor;
  if (plan_.rows == RowKind::kTokens) {
    RandomRows random(seed);
    Opening opening{RandomPostingRow(random), std::nullopt};
    opening.row.id = {id};
    return opening;
  }
  SeededRandom random(seed);
  if (plan_.rows == RowKind::kExtremes) return {RandomOpening(random, id), std::nullopt};
  const model::Posting posting = RandomPosting(random);
  return {RowIn(around_, id, posting), posting};
}

void CheckedMarket::PutPerson(std::uint64_t number, std::uint64_t seed) {
  Person person = MakePerson(number, seed);
  seeker_index_.Upsert(person.row);
  people_.insert_or_assign(person.row.id.value, std::move(person));
}

void CheckedMarket::PutPosting(std::uint64_t number, std::uint64_t seed) {
  Opening opening = MakeOpening(number, seed);
  opening_index_.Upsert(opening.row);
  openings_.insert_or_assign(opening.row.id.value, std::move(opening));
}

std::vector<SeekerRow> CheckedMarket::Seekers() const {
  std::vector<SeekerRow> rows;
  for (const auto& [id, person] : people_) rows.push_back(person.row);
  return rows;
}

std::string CheckedMarket::Run() {
  for (std::size_t i = 0; i < plan_.events.size(); ++i) {
    const std::string wrong = Apply(plan_.events[i]);
    if (!wrong.empty()) return "event " + std::to_string(i) + ": " + wrong;
  }
  return "";
}

std::string CheckedMarket::Apply(const MarketEvent& event) {
  switch (event.kind) {
    case EventKind::kPutPerson:
      PutPerson(event.who % (plan_.people.size() + 10), event.seed);
      break;
    case EventKind::kPutPosting:
      PutPosting(event.who % (plan_.postings.size() + 10), event.seed);
      break;
    case EventKind::kRemovePerson:
    case EventKind::kRemovePosting:
      ++cost_.changes;
      return Remove(event);
    case EventKind::kMaintain:
      for (std::uint64_t i = 0; i <= event.who % 8; ++i) seeker_index_.MaintainStep();
      return "";
    case EventKind::kAskPeople:
      return AskPeople(event);
    case EventKind::kAskPoints:
      return AskPoints(event);
    case EventKind::kAskPostings:
      return AskPostings(event);
  }
  ++cost_.changes;
  return "";
}

std::string CheckedMarket::Remove(const MarketEvent& event) {
  if (event.kind == EventKind::kRemovePerson) {
    const std::uint64_t id = (1 + event.who % (plan_.people.size() + 10)) * kIdFactor;
    const bool was_there = people_.erase(id) != 0;
    return seeker_index_.Erase({id}) == was_there ? "" : "who was removed was not who was there";
  }
  const std::uint64_t id = (1 + event.who % (plan_.postings.size() + 10)) * kIdFactor;
  const bool was_there = openings_.erase(id) != 0;
  return opening_index_.Erase({id}) == was_there ? "" : "a removed posting was not there";
}

// Half of the questions are of postings (people) of the market, half of others.
std::optional<CheckedMarket::Opening> CheckedMarket::SomeOpening(const MarketEvent& event) const {
  if (event.seed % 2 == 0 || openings_.empty()) return MakeOpening(1'000, event.seed);
  return std::next(openings_.begin(), static_cast<std::ptrdiff_t>(event.who % openings_.size()))
      ->second;
}
std::optional<CheckedMarket::Person> CheckedMarket::SomePerson(const MarketEvent& event) const {
  if (event.seed % 2 == 0 || people_.empty()) return MakePerson(1'000, event.seed);
  return std::next(people_.begin(), static_cast<std::ptrdiff_t>(event.who % people_.size()))
      ->second;
}

PointsQuery CheckedMarket::SomePoints(const MarketEvent& event) const {
  RandomRows random(event.seed);
  if (plan_.rows == RowKind::kTokens) return RandomPointsQuery(random);
  const PostingRow posting = SomeOpening(event)->row;
  PointsQuery query;
  query.id = posting.id;
  AddNodes(posting.occupations, random, query.occupations_any, query.occupations);
  AddNodes(posting.regions, random, query.regions_any, query.regions);
  query.licences_all = posting.required_licences;
  for (const LeveledToken& skill : posting.required_skills) query.skills_all.push_back(skill.token);
  query.min_experience_months = posting.min_experience_months;
  query.min_education = posting.min_education;
  if (posting.wage && random.OneIn(2))
    query.wage_at_most = model::Wage{posting.wage->max_per_month, posting.wage->currency};
  query.employment_types = posting.employment_types;
  for (const WeightedToken& skill : posting.preferred_skills)
    query.skills.push_back({skill.token, skill.weight});
  for (const WeightedToken& licence : posting.preferred_licences)
    query.licences.push_back({licence.token, licence.weight});
  if (random.OneIn(2)) query.experience_months = ThresholdPoints{60, 9};
  if (posting.preferred_education)
    query.education = ThresholdPoints{*posting.preferred_education, 7};
  return query;
}

SeekerRanking CheckedMarket::NaiveSeekers(const Opening& opening, std::size_t k) const {
  SeekerRanking ranking;
  for (const auto& [id, person] : people_) {
    if (!naive::Qualifies(*opening.posting, *person.profile)) continue;
    const auto score = naive::Score(*opening.posting, *person.profile, around_);
    ranking.best.push_back(
        {person.row.id, static_cast<std::int32_t>(score), ties_.Of(opening.row.id, person.row.id)});
  }
  ranking.eligible_count = ranking.best.size();
  PutInOrder(ranking.best, k);
  return ranking;
}

PostingRanking CheckedMarket::NaivePostings(const Person& person, std::size_t k) const {
  PostingRanking ranking;
  for (const auto& [id, opening] : openings_) {
    if (!naive::Qualifies(*opening.posting, *person.profile)) continue;
    const auto score = naive::Score(*opening.posting, *person.profile, around_);
    ranking.best.push_back({opening.row.id, static_cast<std::int32_t>(score),
                            ties_.Of(opening.row.id, person.row.id)});
  }
  ranking.eligible_count = ranking.best.size();
  PutInOrder(ranking.best, k);
  return ranking;
}

namespace {

StatusOr<SeekerRanking> Ask(SeekerSearch& search, const PostingRow& query, std::size_t k,
                            const TieRule& ties, const SearchOptions& options) {
  return search.RankSeekers(query, k, ties, options);
}
StatusOr<SeekerRanking> Ask(SeekerSearch& search, const PointsQuery& query, std::size_t k,
                            const TieRule& ties, const SearchOptions& options) {
  return search.RankByPoints(query, k, ties, options);
}

}  // namespace

template <typename Query>
std::string CheckedMarket::AskEveryWay(const Query& query, const Question& question,
                                       const SeekerRanking& expected,
                                       std::map<std::string, AnswerCost>& cost) {
  const auto ask = [&](const SearchOptions& options) -> std::string {
    const std::string set(KernelSetName(options.kernels));
    const auto answer =
        Timed(cost[set], [&] { return Ask(search_, query, question.k, ties_, options); });
    const std::string way = set + ", " + PathName(options.path) + ": ";
    if (!answer.ok()) return way + "no answer";
    const bool all = options.eligible == Eligible::kAll || search_.stats().eligible_is_all;
    if (all ? answer->eligible_count != expected.eligible_count
            : answer->eligible_count > expected.eligible_count) {
      return way + std::to_string(answer->eligible_count) + " qualify, not " +
             std::to_string(expected.eligible_count);
    }
    const std::string difference = Difference(answer->best, expected.best);
    return difference.empty() ? "" : way + difference;
  };
  for (const KernelSet set : kSets) {
    if (KernelsFor(set) == nullptr) continue;
    for (const SearchPath path : kPaths) {
      const std::string wrong = ask({.path = path, .kernels = set});
      if (!wrong.empty()) return wrong;
    }
    const std::string wrong = ask({.kernels = set, .eligible = Eligible::kAll});
    if (!wrong.empty()) return wrong;
  }
  return ask({});
}

std::string CheckedMarket::AskPeople(const MarketEvent& event) {
  const Opening opening = *SomeOpening(event);
  const Question question{SomeK(event.who / 1024, people_.size()), Seekers()};
  const SeekerRanking expected = RankSeekers(opening.row, question.rows, question.k, ties_);
  ++cost_.questions;
  cost_.without_answer += expected.eligible_count == 0 ? 1 : 0;
  if (opening.posting) {
    const SeekerRanking naive = NaiveSeekers(opening, question.k);
    std::string wrong = Difference(expected.best, naive.best);
    if (naive.eligible_count != expected.eligible_count) wrong += " and the count";
    if (!wrong.empty()) return "RankSeekers over rows, by the document: " + wrong;
  }
  std::string wrong = AskEveryWay(opening.row, question, expected, cost_.people);
  if (wrong.empty()) wrong = CheckEligible(opening.row, question);
  if (wrong.empty()) wrong = CheckTerms(opening, expected);
  return wrong.empty() ? "" : "people for a posting: " + wrong;
}

std::string CheckedMarket::AskPoints(const MarketEvent& event) {
  const PointsQuery query = SomePoints(event);
  const Question question{SomeK(event.who / 1024, people_.size()), Seekers()};
  const SeekerRanking expected = RankByPoints(query, question.rows, question.k, ties_);
  ++cost_.questions;
  cost_.without_answer += expected.eligible_count == 0 ? 1 : 0;
  std::string wrong = AskEveryWay(query, question, expected, cost_.points);
  if (wrong.empty()) wrong = CheckBatch(query, question, expected);
  return wrong.empty() ? "" : "people by points: " + wrong;
}

// Twice in one batch, with another query between.
std::string CheckedMarket::CheckBatch(const PointsQuery& query, const Question& question,
                                      const SeekerRanking& expected) {
  PointsQuery other = query;
  other.occupations_any.clear();
  const std::vector<PointsQuery> queries = {query, other, query};
  const auto answers = RankByPointsBatch(seeker_index_, queries, question.k, ties_, {.threads = 1});
  if (!answers.ok()) return "no answer in a batch";
  const SeekerRanking second = RankByPoints(other, question.rows, question.k, ties_);
  for (const auto& [index, one] : {std::pair(0U, &expected), {1U, &second}, {2U, &expected}}) {
    const std::string difference = Difference((*answers)[index].best, one->best);
    if (!difference.empty()) return "in a batch: " + difference;
  }
  return "";
}

std::string CheckedMarket::CheckEligible(const PostingRow& posting,
                                         const Question& question) const {
  std::set<std::uint64_t> expected;
  for (const SeekerRow& row : question.rows) {
    if (MeetsConditions(posting, row)) expected.insert(row.id.value);
  }
  std::vector<SeekerRowId> found;
  CollectEligible(seeker_index_, posting, found);
  std::set<std::uint64_t> ids;
  for (const SeekerRowId id : found) ids.insert(id.value);
  return ids == expected && found.size() == ids.size() ? "" : "others are collected as eligible";
}

std::string CheckedMarket::CheckTerms(const Opening& opening, const SeekerRanking& expected) {
  const SeekerIndex::View view = seeker_index_.Read();
  for (std::size_t i = 0; i < std::min(kExplained, expected.best.size()); ++i) {
    const Ranked<SeekerRowId>& one = expected.best[i];
    const std::optional<Slot> slot = view.Find(one.id);
    if (!slot) return "a ranked person is not in the index";
    const std::string wrong =
        CheckPair(opening, people_.at(one.id.value), view.RowAt(*slot), one.score);
    if (!wrong.empty()) return wrong + ", person " + std::to_string(one.id.value);
  }
  return "";
}

// The explanation of the row that the index holds is that of the row it was given.
std::string CheckedMarket::CheckPair(const Opening& opening, const Person& person,
                                     const SeekerRow& held, std::int32_t score) {
  ++cost_.explained;
  const Explanation explained = Explain(opening.row, held, std::nullopt);
  const Explanation expected = Explain(opening.row, person.row, std::nullopt);
  if (!explained.eligible || explained.conditions != expected.conditions)
    return "other conditions than of the row";
  if (explained.pair.score != score) return "an explained score that is not the ranked one";
  if (!SameTerms(explained.pair.terms, expected.pair.terms)) return "other terms than of the row";
  std::string wrong = WrongTerms(explained.pair);
  if (wrong.empty() && opening.posting) {
    wrong =
        WrongTerms(explained.pair.terms, naive::Terms(*opening.posting, *person.profile, around_));
  }
  return wrong;
}

std::string CheckedMarket::AskPostings(const MarketEvent& event) {
  const Person person = *SomePerson(event);
  const std::size_t k = SomeK(event.who / 1024, openings_.size());
  std::vector<PostingRow> rows;
  for (const auto& [id, opening] : openings_) rows.push_back(opening.row);
  const PostingRanking expected = RankPostings(person.row, rows, k, ties_);
  ++cost_.questions;
  cost_.without_answer += expected.eligible_count == 0 ? 1 : 0;
  std::string wrong;
  if (person.profile) {
    const PostingRanking naive = NaivePostings(person, k);
    wrong = Difference(expected.best, naive.best);
    if (naive.eligible_count != expected.eligible_count) wrong += " and the count";
    if (!wrong.empty()) return "RankPostings over rows, by the document: " + wrong;
  }
  ForEachInstructionSet([&](std::string_view set) {
    for (const EligibleCount count : {EligibleCount::kNotAsked, EligibleCount::kExact}) {
      const OpeningAnswer answer = Timed(cost_.postings[std::string(set)], [&] {
        return opening_index_.Rank(person.row, {.k = k, .count = count}, ties_);
      });
      std::string difference = Difference(answer.ranking.best, expected.best);
      if (!answer.is_complete) difference = "not complete";
      if (count == EligibleCount::kExact &&
          answer.ranking.eligible_count != expected.eligible_count) {
        difference += " and the count";
      }
      if (wrong.empty() && !difference.empty()) wrong = std::string(set) + ": " + difference;
    }
  });
  for (std::size_t i = 0; i < std::min(kExplained, expected.best.size()) && wrong.empty(); ++i) {
    const Opening& opening = openings_.at(expected.best[i].id.value);
    wrong = CheckPair(opening, person, person.row, expected.best[i].score);
  }
  return wrong.empty() ? "" : "postings for a person: " + wrong;
}

}  // namespace noren::matching
