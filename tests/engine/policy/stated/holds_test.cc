// What another law keeps is kept, and read, by its article.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/holds.h"

#include <gtest/gtest.h>

#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

TEST(Citation, NamesAStatuteAndAnArticleInThreeLanguages) {
  for (const char* cites :
       {"고용보험법 제6조", "고용보험법 제 6 조 제1항", "職業安定法第三十二条の十五",
        "職業安定法 第32条", "職業安定法第３２条", "Act 11, article 7",
        "Pensions Act, Section 4(2)", "ActB \xC2\xA7 12"}) {
    EXPECT_TRUE(CitesAnArticle(cites)) << cites;
  }
  for (const char* does_not :
       {"", "내부방침", "내부방침에 따라", "제6조", "第32条", "article 7", "article", "Act 11",
        "the article of the newspaper says so", "제도 개선 조치", "第三者の条件", "2027"}) {
    EXPECT_FALSE(CitesAnArticle(does_not)) << does_not;
  }
}

TEST(LegalHolds, InternalRulesAloneKeepNothing) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(MayHold(gojobs, "내부방침").error, ErrorCode::kGroundEvidence);
  const Decision may = MayHold(gojobs, "공공기록물 관리에 관한 법률 제19조");
  EXPECT_TRUE(may.allowed);
  EXPECT_EQ(may.clauses, (std::vector<std::string>{"G-27", "G-30"}));
  EXPECT_EQ(MayHold(OperatorPolicy("mapo"), "by our own rules").error, ErrorCode::kGroundEvidence);
  EXPECT_TRUE(MayHold(OperatorPolicy("kyodo-kanagawa"), "求職管理簿").allowed)
      << "its notice asks for no article";
  EXPECT_TRUE(MayHold(WholeExample(), "an order").allowed);
}

TEST(LegalHolds, AreReadAsALawSaysWhereTheNoticeSaysSo) {
  const Policy gojobs = OperatorPolicy("gojobs");
  const Decision refused = MayOpenHeld(gojobs, "to have a look");
  EXPECT_EQ(refused.error, ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(refused.clauses, std::vector<std::string>{"G-31"});
  EXPECT_TRUE(MayOpenHeld(gojobs, "감사원법 제27조에 따른 제출").allowed);
  EXPECT_TRUE(MayOpenHeld(OperatorPolicy("mapo"), "to have a look").allowed);
}

}  // namespace
}  // namespace noren::policy
