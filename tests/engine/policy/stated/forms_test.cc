// What a company's form may ask, and where answers to it are had at all.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::ItemKind;
using testing::Contains;

TEST(CompanyForms, AreHadWhereAFileHoldsTheirAnswers) {
  EXPECT_TRUE(MayHaveForms(OperatorPolicy("mapo")).allowed);
  EXPECT_THAT(MayHaveForms(OperatorPolicy("mapo")).clauses, Contains("M-10"));
  for (const char* name : {"gojobs", "sapporo-ui", "kyodo-kanagawa", "openup-it"})
    EXPECT_EQ(MayHaveForms(OperatorPolicy(name)).error, ErrorCode::kItemUndeclared) << name;
}

TEST(CompanyForms, AskNothingThatHasAForbiddenNameWithinIt) {
  const Policy policy = OperatorPolicy("mapo");
  for (const char* label : {"주민등록번호", "주민등록번호 뒷자리", "주민 등록 번호를 적으세요",
                            "Your passport-number, please", "マイナンバーカードの番号"})
    EXPECT_EQ(MayFormAsk(policy, label).error, ErrorCode::kBannedCategory) << label;
  for (const char* label : {"지원 동기", "가능한 근무 시간", "Which languages do you speak?"})
    EXPECT_TRUE(MayFormAsk(policy, label).allowed) << label;
}

TEST(CompanyForms, TakeAShortForbiddenNameForTheWholeLabelOnly) {
  const Policy policy = OperatorPolicy("mapo");
  EXPECT_EQ(MayFormAsk(policy, "나이").error, ErrorCode::kBannedCategory);
  EXPECT_TRUE(MayFormAsk(policy, "어린나이에 시작한 취미").allowed);
}

TEST(CompanyForms, AreTheOnlyWayToHandInTheirKind) {
  const Policy policy = OperatorPolicy("mapo");
  EXPECT_TRUE(IsOfOnePosting(policy, ItemKind::kOtherDocument));
  EXPECT_FALSE(IsOfOnePosting(policy, ItemKind::kResume));
  EXPECT_TRUE(MayTakeForPosting(policy, ItemKind::kOtherDocument, true).allowed);
  EXPECT_EQ(MayTakeForPosting(policy, ItemKind::kOtherDocument, false).error,
            ErrorCode::kItemUndeclared);
  EXPECT_TRUE(MayTakeForPosting(policy, ItemKind::kResume, false).allowed);
  EXPECT_EQ(MayTakeForPosting(policy, ItemKind::kResume, true).error, ErrorCode::kItemUndeclared);
}

}  // namespace
}  // namespace noren::policy
