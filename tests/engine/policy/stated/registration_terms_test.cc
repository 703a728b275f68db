// Through whom people are registered, and on what ground they are kept.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/policy/loader.h"
#include "engine/policy/stated/letters.h"
#include "engine/policy/stated/sites.h"
#include "engine/policy/stated/subjects.h"
#include "engine/policy/statement_notice.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using testing::Contains;

// gojobs with a site that has a policy of its own.
Policy WithASite() {
  std::string text = OperatorText("gojobs");
  const std::string before = "[stated.publication]\n";
  const std::size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos);
  text.insert(at,
              "[[stated.site]]\nfrom = \"G-3\"\nname = \"contest\"\nportal = \"contest-portal\"\n"
              "policy = \"gojobs-contest\"\npublished = \"contest.example/privacy\"\n\n");
  auto policy = ParsePolicy(text);
  EXPECT_OK(policy);
  return *std::move(policy);
}

TEST(Sites, HaveThePolicyInForceUnlessTheNoticeNamesAnother) {
  const Policy policy = WithASite();
  EXPECT_EQ(SiteWithItsOwnPolicy(policy, "first-portal"), nullptr);
  EXPECT_TRUE(MayServeSite(policy, "first-portal").allowed);
  const Entry* const site = SiteWithItsOwnPolicy(policy, "contest-portal");
  ASSERT_NE(site, nullptr);
  EXPECT_EQ(site->Text("policy"), "gojobs-contest");
  const Decision refused = MayServeSite(policy, "contest-portal");
  EXPECT_EQ(refused.error, ErrorCode::kNoPolicy);
  EXPECT_THAT(refused.clauses, Contains("G-3"));
}

TEST(Sites, AreNamedInTheNoticeWithoutTheirCertificates) {
  const Policy policy = WithASite();
  const auto page = RenderStatement(policy, model::Language::kKorean);
  ASSERT_OK(page);
  EXPECT_THAT(*page, testing::HasSubstr("contest.example/privacy"));
  EXPECT_THAT(*page, testing::Not(testing::HasSubstr("contest-portal")));
}

TEST(KeptByConsent, IsWhatTheFileSays) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_TRUE(IsKeptByConsent(gojobs, ""));
  const Decision refused = MayBeKept(gojobs, "", false);
  EXPECT_EQ(refused.error, ErrorCode::kConsentAnew);
  EXPECT_THAT(refused.clauses, Contains("G-9"));
  EXPECT_TRUE(MayBeKept(gojobs, "", true).allowed);
  for (const char* name : {"mapo", "sapporo-ui", "kyodo-kanagawa", "openup-it"}) {
    EXPECT_FALSE(IsKeptByConsent(OperatorPolicy(name), "")) << name;
    EXPECT_TRUE(MayBeKept(OperatorPolicy(name), "", false).allowed) << name;
  }
}

TEST(Letters, AreLookedUpWhereAFormIsMatched) {
  EXPECT_THAT(MayFindByLetter(OperatorPolicy("kyodo-kanagawa")).clauses, Contains("K-65"));
  for (const char* name : {"mapo", "gojobs", "sapporo-ui", "openup-it"})
    EXPECT_EQ(MayFindByLetter(OperatorPolicy(name)).error, ErrorCode::kItemUndeclared) << name;
}

}  // namespace
}  // namespace noren::policy
