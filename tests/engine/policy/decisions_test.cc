// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "tests/engine/policy/example.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::ItemKind;
using model::Purpose;
using testing::ElementsAre;

constexpr std::int64_t kDay = 86400;

void ExpectRefused(const Decision& decision, ErrorCode error) {
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.error, error);
  EXPECT_FALSE(decision.clauses.empty());
}
void ExpectAllowed(const Decision& decision) {
  EXPECT_TRUE(decision.allowed);
  EXPECT_EQ(decision.error, ErrorCode::kNone);
  EXPECT_FALSE(decision.clauses.empty());
}

TEST(Decisions, EveryRuleRestsOnADeclaredClauseWithEitherAnswer) {
  const Policy policy = Example();
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    ExpectAllowed(Allow(policy, rule));
    ExpectRefused(Refuse(policy, rule, ErrorCode::kPolicyForbids), ErrorCode::kPolicyForbids);
  }
}

TEST(Decisions, StatusCarriesTheCodeAndTheClauses) {
  const Policy policy = Example();
  EXPECT_OK(ToStatus(Allow(policy, Rule::kRelease)));
  const Status status = ToStatus(Refuse(policy, Rule::kGrantConsent, ErrorCode::kProofRequired));
  EXPECT_EQ(model::CodeOf(status), ErrorCode::kProofRequired);
  EXPECT_EQ(model::DetailOf(status), "clauses E-5 E-6");
}

TEST(IsInForce, BeginsAtMidnightOfTheOperatorsZone) {
  const Policy policy = Example();
  // 2026-01-01 00:00 in Seoul is 2025-12-31 15:00 UTC.
  const std::int64_t start = policy.effective_from.days_since_1970 * kDay - 9 * 3600;
  ExpectRefused(IsInForce(policy, {start - 1}), ErrorCode::kNoPolicy);
  ExpectAllowed(IsInForce(policy, {start}));
}

TEST(MayUseCustody, IsWhatThePolicyAllows) {
  Policy policy = Example();
  for (const model::Custody custody : model::kCustodies) {
    policy.custody.allowed = {true, true};
    ExpectAllowed(MayUseCustody(policy, custody));
    policy.custody.allowed = {custody == model::Custody::kPerson,
                              custody == model::Custody::kOperator};
    ExpectRefused(MayUseCustody(policy, custody), ErrorCode::kPolicyForbids);
  }
  ExpectRefused(MayUseCustody(policy, static_cast<model::Custody>(0)), ErrorCode::kPolicyForbids);
}

TEST(MayRegisterItem, NeedsADeclaredKindWithinItsSize) {
  Policy policy = Example();
  ExpectAllowed(MayRegisterItem(policy, ItemKind::kPhone, 100));
  ExpectRefused(MayRegisterItem(policy, ItemKind::kPhone, 101), ErrorCode::kTooLarge);
  std::erase_if(policy.items, [](const ItemRule& item) { return item.kind == ItemKind::kPhone; });
  ExpectRefused(MayRegisterItem(policy, ItemKind::kPhone, 1), ErrorCode::kPolicyForbids);
}

TEST(MayCompleteRegistration, NeedsEveryRequiredKind) {
  Policy policy = Example();
  ExpectAllowed(MayCompleteRegistration(policy, {}));
  policy.items[0].collection = Collection::kRequired;
  ExpectRefused(MayCompleteRegistration(policy, {}), ErrorCode::kBadRequest);
  const std::array kinds = {ItemKind::kPhone, policy.items[0].kind};
  ExpectAllowed(MayCompleteRegistration(policy, kinds));
}

TEST(MayInvite, NeedsItemsThatThePurposeCovers) {
  const Policy policy = Example();
  const std::array contact = {ItemKind::kName, ItemKind::kPhone};
  const std::array resume = {ItemKind::kName, ItemKind::kResume};
  ExpectAllowed(MayInvite(policy, {Purpose::kInterviewContact, contact, 1, 0}));
  ExpectRefused(MayInvite(policy, {Purpose::kInterviewContact, resume, 1, 0}),
                ErrorCode::kPolicyForbids);
  ExpectRefused(MayInvite(policy, {Purpose::kInterviewContact, {}, 1, 0}), ErrorCode::kBadRequest);
}

TEST(MayInvite, RefusesAPurposeThatIsNotDeclared) {
  Policy policy = Example();
  std::erase_if(policy.purposes,
                [](const PurposeRule& rule) { return rule.purpose == Purpose::kInterviewContact; });
  const std::array contact = {ItemKind::kName};
  ExpectRefused(MayInvite(policy, {Purpose::kInterviewContact, contact, 1, 0}),
                ErrorCode::kPolicyForbids);
}

TEST(MayInvite, KeepsTheLimitsOfTheRequestAndOfThePosting) {
  const Policy policy = Example();  // 20 a request, 100 a posting
  const std::array items = {ItemKind::kName};
  const auto may = [&](std::int32_t how_many, std::int64_t already) {
    return MayInvite(policy, {Purpose::kInterviewContact, items, how_many, already});
  };
  ExpectAllowed(may(20, 0));
  ExpectRefused(may(21, 0), ErrorCode::kLimitReached);
  ExpectAllowed(may(20, 80));
  ExpectRefused(may(20, 81), ErrorCode::kLimitReached);
  ExpectRefused(may(0, 0), ErrorCode::kBadRequest);
  ExpectRefused(may(-1, 0), ErrorCode::kBadRequest);
}

TEST(ProofSuffices, WhenItIsAtLeastWhatThePolicyAsks) {
  Policy policy = Example();
  for (std::size_t i = 0; i < kActCount; ++i) {
    const auto act = static_cast<Act>(i);
    for (const Proof least : {Proof::kPortalAsserted, Proof::kOneTimeCode, Proof::kSignature}) {
      policy.least_proof[i] = least;
      for (const Proof given : {Proof::kPortalAsserted, Proof::kOneTimeCode, Proof::kSignature}) {
        const Decision decision = ProofSuffices(policy, act, given);
        if (given >= least) {
          ExpectAllowed(decision);
        } else {
          ExpectRefused(decision, ErrorCode::kProofRequired);
        }
      }
    }
  }
}

TEST(MayGrantConsent, KeepsTheDaysOfThePurposeAndOfRetention) {
  const Policy policy = Example();  // qualification_check: 30 days; retention: 90
  const std::array items = {ItemKind::kCertificate};
  const auto may = [&](std::int32_t days, std::int32_t retention) {
    return MayGrantConsent(policy, {Purpose::kQualificationCheck, items, days, retention});
  };
  ExpectAllowed(may(30, 90));
  ExpectRefused(may(31, 90), ErrorCode::kPolicyForbids);
  ExpectRefused(may(30, 91), ErrorCode::kPolicyForbids);
  EXPECT_THAT(may(30, 91).clauses, ElementsAre("E-7"));
  ExpectRefused(may(0, 90), ErrorCode::kBadRequest);
  ExpectRefused(may(30, 0), ErrorCode::kBadRequest);
}

TEST(MayGrantConsent, RefusesAnItemThePurposeDoesNotCover) {
  const Policy policy = Example();
  const std::array items = {ItemKind::kCertificate, ItemKind::kAddress};
  ExpectRefused(MayGrantConsent(policy, {Purpose::kQualificationCheck, items, 1, 1}),
                ErrorCode::kPolicyForbids);
}

TEST(MayBeDiscoverableTo, DeclaredClassesOnly) {
  const Policy policy = Example();
  ExpectAllowed(MayBeDiscoverableTo(policy, "all"));
  ExpectRefused(MayBeDiscoverableTo(policy, "everyone"), ErrorCode::kPolicyForbids);
  ExpectRefused(MayBeDiscoverableTo(policy, ""), ErrorCode::kPolicyForbids);
}

TEST(Limits, HoldAtTheirBoundary) {
  const Policy policy = Example();
  ExpectAllowed(MayShowCards(policy, {.reads_today = 499, .near_duplicates = 20}));
  ExpectRefused(MayShowCards(policy, {.reads_today = 500}), ErrorCode::kLimitReached);
  ExpectRefused(MayShowCards(policy, {.near_duplicates = 21}), ErrorCode::kLimitReached);
  ExpectAllowed(MayShowCards(policy, {.cards_today = 1999}));
  ExpectRefused(MayShowCards(policy, {.cards_today = 2000}), ErrorCode::kLimitReached);
  ExpectAllowed(MayAskForKind(policy, {.invitations = 1990}, 10));
  ExpectRefused(MayAskForKind(policy, {.invitations = 1991}, 10), ErrorCode::kLimitReached);
  ExpectAllowed(MaySendCode(policy, 9));
  ExpectRefused(MaySendCode(policy, 10), ErrorCode::kLimitReached);
  ExpectAllowed(MayAskPerson(policy, 19));
  ExpectRefused(MayAskPerson(policy, 20), ErrorCode::kLimitReached);
  ExpectAllowed(MayRank(policy, 1000));
  ExpectRefused(MayRank(policy, 1001), ErrorCode::kTooLarge);
  ExpectRefused(MayRank(policy, 0), ErrorCode::kBadRequest);
}

TEST(IsFresh, WithinTheWindowOnBothSides) {
  const Policy policy = Example();  // 10 minutes
  const UnixSeconds now{1'800'000'000};
  ExpectAllowed(IsFresh(policy, {now.value - 600}, now));
  ExpectRefused(IsFresh(policy, {now.value - 601}, now), ErrorCode::kActStale);
  ExpectAllowed(IsFresh(policy, {now.value + 600}, now));
  ExpectRefused(IsFresh(policy, {now.value + 601}, now), ErrorCode::kActStale);
  ExpectRefused(IsFresh(policy, {std::numeric_limits<std::int64_t>::min()}, now),
                ErrorCode::kActStale);
  ExpectRefused(IsFresh(policy, {std::numeric_limits<std::int64_t>::max()}, now),
                ErrorCode::kActStale);
}

TEST(ConsentExpiry, IsTheShorterOfAskedAndAllowed) {
  const Policy policy = Example();
  const std::array items = {ItemKind::kCertificate};
  ConsentTerms terms = {Purpose::kQualificationCheck, items, 10, 90};
  EXPECT_EQ(ConsentExpiry(policy, terms, {1000}).value, 1000 + 10 * kDay);
  terms.days = 400;
  EXPECT_EQ(ConsentExpiry(policy, terms, {1000}).value, 1000 + 30 * kDay);
}

TEST(TodayOf, TurnsAtMidnightOfTheOperatorsZone) {
  const Policy policy = Example();
  EXPECT_EQ(TodayOf(policy, {15 * 3600 - 1}).days_since_1970, 0);
  EXPECT_EQ(TodayOf(policy, {15 * 3600}).days_since_1970, 1);
}

TEST(MayEvaluate, CountsElementsAgainstThePortalsDay) {
  Policy policy = Example();
  policy.enrolment.elements_per_day = 100;
  policy.enrolment.portals = {{"shut", 0}};
  EXPECT_TRUE(MayEvaluate(policy, {"any", 0, 100}).allowed);
  EXPECT_TRUE(MayEvaluate(policy, {"any", 99, 1}).allowed);
  EXPECT_EQ(MayEvaluate(policy, {"any", 99, 2}).error, ErrorCode::kEnrolmentQuota);
  EXPECT_EQ(MayEvaluate(policy, {"any", 1000, 1}).error, ErrorCode::kEnrolmentQuota);
  EXPECT_EQ(MayEvaluate(policy, {"any", 0, 101}).error, ErrorCode::kTooLarge);
  EXPECT_EQ(MayEvaluate(policy, {"shut", 0, 1}).error, ErrorCode::kPolicyForbids);
}

TEST(NextDayOf, IsMidnightInTheOperatorsZone) {
  const Policy policy = Example();  // UTC+9
  EXPECT_EQ(NextDayOf(policy, {0}).value, 15 * 3600);
  EXPECT_EQ(NextDayOf(policy, {15 * 3600 - 1}).value, 15 * 3600);
  EXPECT_EQ(NextDayOf(policy, {15 * 3600}).value, 39 * 3600);
}

}  // namespace
}  // namespace noren::policy
