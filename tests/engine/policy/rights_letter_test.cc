// Letters about requests: what stands in them for every outcome, in every language that the
// operator writes, and that nothing somebody wrote becomes structure of the page.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/rights_letter.h"

#include <gmock/gmock.h>

#include "engine/model/errors.h"
#include "engine/policy/rights_blank.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::Language;
using model::Right;
using ::testing::HasSubstr;
using ::testing::Not;

RightLetter Refused(Right right) {
  RightLetter letter;
  letter.request = "request-00000000000000000000000000000001";
  letter.right = right;
  letter.received = model::ParseCivilDay("2026-03-02").value();
  letter.decided = model::ParseCivilDay("2026-03-05").value();
  letter.outcome = LetterOutcome::kRefused;
  letter.ground = "E_ID_INSUFFICIENT";
  letter.clauses = {"X-1"};
  letter.reason = "no paper came";
  return letter;
}

TEST(RightLetter, SaysOfEveryOperatorWhatWasRefusedAndWhy) {
  for (const auto& [name, prefix, clauses_count] : kOperatorFiles) {
    const Policy policy = OperatorPolicy(name);
    for (const Language language : {policy.statement->language, Language::kEnglish}) {
      const auto letter = RenderRightLetter(policy, Refused(Right::kAccess), language);
      ASSERT_OK(letter) << name;
      for (const char* part : {"request-0", "2026-03-02", "2026-03-05", "X-1", "no paper came"})
        EXPECT_THAT(*letter, HasSubstr(part)) << name;
      EXPECT_THAT(*letter, Not(HasSubstr("E_ID_INSUFFICIENT"))) << "a ground is said in words";
    }
  }
}

TEST(RightLetter, IsWrittenInTheOperatorsLanguageOrInEnglishAlone) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(model::CodeOf(
                RenderRightLetter(gojobs, Refused(Right::kAccess), Language::kJapanese).status()),
            model::ErrorCode::kBadRequest);
}

TEST(RightLetter, WithoutAStatementNamesTheOperatorAndNoRedress) {
  const Policy policy = Example();
  ASSERT_EQ(policy.statement, nullptr);
  for (const Language language : {Language::kKorean, Language::kJapanese, Language::kEnglish}) {
    const auto letter = RenderRightLetter(policy, Refused(Right::kErase), language);
    ASSERT_OK(letter);
    EXPECT_THAT(*letter, HasSubstr(policy.operator_name.In(language)));
    EXPECT_EQ(RedressText(policy, Right::kErase, true, language), "");
  }
}

// The appeal is about stated rights, and about inaction or a decision.
TEST(RightLetter, NamesTheAppealOnlyOfWhatItCovers) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_THAT(RedressText(gojobs, Right::kAccess, true, Language::kEnglish),
              HasSubstr("www.simpan.go.kr"));
  EXPECT_THAT(RedressText(gojobs, Right::kAccess, false, Language::kEnglish),
              HasSubstr("www.simpan.go.kr"));
  EXPECT_THAT(RedressText(gojobs, Right::kProvisionRecords, true, Language::kEnglish),
              Not(HasSubstr("www.simpan.go.kr")));
}

TEST(RightLetter, NothingThatSomebodyWroteBecomesStructure) {
  RightLetter letter = Refused(Right::kAccess);
  letter.reason = "a\n## Redress\n- **<script>alert(1)</script>**";
  letter.evidence = {{"statute", "Act\r\n# 9"}, {"approver", "officer two"}};
  const Policy gojobs = OperatorPolicy("gojobs");
  const auto page = RenderRightLetter(gojobs, letter, Language::kEnglish);
  ASSERT_OK(page);
  EXPECT_THAT(*page, Not(HasSubstr("\n# 9")));
  EXPECT_THAT(*page, Not(HasSubstr("\n- **<script>")));
  EXPECT_THAT(*page, Not(HasSubstr("officer two")));
  const auto html = RenderRightLetterHtml(gojobs, letter, Language::kEnglish);
  ASSERT_OK(html);
  EXPECT_THAT(*html, Not(HasSubstr("<script")));
  EXPECT_THAT(*html, HasSubstr("&lt;script&gt;"));
}

TEST(RightBlank, OpensEveryFormThatAPolicyNamesAndNoOther) {
  std::size_t opened = 0;
  for (const auto& [name, prefix, clauses_count] : kOperatorFiles) {
    const Policy policy = OperatorPolicy(name);
    for (const std::string& form : BlankNames(policy)) {
      for (const bool html : {false, true}) {
        const auto page = RenderBlank(policy, {form, policy.statement->language, html});
        ASSERT_OK(page) << name << " " << form;
        EXPECT_THAT(*page, HasSubstr(form));
        ++opened;
      }
    }
    EXPECT_EQ(model::CodeOf(RenderBlank(policy, {"no form", Language::kEnglish}).status()),
              model::ErrorCode::kNotFound);
  }
  EXPECT_EQ(opened, 10u) << "two of gojobs, one of each of the three others that name one; twice";
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(model::CodeOf(RenderBlank(gojobs, {"위임장", Language::kJapanese}).status()),
            model::ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace noren::policy
