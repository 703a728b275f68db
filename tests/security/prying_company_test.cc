// T3 and T11 of docs/THREAT_MODEL.md: companies that ask a thousand questions, with people of their
// own planted among those they ask about, and put together what they see.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/model/errors.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

constexpr std::size_t kK = 3;                // of the example policy
constexpr std::size_t kPostingsEach = 500;   // of two companies: as many as a day allows
constexpr std::uint8_t kLevelOfPlanted = 5;  // meets whatever is asked

// Some people of one class, who differ in a skill that no card shows.
class Town {
 public:
  // `hidden`: one level for each of the real people, in this order.
  // `counted`: how many of them the policy counts with.
  Town(const std::vector<std::uint8_t>& hidden, std::size_t planted, std::int32_t counted = 0) {
    policy_ = service_.context().policy;
    policy_.cards.planted = counted;
    service_.set_policy(&policy_);
    EXPECT_OK(service_.Restart());
    for (std::size_t i = 0; i < planted; ++i) Add(kLevelOfPlanted);
    for (const std::uint8_t level : hidden) Add(level);
    EXPECT_OK(service_.context().card_epochs.Renew(service_.context(), service_.officer(),
                                                   service_.NextKey()));
  }
  TestService& service() { return service_; }

  // Everything that the company is told for a posting that asks for this level of the skill. Each
  // names other occupations besides, so that none is the near-duplicate of another.
  std::string Ask(const std::string& company, std::uint8_t level, std::size_t number) {
    model::Posting posting = SomePosting(company);
    posting.reference = "job-" + std::to_string(number);
    for (const std::string& code : OtherOccupations(number))
      posting.occupations.push_back(*model::OccupationCode::Parse(code));
    posting.required.skills = {{*model::SkillCode::Parse("SK-first-aid"), level}};
    const auto registered = operations::RegisterPosting(service_.context(), service_.portal(),
                                                        {service_.NextKey(), posting});
    EXPECT_OK(registered);
    if (!registered.ok()) return "";
    const auto page =
        ListCards(service_.context(), service_.company(company), registered->posting, 0, 100);
    if (!page.ok()) return std::string(model::RowOf(CodeOf(page.status())).name);
    std::string told = std::to_string(page->total) + page->epoch;
    for (const CardView& card : page->cards) {
      told += "\n" + card.card + " " + card.band + " " + card.qualifying;
      for (const auto& [name, value] : card.class_row) told += " " + name + "=" + value;
      for (const std::string& met : card.requirements_met) told += " +" + met;
      for (const std::string& open : card.requirements_open) told += " ?" + open;
    }
    return told;
  }

 private:
  void Add(std::uint8_t level) {
    const auto person = service_.Register(number_, /*with_key=*/true);
    model::Profile profile = SomeProfile(0);
    profile.skills = {{*model::SkillCode::Parse("SK-first-aid"), level}};
    RegisterSeekerRequest request{service_.NextKey(), person->ref,     profile,
                                  std::nullopt,       person->contact, "en"};
    request.person_key = person->key->verifying_key().bytes;
    EXPECT_OK(RegisterSeeker(service_.context(), service_.portal(), request));
    service_.BecomeDiscoverable(*person);
    ++number_;
  }
  // Two unit groups of different minor groups, another pair for each number.
  static std::vector<std::string> OtherOccupations(std::size_t number) {
    static const std::vector<std::string> codes = [] {
      std::vector<std::string> found;
      std::set<std::string> groups;
      for (const auto& entry : model::TestDictionary().Entries(model::CodeKind::kOccupation)) {
        if (entry.code.size() != 9 || entry.code.starts_with("ISCO-532")) continue;
        if (groups.insert(entry.code.substr(0, 8)).second) found.push_back(entry.code);
      }
      return found;
    }();
    const std::size_t first = number % codes.size();
    const std::size_t second = (first + 1 + number / codes.size()) % codes.size();
    return {codes[std::min(first, second)], codes[std::max(first, second)]};
  }

  policy::Policy policy_;  // outlives the service
  TestService service_{5};
  int number_ = 0;
};

// A thousand questions, each chosen by what all before were answered: both companies see it all.
std::vector<std::string> AskAThousand(Town& town) {
  std::vector<std::string> told;
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < kPostingsEach; ++i) {
    for (const char* company : {"hangang-care", "other-company"}) {
      const auto level = static_cast<std::uint8_t>(1 + chosen % 5);
      told.push_back(town.Ask(company, level, i));
      chosen = chosen * 31 + std::hash<std::string>()(told.back()) % 1009;
    }
  }
  return told;
}

// The k real people of a class, k-1 planted among them, in worlds in which the target has another
// hidden value each time. Whoever knows all three worlds and everything that two companies were
// told guesses the target's value; nobody guesses better.
TEST(T3PryingCompany, AThousandQuestionsAndPlantedPeopleTellNobodyOfAClassApart) {
  const std::vector<std::vector<std::uint8_t>> worlds = {{1, 2, 3}, {2, 3, 1}, {3, 1, 2}};
  std::set<std::vector<std::string>> transcripts;
  for (const std::vector<std::uint8_t>& hidden : worlds) {
    Town town(hidden, kK - 1, kK - 1);
    const std::vector<std::string> told = AskAThousand(town);
    const std::set<std::string> different(told.begin(), told.end());
    EXPECT_GT(different.size(), kPostingsEach) << "most were refused: nothing was asked";
    transcripts.insert(told);
  }
  // Of the worlds that told the same, one is named; it is the right one once.
  const double guessed =
      static_cast<double>(transcripts.size()) / static_cast<double>(worlds.size());
  std::printf("guessed right: %.3f, by chance: %.3f\n", guessed, 1.0 / kK);
  EXPECT_LE(guessed, 1.0 / kK + 0.02);
}

// What two questions tell of one real person in a class with k-1 of the company's own, for each of
// three hidden values.
std::set<std::string> ToldOfOneAmongPlanted(std::int32_t counted) {
  std::set<std::string> told;
  for (const std::uint8_t hidden : std::vector<std::uint8_t>{1, 2, 3}) {
    Town town({hidden}, kK - 1, counted);
    std::string all;
    for (std::uint8_t level = 2; level <= 3; ++level) {
      all +=
          town.Ask("hangang-care", level, level).find("at least") != std::string::npos ? "1" : "0";
    }
    told.insert(all);
  }
  return told;
}

TEST(T3PryingCompany, AClassThatItFilledUpItselfTellsNothingWhereThatIsCountedWith) {
  EXPECT_EQ(ToldOfOneAmongPlanted(kK - 1).size(), 1u);
}

// An operator who counts with nobody is told by the format what that means; this shows it.
TEST(T3PryingCompany, AClassThatItFilledUpItselfTellsAllWhereNobodyIsCountedWith) {
  EXPECT_EQ(ToldOfOneAmongPlanted(0).size(), 3u);
}

// An adaptive company names other occupations in each posting, so that none is the near-duplicate
// of another: all that ask for the same people among others share one quota of what is shown.
TEST(T3PryingCompany, FurtherOccupationsBuyNoFurtherQuestions) {
  constexpr std::int32_t kCardsADay = 40;
  constexpr std::size_t kQuestions = 200;
  Town town({1, 2, 3}, kK - 1);
  policy::Policy policy = town.service().context().policy;
  policy.cards.cards_per_quota_key = kCardsADay;
  town.service().set_policy(&policy);
  ASSERT_OK(town.service().Restart());
  std::size_t answered = 0;
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const auto level = static_cast<std::uint8_t>(1 + i % 5);
    answered += town.Ask("hangang-care", level, i) == "LIMIT_REACHED" ? 0 : 1;
  }
  EXPECT_LE(answered, static_cast<std::size_t>(kCardsADay));
  EXPECT_NE(town.Ask("other-company", 1, kQuestions), "LIMIT_REACHED") << "each has its own";
  town.service().Stop();
}

// Postings that are near-duplicates of each other are refused beyond the policy's number.
TEST(T3PryingCompany, NearDuplicatesOfAPostingAreRefused) {
  TestService service;
  ErrorCode last = ErrorCode::kNone;
  int shown = 0;
  for (int i = 0; i < 40 && last == ErrorCode::kNone; ++i) {
    const model::PostingId posting = service.RegisterPosting();
    last = CodeOf(ListCards(service.context(), service.company(), posting, 0, 10).status());
    shown += last == ErrorCode::kNone ? 1 : 0;
  }
  EXPECT_EQ(last, ErrorCode::kLimitReached);
  EXPECT_EQ(shown, 20);
}

}  // namespace
}  // namespace noren::operations
