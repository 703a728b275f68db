// One question, five answers: what the operators' files say to the same request, each with the
// clauses it rests on. What was decided where the texts differ is in docs/design/0022.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <string>

#include "engine/policy/loader.h"
#include "engine/policy/stated/grounds.h"
#include "engine/policy/stated/items.h"
#include "engine/policy/stated/provision.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated/subjects.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::ItemKind;
using model::Purpose;
using testing::Contains;

const Policy& Of(std::string_view name) {
  static auto& loaded = *new std::map<std::string, Policy, std::less<>>();
  auto found = loaded.find(name);
  if (found == loaded.end()) found = loaded.emplace(std::string(name), OperatorPolicy(name)).first;
  return found->second;
}

struct Answer {
  ErrorCode error = ErrorCode::kNone;
  std::string_view clause;  // among those named
};
// In the order of kOperatorFiles: mapo, gojobs, sapporo-ui, kyodo-kanagawa, openup-it.
struct Question {
  std::string_view name;
  std::function<Decision(const Policy&)> ask;
  std::array<Answer, 5> answers;
};
std::ostream& operator<<(std::ostream& out, const Question& question) {
  return out << question.name;
}

class FiveAnswers : public testing::TestWithParam<Question> {};

TEST_P(FiveAnswers, AreThoseOfTheNotices) {
  const Question& question = GetParam();
  for (std::size_t i = 0; i < kOperatorFiles.size(); ++i) {
    const OperatorFile& file = kOperatorFiles[i];
    const Decision decision = question.ask(Of(file.name));
    const Answer& expected = question.answers[i];
    EXPECT_EQ(decision.error, expected.error) << file.name;
    EXPECT_EQ(decision.allowed, expected.error == ErrorCode::kNone) << file.name;
    EXPECT_LE(decision.clauses.size(), 16U) << file.name;
    EXPECT_THAT(decision.clauses, Contains(std::string(expected.clause))) << file.name;
  }
}

std::function<Decision(const Policy&)> Take(ItemKind kind) {
  return [kind](const Policy& policy) { return MayTake(policy, kind, ""); };
}
std::function<Decision(const Policy&)> Rank(Search search) {
  return [search](const Policy& policy) { return MayBeRanked(policy, search, ""); };
}
std::function<Decision(const Policy&)> AskFor(Purpose purpose, ItemKind kind) {
  return [=](const Policy& policy) {
    const std::array items = {kind};
    return MayAskFor(policy, {purpose, items, "", 90});
  };
}
std::function<Decision(const Policy&)> Provide(ConsentEvidence consent) {
  return [=](const Policy& policy) {
    const std::array items = {ItemKind::kResume};
    return MayProvide(policy, {Purpose::kApplicationScreening, items, "", 90}, consent);
  };
}
// Everything that any ground asks for is there.
std::function<Decision(const Policy&)> RelyOn(std::string_view code, std::string_view recipient) {
  return [=](const Policy& policy) {
    GroundClaim claim;
    claim.code = code;
    claim.conditions = {"consent_impossible",
                        "urgent_interest",
                        "duty_impossible",
                        "commission_resolved",
                        "needed",
                        "especially_needed",
                        "consent_difficult",
                        "asking_obstructs",
                        "recipient_is_academic",
                        "research_purpose",
                        "no_undue_harm",
                        "consent_first",
                        "facts_shown",
                        "statistics_or_research"};
    for (const char* word :
         {"statute", "article", "request_number", "reason", "duty", "resolution_number",
          "resolution_date", "instrument", "authority", "case_number", "document_number", "court",
          "order_number", "consent_record", "shown_text"}) {
      claim.evidence.push_back({word, "written down"});
    }
    claim.recipient_kind = recipient;
    claim.approvers = 2;
    return MayRelyOn(policy, claim);
  };
}

constexpr ErrorCode kYes = ErrorCode::kNone;

const Question kQuestions[] = {
    {"TakeAResume",
     Take(ItemKind::kResume),
     {{{kYes, "M-9"}, {ErrorCode::kNoFile, "G-6"}, {kYes, "S-17"}, {kYes, "K-3"}, {kYes, "O-21"}}}},
    {"TakeACertificate",
     Take(ItemKind::kCertificate),
     {{{kYes, "M-9"},
       {ErrorCode::kNoFile, "G-6"},
       {ErrorCode::kNoFile, "S-12"},
       {kYes, "K-3"},
       {kYes, "O-21"}}}},
    {"TakeAnAddress",
     Take(ItemKind::kAddress),
     {{{ErrorCode::kItemUndeclared, "M-8"},
       {ErrorCode::kItemUndeclared, "G-7"},
       {kYes, "S-12"},
       {kYes, "K-3"},
       {kYes, "O-21"}}}},
    {"TakeAPhoneNumber",
     Take(ItemKind::kPhone),
     {{{kYes, "M-8"}, {kYes, "G-7"}, {kYes, "S-12"}, {kYes, "K-3"}, {kYes, "O-21"}}}},
    {"TakeAnyOtherDocument",
     Take(ItemKind::kOtherDocument),
     {{{kYes, "M-10"},  // answers to a company's form
       {ErrorCode::kNoFile, "G-6"},
       {ErrorCode::kNoFile, "S-12"},
       {kYes, "K-3"},  // a note of a consultation
       {ErrorCode::kNoFile, "O-21"}}}},
    {"RegisterAKindOfPersonNobodyNames",
     [](const Policy& policy) { return MayRegister(policy, "passer_by"); },
     {{{ErrorCode::kNoFile, "M-5"},
       {ErrorCode::kNoFile, "G-6"},
       {ErrorCode::kNoFile, "S-13"},
       {ErrorCode::kNoFile, "K-2"},
       {ErrorCode::kNoFile, "O-21"}}}},
    {"RankPeopleForAPosting",
     Rank(Search::kPeopleForPosting),
     {{{kYes, "M-9"},
       {ErrorCode::kPurposeUndeclared, "G-11"},
       {ErrorCode::kPurposeUndeclared, "S-7"},
       {kYes, "K-6"},
       {kYes, "O-21"}}}},
    {"RankPostingsForAPerson",
     Rank(Search::kPostingsForPerson),
     {{{kYes, "M-9"},
       {ErrorCode::kPurposeUndeclared, "G-11"},
       {kYes, "S-7"},
       {kYes, "K-5"},
       {kYes, "O-21"}}}},
    {"AskForTheResume",
     AskFor(Purpose::kApplicationScreening, ItemKind::kResume),
     {{{kYes, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {kYes, "S-17"},
       {kYes, "K-20"},
       {kYes, "O-32"}}}},
    {"AskForTheAddress",
     AskFor(Purpose::kApplicationScreening, ItemKind::kAddress),
     {{{ErrorCode::kItemNotListed, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {ErrorCode::kItemNotListed, "S-17"},
       {kYes, "K-20"},
       {kYes, "O-32"}}}},
    {"AskToPrepareAContract",
     AskFor(Purpose::kOfferPreparation, ItemKind::kName),
     {{{ErrorCode::kPurposeUndeclared, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {ErrorCode::kPurposeUndeclared, "S-16"},
       {ErrorCode::kPurposeUndeclared, "K-20"},
       {ErrorCode::kPurposeUndeclared, "O-32"}}}},
    {"ProvideWithTheConsent",
     Provide({true, true, true, true}),
     {{{kYes, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {kYes, "S-19"},
       {kYes, "K-20"},
       {kYes, "O-32"}}}},
    {"ProvideWithoutARecordOfConsent",
     Provide({false, true, true, true}),
     {{{ErrorCode::kGroundEvidence, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {ErrorCode::kGroundEvidence, "S-19"},
       {ErrorCode::kGroundEvidence, "K-20"},
       {ErrorCode::kGroundEvidence, "O-32"}}}},
    {"ProvideBeforeTheConsent",
     Provide({true, true, false, true}),
     {{{ErrorCode::kGroundEvidence, "M-22"},
       {ErrorCode::kNoProvisionDeclared, "G-25"},
       {ErrorCode::kGroundEvidence, "S-19"},
       {ErrorCode::kGroundEvidence, "K-20"},
       {ErrorCode::kGroundEvidence, "O-32"}}}},
    {"RelyOnStatistics",
     [](const Policy& policy) {
       GroundClaim claim;
       claim.code = "TP_STATS";
       claim.conditions = {"statistics_or_research"};
       claim.identifies = false;
       return MayRelyOn(policy, claim);
     },
     {{{kYes, "M-25"},
       {ErrorCode::kGroundDeleted, "G-19"},
       {ErrorCode::kGroundNotInPolicy, "S-20"},
       {ErrorCode::kGroundNotInPolicy, "K-23"},
       {ErrorCode::kGroundNotInPolicy, "O-32"}}}},
    {"RelyOnACourt",
     RelyOn("TP_COURT", "법원"),
     {{{kYes, "M-29"},
       {kYes, "G-23"},
       {ErrorCode::kGroundNotInPolicy, "S-20"},
       {ErrorCode::kGroundNotInPolicy, "K-23"},
       {ErrorCode::kGroundNotInPolicy, "O-32"}}}},
    {"RelyOnAnEmergency",
     RelyOn("LIFE_BODY_PROPERTY", ""),
     {{{ErrorCode::kGroundNotInPolicy, "M-21"},
       {ErrorCode::kGroundNotInPolicy, "G-15"},
       {kYes, "S-23"},
       {ErrorCode::kGroundNotInPolicy, "K-23"},
       {ErrorCode::kGroundNotInPolicy, "O-32"}}}},
    {"RelyOnALaw",
     RelyOn("LAW_BASED", ""),
     {{{ErrorCode::kGroundNotInPolicy, "M-21"},
       {ErrorCode::kGroundNotInPolicy, "G-15"},
       {ErrorCode::kGroundNotInPolicy, "S-20"},
       {kYes, "K-22"},
       {ErrorCode::kGroundNotInPolicy, "O-32"}}}},
};

INSTANTIATE_TEST_SUITE_P(Questions, FiveAnswers, testing::ValuesIn(kQuestions),
                         [](const auto& question) { return std::string(question.param.name); });

// A claim with all that the ground asks for.
GroundClaim WholeClaim(const Entry& ground) {
  GroundClaim claim;
  claim.code = *ground.Word("code");
  claim.conditions = ground.Many("all_of");
  for (const std::string_view word : ground.Many("evidence")) {
    claim.evidence.push_back({word, "written down"});
  }
  const auto kinds = ground.Many("recipient_kinds");
  if (!kinds.empty()) claim.recipient_kind = kinds[0];
  claim.approvers = ground.Number("approvers").value_or(0);
  if (ground.Holds("evidence", "approver"))
    claim.approvers = std::max<std::int64_t>(1, claim.approvers);
  claim.identifies = !ground.Word("output").has_value();
  return claim;
}

class EveryGround : public testing::TestWithParam<OperatorFile> {};

TEST_P(EveryGround, HoldsWithAllItAsksForAndWithNothingLess) {
  const Policy& policy = Of(GetParam().name);
  for (const Entry* ground : policy.statement->All("ground")) {
    const GroundClaim whole = WholeClaim(*ground);
    if (ground->Word("status") != "active") {
      EXPECT_EQ(MayRelyOn(policy, whole).error, ErrorCode::kGroundDeleted) << whole.code;
      continue;
    }
    EXPECT_TRUE(MayRelyOn(policy, whole).allowed) << whole.code;
    const auto refused = [&](const GroundClaim& claim, std::string_view what) {
      EXPECT_EQ(MayRelyOn(policy, claim).error, ErrorCode::kGroundEvidence)
          << whole.code << " without " << what;
    };
    for (std::size_t i = 0; i < whole.conditions.size(); ++i) {
      GroundClaim claim = whole;
      claim.conditions.erase(claim.conditions.begin() + static_cast<std::ptrdiff_t>(i));
      refused(claim, whole.conditions[i]);
    }
    for (std::size_t i = 0; i < whole.evidence.size(); ++i) {
      if (whole.evidence[i].word == "approver") continue;
      GroundClaim claim = whole;
      claim.evidence[i].text = "  ";
      refused(claim, whole.evidence[i].word);
    }
    GroundClaim claim = whole;
    if (whole.approvers > 0) {
      claim.approvers -= 1;
      refused(claim, "an approval");
    }
    claim = whole;
    if (!whole.recipient_kind.empty()) {
      claim.recipient_kind = "변호사";
      refused(claim, "a recipient of its kind");
    }
    claim = whole;
    if (!whole.identifies) {
      claim.identifies = true;
      refused(claim, "anonymity");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryGround, testing::ValuesIn(kOperatorFiles), OperatorName);

TEST(StatedItems, ACompanyMemberHasNoResume) {
  EXPECT_EQ(MayTake(Of("mapo"), ItemKind::kResume, "company").error, ErrorCode::kNoFile);
  EXPECT_TRUE(MayTake(Of("mapo"), ItemKind::kResume, "person").allowed);
}

TEST(StatedItems, GojobsRequiresNameTelephoneAndMail) {
  const std::array all = {ItemKind::kName, ItemKind::kPhone, ItemKind::kEmail};
  EXPECT_TRUE(IsComplete(Of("gojobs"), all, "").allowed);
  EXPECT_EQ(IsComplete(Of("gojobs"), std::span(all).first(2), "").error, ErrorCode::kSourceMissing);
}

TEST(StatedItems, APolicyThatStatesNothingAllowsNothing) {
  Policy silent = Of("mapo");
  silent.statement = nullptr;
  EXPECT_EQ(MayTake(silent, ItemKind::kResume, "").error, ErrorCode::kPolicyIncomplete);
  EXPECT_EQ(MayRegister(silent, "").error, ErrorCode::kPolicyIncomplete);
  EXPECT_EQ(MayBeRanked(silent, Search::kEither, "").error, ErrorCode::kPolicyIncomplete);
  EXPECT_EQ(Provide({true, true, true, true})(silent).error, ErrorCode::kPolicyIncomplete);
  EXPECT_EQ(RelyOn("TP_COURT", "법원")(silent).error, ErrorCode::kPolicyIncomplete);
  EXPECT_FALSE(MayTake(silent, ItemKind::kResume, "").clauses.empty());
}

// What the example takes and asks for by its enforced tables it states as well.
TEST(StatedItems, TheExampleStatesWhatItEnforces) {
  const StatusOr<Policy> example = ParsePolicy(WholeExampleText());
  ASSERT_OK(example);
  for (const ItemRule& item : example->items) {
    EXPECT_TRUE(MayTake(*example, item.kind, "").allowed) << model::ItemKindName(item.kind);
  }
  for (const PurposeRule& rule : example->purposes) {
    const Decision decision =
        MayAskFor(*example, {rule.purpose, rule.items, "", example->consent.retention_days});
    EXPECT_TRUE(decision.allowed) << model::PurposeName(rule.purpose);
  }
  for (const Search search : {Search::kPeopleForPosting, Search::kPostingsForPerson}) {
    EXPECT_TRUE(MayBeRanked(*example, search, "").allowed);
  }
}

// What the city may have, and how (S-11 to S-15).
TEST(HandOver, TheCityGetsItsItemsByItsMeansForItsPurposes) {
  const Policy& policy = Of("sapporo-ui");
  GroundClaim claim;
  claim.code = "DECLARED_RECIPIENT";
  claim.recipient_kind = "札幌市";
  claim.evidence = {{"shown_text", "recorded"}};
  const std::array<std::string_view, 2> items = {"氏名", "年齢"};
  ProvisionTerms terms{"city", "情報発信", "紙", items, "student"};
  EXPECT_TRUE(MayHandOver(policy, terms, claim).allowed);
  const auto with = [&](auto change) {
    ProvisionTerms other = terms;
    change(other);
    return MayHandOver(policy, other, claim);
  };
  const std::array<std::string_view, 1> birth = {"生年月日"}, year = {"学年"}, work = {"在職状況"};
  EXPECT_EQ(with([&](auto& t) { t.items = birth; }).error, ErrorCode::kItemNotListed);
  EXPECT_TRUE(with([&](auto& t) { t.items = year; }).allowed);
  EXPECT_EQ(with([&](auto& t) { t.items = work; }).error, ErrorCode::kItemNotListed);
  const auto non_student = with([&](auto& t) {
    t.subject = "non_student";
    t.items = work;
  });
  EXPECT_TRUE(non_student.allowed);
  EXPECT_THAT(non_student.clauses, Contains("S-14"));
  EXPECT_EQ(with([&](auto& t) { t.means = "USBメモリ手渡し"; }).error, ErrorCode::kMeansNotListed);
  EXPECT_EQ(with([&](auto& t) { t.purpose = "選考"; }).error, ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(with([&](auto& t) { t.recipient = "parent"; }).error, ErrorCode::kRecipientUndeclared);
  claim.evidence.clear();
  EXPECT_EQ(MayHandOver(policy, terms, claim).error, ErrorCode::kGroundEvidence);
  claim.code = "LAW_PERMITTED";
  EXPECT_EQ(MayHandOver(policy, terms, claim).error, ErrorCode::kGroundEvidence);
}

// The company's own list is not the city's (S-18).
TEST(HandOver, ACompanyIsNotServedByTheManagementSystem) {
  const std::array<std::string_view, 1> items = {"履歴書"};
  GroundClaim claim;
  claim.code = "CONSENT_APPLICATION";
  claim.conditions = {"same_company", "consent_first"};
  claim.evidence = {{"consent_record", "recorded"}};
  const Decision decision = MayHandOver(
      Of("sapporo-ui"), {"company", "選考", "個人情報管理システム", items, "student"}, claim);
  EXPECT_EQ(decision.error, ErrorCode::kMeansNotListed);
  EXPECT_THAT(decision.clauses, Contains("S-18"));
}

}  // namespace
}  // namespace noren::policy
