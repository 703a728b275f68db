// The rest of what a notice states: special care, sources, children, processors, joint use,
// successors, countries, further use, and what a consent rests on.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "engine/policy/loader.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/care.h"
#include "engine/policy/stated/consent_facts.h"
#include "engine/policy/stated/further_use.h"
#include "engine/policy/stated/joint_use.h"
#include "engine/policy/stated/minors.h"
#include "engine/policy/stated/processors.h"
#include "engine/policy/stated/storage.h"
#include "engine/policy/statement_diff.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::CivilDay;
using model::ErrorCode;
using model::ItemKind;
using testing::Contains;

constexpr ErrorCode kYes = ErrorCode::kNone;

CivilDay Day(const char* iso) { return *model::ParseCivilDay(iso); }

// K-19, with its times.
TEST(SpecialCare, IsTakenAfterTheExplanationAndTheConsent) {
  const Policy policy = OperatorPolicy("kyodo-kanagawa");
  const UnixSeconds explained{1000}, consented{1600};
  const auto at = [&](std::int64_t taken) {
    return MayTakeCategory(policy, {"病歴", explained, consented, {taken}}).error;
  };
  EXPECT_EQ(at(999), ErrorCode::kSpecialCareUnexplained);
  EXPECT_EQ(at(1300), ErrorCode::kSpecialCareUnconsented);
  EXPECT_EQ(at(1600), kYes);
  EXPECT_EQ(MayTakeCategory(policy, {"病歴", explained, UnixSeconds{900}, {2000}}).error,
            ErrorCode::kSpecialCareUnconsented);
  EXPECT_EQ(MayTakeCategory(policy, {"病歴", {}, consented, {2000}}).error,
            ErrorCode::kSpecialCareUnexplained);
  EXPECT_EQ(MayTakeCategory(policy, {"健康診断", explained, consented, {2000}}).error,
            ErrorCode::kItemUndeclared);
}

TEST(SpecialCare, WhatIsBannedStaysBannedWhoeverConsents) {
  const Policy policy = OperatorPolicy("kyodo-kanagawa");
  const Decision decision = MayTakeCategory(policy, {"本籍", UnixSeconds{1}, UnixSeconds{2}, {3}});
  EXPECT_EQ(decision.error, ErrorCode::kBannedCategory);
  EXPECT_THAT(decision.clauses, Contains("K-14"));
  EXPECT_THAT(decision.clauses, Contains("K-17"));
  EXPECT_EQ(IsNotBanned(policy, "信条").error, ErrorCode::kBannedCategory);
  EXPECT_TRUE(IsNotBanned(policy, "資格").allowed);
}

// K-12, K-13; the others state nothing of other sources.
TEST(Source, AnotherThanThePersonNeedsConsentFirst) {
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  EXPECT_TRUE(MayTakeFrom(kyodo, {true, {}, {10}}).allowed);
  EXPECT_EQ(MayTakeFrom(kyodo, {false, {}, {10}}).error, ErrorCode::kConsentAnew);
  EXPECT_EQ(MayTakeFrom(kyodo, {false, UnixSeconds{11}, {10}}).error, ErrorCode::kConsentAnew);
  const Decision allowed = MayTakeFrom(kyodo, {false, UnixSeconds{10}, {10}});
  EXPECT_TRUE(allowed.allowed);
  EXPECT_THAT(allowed.clauses, Contains("K-13"));
  for (const char* name : {"mapo", "gojobs", "sapporo-ui", "openup-it"}) {
    EXPECT_EQ(MayTakeFrom(OperatorPolicy(name), {false, UnixSeconds{1}, {10}}).error,
              ErrorCode::kConsentAnew)
        << name;
  }
}

// S-1, O-18.
TEST(Confirmation, IsAskedForWhereTheNoticeSaysSo) {
  const Hash256 notice = {1}, other = {2};
  const std::map<std::string, bool> asks = {{"mapo", false},
                                            {"gojobs", false},
                                            {"sapporo-ui", true},
                                            {"kyodo-kanagawa", false},
                                            {"openup-it", true}};
  for (const auto& [name, needed] : asks) {
    const Policy policy = OperatorPolicy(name);
    EXPECT_EQ(NeedsConfirmation(policy), needed) << name;
    EXPECT_EQ(MayRegisterAfter(policy, std::nullopt, notice).error,
              needed ? ErrorCode::kNoAcknowledgement : kYes)
        << name;
    EXPECT_EQ(MayRegisterAfter(policy, other, notice).allowed, !needed) << name;
    EXPECT_TRUE(MayRegisterAfter(policy, notice, notice).allowed) << name;
  }
}

// The worked table of ages: born 2011-03-15, and on a leap day.
TEST(Children, AreOfAgeFromTheBirthdayOn) {
  EXPECT_EQ(AgeOn(Day("2011-03-15"), Day("2025-03-14")), 13);
  EXPECT_EQ(AgeOn(Day("2011-03-15"), Day("2025-03-15")), 14);
  EXPECT_EQ(AgeOn(Day("2012-02-29"), Day("2026-02-28")), 13);
  EXPECT_EQ(AgeOn(Day("2012-02-29"), Day("2026-03-01")), 14);
  EXPECT_EQ(AgeOn(Day("2000-02-29"), Day("2025-02-28")), 24);
  EXPECT_EQ(AgeOn(Day("2000-02-29"), Day("2025-03-01")), 25);
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(IsChild(gojobs, 13), true);
  EXPECT_EQ(IsChild(gojobs, 14), false);
  EXPECT_EQ(IsChild(OperatorPolicy("mapo"), 13), std::nullopt);
}

TEST(Children, NeedTheirRepresentativeAndAPolicyThatSpeaksOfThem) {
  const Policy gojobs = OperatorPolicy("gojobs"), mapo = OperatorPolicy("mapo");
  EXPECT_TRUE(MayActFor(gojobs, {false, false}).allowed);
  EXPECT_EQ(MayActFor(gojobs, {true, false}).error, ErrorCode::kMinor);
  EXPECT_THAT(MayActFor(gojobs, {true, false}).clauses, Contains("G-52"));
  EXPECT_TRUE(MayActFor(gojobs, {true, true}).allowed);
  EXPECT_EQ(MayActFor(mapo, {true, true}).error, ErrorCode::kMinor);
  EXPECT_TRUE(MayActFor(mapo, {false, false}).allowed);
}

ProcessorTerms GojobsProcessor() {
  return {"(주)이안시스템",
          "나라일터 시스템 운영 및 유지관리",
          {"CT_PURPOSE_ONLY", "CT_PROTECTION", "CT_SCOPE", "CT_NO_SUB", "CT_ACCESS", "CT_AUDIT",
           "CT_LIABILITY"},
          true,
          true,
          false};
}

TEST(Processors, OfGojobsHaveAllSevenTopicsOnPaper) {
  const Policy policy = OperatorPolicy("gojobs");
  ProcessorDefect defect = ProcessorDefect::kTask;
  EXPECT_TRUE(MayEntrust(policy, GojobsProcessor(), &defect).allowed);
  EXPECT_EQ(defect, ProcessorDefect::kNone);
  const auto with = [&](auto change) {
    ProcessorTerms terms = GojobsProcessor();
    change(terms);
    const Decision decision = MayEntrust(policy, terms, &defect);
    EXPECT_EQ(decision.error, ErrorCode::kProcessorUnregistered);
    return defect;
  };
  for (std::size_t i = 0; i < GojobsProcessor().topics.size(); ++i) {
    EXPECT_EQ(
        with([&](auto& t) { t.topics.erase(t.topics.begin() + static_cast<std::ptrdiff_t>(i)); }),
        ProcessorDefect::kTopic);
  }
  EXPECT_EQ(with([](auto& t) { t.contract_on_paper = false; }), ProcessorDefect::kPaper);
  EXPECT_EQ(with([](auto& t) { t.made_known = false; }), ProcessorDefect::kUnpublished);
  EXPECT_EQ(with([](auto& t) { t.name = "another"; }), ProcessorDefect::kName);
  EXPECT_EQ(with([](auto& t) { t.name = ""; }), ProcessorDefect::kName);
  EXPECT_EQ(with([](auto& t) { t.task = "another"; }), ProcessorDefect::kTask);
}

// M-32: the names are blank in the source, so nobody can be that company. S-28, K: nobody at all.
TEST(Processors, AreRefusedWhereTheNoticeForbidsThemOrIsSilent) {
  const ProcessorTerms named{"Some Company",
                             "홈페이지 운영 및 유지보수",
                             {"CT_LAW", "CT_NO_PROVISION", "CT_LIABILITY"},
                             true,
                             true,
                             true};
  ProcessorDefect defect{};
  EXPECT_EQ(MayEntrust(OperatorPolicy("mapo"), named, &defect).error,
            ErrorCode::kProcessorUnregistered);
  EXPECT_EQ(defect, ProcessorDefect::kName);
  EXPECT_EQ(MayEntrust(OperatorPolicy("sapporo-ui"), named, nullptr).error,
            ErrorCode::kEntrustmentForbidden);
  EXPECT_THAT(MayEntrust(OperatorPolicy("sapporo-ui"), named, nullptr).clauses, Contains("S-28"));
  EXPECT_EQ(MayEntrust(OperatorPolicy("kyodo-kanagawa"), named, nullptr).error,
            ErrorCode::kEntrustmentForbidden);
  const ProcessorTerms evaluated{"Some Company", "any", {"CT_EVALUATION", "CT_CONTRACT"},
                                 false,          true,  false};
  EXPECT_TRUE(MayEntrust(OperatorPolicy("openup-it"), evaluated, nullptr).allowed);
  ProcessorTerms unevaluated = evaluated;
  unevaluated.topics = {"CT_CONTRACT"};
  EXPECT_EQ(MayEntrust(OperatorPolicy("openup-it"), unevaluated, &defect).error,
            ErrorCode::kProcessorUnregistered);
  EXPECT_EQ(defect, ProcessorDefect::kTopic);
}

// O-33 to O-38.
TEST(JointUse, IsForMembersAtHomeOverTheListedItems) {
  const Policy policy = OperatorPolicy("openup-it");
  const std::array<std::string_view, 2> items = {"保有資格", "部署名"};
  const JointUseTerms whole{
      "その子会社", "JP", Day("2025-01-01"), Day("2025-09-30"), Day("2025-09-30"),
      "applicant",  items};
  EXPECT_TRUE(MayUseJointly(policy, whole).allowed);
  const auto with = [&](auto change) {
    JointUseTerms terms = whole;
    change(terms);
    return MayUseJointly(policy, terms).error;
  };
  EXPECT_EQ(with([](auto& t) { t.day = Day("2025-10-01"); }), ErrorCode::kNotJointMember);
  EXPECT_EQ(with([](auto& t) { t.day = Day("2024-12-31"); }), ErrorCode::kNotJointMember);
  EXPECT_EQ(with([](auto& t) { t.relation = "取引先"; }), ErrorCode::kNotJointMember);
  EXPECT_EQ(with([](auto& t) { t.country = "SG"; }), ErrorCode::kForeignMember);
  EXPECT_EQ(with([](auto& t) { t.subject = "entrusted"; }), ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(with([](auto& t) { t.subject = "cctv"; }), ErrorCode::kPurposeUndeclared);
  for (const std::string_view item : {"学歴", "生年月日", "性別", "履歴書"}) {
    const std::array<std::string_view, 1> one = {item};
    EXPECT_EQ(with([&](auto& t) { t.items = one; }), ErrorCode::kItemNotListed) << item;
  }
  for (const char* name : {"mapo", "gojobs", "sapporo-ui", "kyodo-kanagawa"}) {
    EXPECT_EQ(MayUseJointly(OperatorPolicy(name), whole).error, ErrorCode::kNotJointMember);
  }
}

// S-27.
TEST(Successor, GetsTheTwoListedGroupsWhenPeopleAreToldAndTheFormerErases) {
  const Policy policy = OperatorPolicy("sapporo-ui");
  const std::array<std::string_view, 2> items = {"登録情報", "利用履歴"};
  const std::array<std::string_view, 1> resumes = {"履歴書"};
  EXPECT_TRUE(MayHandToSuccessor(policy, {"札幌市", "新規受託事業者", items, true, true}).allowed);
  EXPECT_EQ(MayHandToSuccessor(policy, {"札幌市", "新規受託事業者", resumes, true, true}).error,
            ErrorCode::kItemNotListed);
  EXPECT_EQ(MayHandToSuccessor(policy, {"札幌市", "親会社", items, true, true}).error,
            ErrorCode::kRecipientUndeclared);
  EXPECT_EQ(MayHandToSuccessor(policy, {"札幌市", "新規受託事業者", items, false, true}).error,
            ErrorCode::kGroundEvidence);
  EXPECT_EQ(MayHandToSuccessor(policy, {"札幌市", "新規受託事業者", items, true, false}).error,
            ErrorCode::kGroundEvidence);
  EXPECT_EQ(
      MayHandToSuccessor(OperatorPolicy("mapo"), {"札幌市", "新規受託事業者", items, true, true})
          .error,
      ErrorCode::kRecipientUndeclared);
}

TEST(Countries, AreTheListedOnesAndHome) {
  struct Row {
    const char* name;
    const char* allowed;
  };
  for (const Row& row : {Row{"mapo", "KR"}, Row{"gojobs", "KR"}, Row{"sapporo-ui", "JP"},
                         Row{"kyodo-kanagawa", "JP"}, Row{"openup-it", "JP US SG"}}) {
    const Policy policy = OperatorPolicy(row.name);
    for (const char* country : {"KR", "JP", "US", "SG", "DE", ""}) {
      const bool expected =
          *country != 0 && std::string_view(row.allowed).find(country) != std::string_view::npos;
      EXPECT_EQ(MayStoreIn(policy, country).allowed, expected) << row.name << " " << country;
    }
  }
  EXPECT_EQ(MayStoreIn(OperatorPolicy("openup-it"), "DE").error, ErrorCode::kStorageCountry);
  EXPECT_THAT(MayStoreIn(OperatorPolicy("openup-it"), "DE").clauses, Contains("O-66"));
}

// G-111 to G-115.
TEST(FurtherUse, NeedsEveryPointToSpeakForIt) {
  const Policy policy = OperatorPolicy("gojobs");
  std::vector<WeighedPoint> points;
  for (const Entry* factor : policy.statement->All("factor")) {
    points.push_back({factor->Title(), factor->Word("favourable") == "yes", "written down"});
  }
  ASSERT_EQ(points.size(), 4U);
  EXPECT_TRUE(MayUseFurther(policy, points).allowed);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<WeighedPoint> changed = points;
    changed[i].answer = !changed[i].answer;
    EXPECT_EQ(MayUseFurther(policy, changed).error, ErrorCode::kGroundEvidence);
    changed = points;
    changed[i].reason = " ";
    EXPECT_EQ(MayUseFurther(policy, changed).error, ErrorCode::kGroundEvidence);
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(MayUseFurther(policy, changed).error, ErrorCode::kGroundEvidence);
  }
  EXPECT_EQ(MayUseFurther(OperatorPolicy("mapo"), points).error, ErrorCode::kPurposeUndeclared);
}

TEST(OpenServices, OfMapoAreThree) {
  const Policy mapo = OperatorPolicy("mapo");
  for (const char* service : {"일자리 정보", "교육 이용안내", "센터 정보"}) {
    EXPECT_TRUE(IsOpenService(mapo, service).allowed);
  }
  EXPECT_EQ(IsOpenService(mapo, "이력서 작성").error, ErrorCode::kNoFile);
  EXPECT_EQ(IsOpenService(OperatorPolicy("gojobs"), "일자리 정보").error, ErrorCode::kNoFile);
}

struct Variant {
  std::string_view name, from, to;
  bool is_covered = false;  // the consent of before holds
};
std::ostream& operator<<(std::ostream& out, const Variant& variant) { return out << variant.name; }

class ConsentRestsOn : public testing::TestWithParam<Variant> {};

// Two versions of the example that differ in one place.
TEST_P(ConsentRestsOn, WhatItNamesAndNothingElse) {
  const Variant& variant = GetParam();
  const auto before = ParsePolicy(WholeExampleText());
  const auto after = ParsePolicy(ReplacedIn(WholeExampleText(), variant.from, variant.to));
  ASSERT_OK(before);
  ASSERT_OK(after);
  const std::array items = {ItemKind::kResume, ItemKind::kName};
  const ReleaseTerms terms{model::Purpose::kApplicationScreening, items, "", 90};
  const Hash256 facts = ConsentFacts(*before, terms);
  EXPECT_NE(facts, Hash256{});
  const Decision decision = StillCovers(*after, terms, facts);
  EXPECT_EQ(decision.allowed, variant.is_covered);
  EXPECT_EQ(decision.error, variant.is_covered ? kYes : ErrorCode::kConsentAnew);
  // A consent ends only by a change that the officer is told of.
  bool told = false;
  for (const PolicyChange& change : DiffPolicies(*before, *after)) told |= change.asks_anew;
  if (!variant.is_covered) {
    EXPECT_TRUE(told);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Versions, ConsentRestsOn,
    testing::Values(
        Variant{"AnotherRecipientName", "name = \"지원한 기업\"", "name = \"구인기업 담당자\"",
                false},
        Variant{"OneItemMoreForTheRecipient", "\"그 밖의 지원 서류\"]\nmeans",
                "\"그 밖의 지원 서류\", \"건강 정보\"]\nmeans", false},
        Variant{"AShorterPeriodThere", "retention = \"P90D\"", "retention = \"P60D\"", false},
        Variant{"AConditionMoreOfTheGround", "all_of = [\"same_company\", \"consent_first\"]",
                "all_of = [\"same_company\", \"consent_first\", \"facts_shown\"]", false},
        Variant{"AnotherPeriodOfTheFile", "until = [\"withdrawal_of_membership\"]",
                "until = [\"withdrawal_of_membership\", \"purpose_achieved\"]", false},
        Variant{"APurposeAdded", "[[stated.file]]\nid = \"contacts\"",
                "[[stated.purpose]]\nid = \"news\"\nfrom = \"B-3\"\nname = \"채용 공고 "
                "열람\"\nsubject = \"seeker\"\n\n[[stated.file]]\nid = \"contacts\"",
                true},
        Variant{"AnotherGroundChanged", "approvers = 2", "approvers = 3", true},
        Variant{"ACountryAdded", "countries = [\"KR\"]", "countries = [\"KR\", \"JP\"]", true},
        Variant{"AnotherLimitOfTheService", "ranking_rows = 1000", "ranking_rows = 900", true}),
    [](const auto& version) { return std::string(version.param.name); });

TEST(ConsentFacts, OfAPolicyThatStatesNothingCoverNothing) {
  const Policy silent = Example();
  const std::array items = {ItemKind::kResume};
  const ReleaseTerms terms{model::Purpose::kApplicationScreening, items, "", 90};
  EXPECT_EQ(ConsentFacts(silent, terms), Hash256{});
  EXPECT_EQ(StillCovers(silent, terms, Hash256{}).error, ErrorCode::kPolicyIncomplete);
}

}  // namespace
}  // namespace noren::policy
