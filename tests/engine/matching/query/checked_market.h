// Both indexes of a market and beside them everything that they should hold. Every question is
// asked with every set of kernels of this machine and on every path, and compared in ids, order,
// scores, ties, counts and terms with the slow ranking of the rows; where rows are made of models,
// also with the rules as tests/engine/matching/naive.cc has them.
// Threads:  one at a time
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/matching/openings/opening_index.h"
#include "engine/matching/query/search.h"
#include "tests/engine/matching/market.h"
#include "tests/engine/matching/query/market_plan.h"

namespace noren::matching {

// What a proof took, by instruction set: of answers compared, and of processor time to give them.
struct AnswerCost {
  std::uint64_t answers = 0;
  std::uint64_t nanoseconds = 0;
};
struct ProofCost {
  std::map<std::string, AnswerCost> people, points, postings;  // by question
  std::uint64_t changes = 0;
  std::uint64_t questions = 0;
  std::uint64_t explained = 0;       // pairs whose terms were compared
  std::uint64_t without_answer = 0;  // questions nobody qualifies for
};

class CheckedMarket {
 public:
  CheckedMarket(const MarketPlan& plan, ProofCost& cost);

  // What was wrong about the first answer that was; empty when all were right.
  std::string Run();

 private:
  struct Person {
    SeekerRow row;
    std::optional<model::Profile> profile;
  };
  struct Opening {
    PostingRow row;
    std::optional<model::Posting> posting;
  };
  struct Question {
    std::size_t k = 0;
    std::vector<SeekerRow> rows;  // of everybody
  };

  Person MakePerson(std::uint64_t number, std::uint64_t seed) const;
  Opening MakeOpening(std::uint64_t number, std::uint64_t seed) const;
  void PutPerson(std::uint64_t number, std::uint64_t seed);
  void PutPosting(std::uint64_t number, std::uint64_t seed);

  std::string Apply(const MarketEvent& event);
  std::string Remove(const MarketEvent& event);
  std::string AskPeople(const MarketEvent& event);
  std::string AskPoints(const MarketEvent& event);
  std::string AskPostings(const MarketEvent& event);
  template <typename Query>
  std::string AskEveryWay(const Query& query, const Question& question,
                          const SeekerRanking& expected, std::map<std::string, AnswerCost>& cost);
  std::string CheckBatch(const PointsQuery& query, const Question& question,
                         const SeekerRanking& expected);
  std::string CheckEligible(const PostingRow& posting, const Question& question) const;
  std::string CheckTerms(const Opening& opening, const SeekerRanking& expected);
  std::string CheckPair(const Opening& opening, const Person& person, const SeekerRow& held,
                        std::int32_t score);
  SeekerRanking NaiveSeekers(const Opening& opening, std::size_t k) const;
  PostingRanking NaivePostings(const Person& person, std::size_t k) const;
  std::optional<Opening> SomeOpening(const MarketEvent& event) const;
  std::optional<Person> SomePerson(const MarketEvent& event) const;
  PointsQuery SomePoints(const MarketEvent& event) const;
  std::vector<SeekerRow> Seekers() const;

  const MarketPlan& plan_;
  ProofCost& cost_;
  const naive::Surroundings around_;
  const MixedTies ties_;
  std::map<std::uint64_t, Person> people_;     // by id
  std::map<std::uint64_t, Opening> openings_;  // by id
  SeekerIndex seeker_index_;
  OpeningIndex opening_index_;
  SeekerSearch search_{seeker_index_};
};

}  // namespace noren::matching
