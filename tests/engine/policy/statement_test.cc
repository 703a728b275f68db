// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/policy/loader.h"
#include "engine/policy/statement_diff.h"
#include "engine/policy/statement_notice.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::Language;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class EveryOperator : public testing::TestWithParam<OperatorFile> {};

TEST_P(EveryOperator, FileLoads) {
  const PolicyLoad load = LoadPolicy(OperatorText(GetParam().name));
  for (const PolicyProblem& problem : load.problems) ADD_FAILURE() << ToText(problem);
  ASSERT_TRUE(load.policy);
  ASSERT_NE(load.policy->statement, nullptr);
}

TEST_P(EveryOperator, IsNoInventedOne) { EXPECT_FALSE(OperatorPolicy(GetParam().name).invented); }

TEST_P(EveryOperator, HasASwitchWithAlternativesAndAReason) {
  const Policy policy = OperatorPolicy(GetParam().name);
  const auto switches = policy.statement->All("switch");
  EXPECT_GE(switches.size(), 5U);
  for (const Entry* one : switches) {
    EXPECT_FALSE(one->id.empty());
    EXPECT_FALSE(one->Many("others").empty());
    EXPECT_FALSE(one->Holds("others", one->Word("chosen").value_or("")));
    EXPECT_EQ(policy.statement->Choice(one->id), one->Word("chosen"));
  }
}

TEST_P(EveryOperator, EveryMeasureIsShownByARegister) {
  const Policy policy = OperatorPolicy(GetParam().name);
  for (const Entry* measure : policy.statement->All("measure")) {
    EXPECT_TRUE(measure->Word("register")) << measure->Title();
  }
}

TEST_P(EveryOperator, EveryRefusalIsExplainedInTheOrderOfTheArticles) {
  const Policy policy = OperatorPolicy(GetParam().name);
  for (const std::string& code : RefusalCodes()) {
    const auto explanation = Explain(policy, code);
    ASSERT_TRUE(explanation) << code;
    EXPECT_FALSE(explanation->meaning.empty());
    std::size_t last = 0;
    std::vector<std::string> order;
    for (const Article& article : policy.statement->articles) {
      for (const StatedClause& clause : article.clauses) order.push_back(clause.id);
    }
    for (const std::string& id : explanation->clauses) {
      const auto at = static_cast<std::size_t>(std::ranges::find(order, id) - order.begin());
      EXPECT_GE(at, last) << code << " " << id;
      last = at;
    }
  }
  EXPECT_FALSE(Explain(policy, "E_NOTHING"));
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(kOperatorFiles), OperatorName);

// One question to the five, answered differently.
struct Answers {
  std::string_view file;
  Absence agents;
  std::string_view fee;         // digits, or what is absent
  std::string_view identity;    // empty: no such section
  std::string_view processors;  // yes, no or not_stated
  std::string_view suspend;     // effect of a stop of use
  bool has_vital_ground, has_law_ground;
  std::size_t storage_count;
};

class SameQuestion : public testing::TestWithParam<Answers> {};

TEST_P(SameQuestion, HasItsOwnAnswer) {
  const Answers& expected = GetParam();
  const Policy policy = OperatorPolicy(expected.file);
  const Statement& statement = *policy.statement;
  EXPECT_EQ(statement.One("agents")->AbsenceOf("accepted"), expected.agents);
  const Entry* fee = statement.One("fee");
  const std::string amount = fee == nullptr ? ""
                             : fee->Number("amount")
                                 ? std::to_string(*fee->Number("amount"))
                                 : std::string(AbsenceName(fee->AbsenceOf("amount")));
  EXPECT_EQ(amount, expected.fee);
  const Entry* identity = statement.One("identity");
  EXPECT_EQ(identity == nullptr ? "" : identity->Word("method").value_or(""), expected.identity);
  const Entry* processors = statement.One("processor_rule");
  EXPECT_EQ(processors->Word("allowed").value_or(AbsenceName(processors->AbsenceOf("allowed"))),
            expected.processors);
  EXPECT_EQ(statement.Called("right", "SUSPEND")->Word("effect").value_or(""), expected.suspend);
  const bool vital = statement.Called("ground", "TP_VITAL") != nullptr ||
                     statement.Called("ground", "LIFE_BODY_PROPERTY") != nullptr;
  EXPECT_EQ(vital, expected.has_vital_ground);
  const bool law = statement.Called("ground", "TP_LAW") != nullptr ||
                   statement.Called("ground", "LAW_BASED") != nullptr ||
                   statement.Called("ground", "LAW_PERMITTED") != nullptr;
  EXPECT_EQ(law, expected.has_law_ground);
  const Entry* storage = statement.One("storage");
  EXPECT_EQ(storage == nullptr ? 0U : storage->Many("countries").size(), expected.storage_count);
}

INSTANTIATE_TEST_SUITE_P(
    Operators, SameQuestion,
    testing::Values(Answers{"mapo", Absence::kPresent, "", "", "yes", "item_level", true, true, 0},
                    Answers{"gojobs", Absence::kPresent, "", "person_or_agent", "yes", "item_level",
                            true, true, 0},
                    Answers{"sapporo-ui", Absence::kNone, "not_stated", "registered_facts", "no",
                            "erase_all", true, true, 0},
                    Answers{"kyodo-kanagawa", Absence::kPresent, "1000", "documents", "not_stated",
                            "item_level", false, true, 0},
                    Answers{"openup-it", Absence::kPresent, "not_stated", "facts_and_document",
                            "yes", "item_level", false, false, 2}));

TEST(Entry, AnswersByTypeAndSaysNothingWhereNothingIs) {
  const Policy policy = OperatorPolicy("gojobs");
  const Statement& statement = *policy.statement;
  const Entry* deleted = statement.Called("ground", "TP_STATS");
  ASSERT_NE(deleted, nullptr);
  EXPECT_EQ(deleted->Number("number"), 4);
  EXPECT_EQ(deleted->Word("status"), "deleted");
  ASSERT_TRUE(deleted->Day("deleted_on"));
  EXPECT_EQ(model::ToIso(*deleted->Day("deleted_on")), "2020-02-04");
  EXPECT_EQ(deleted->Number("approvers"), std::nullopt);
  EXPECT_THAT(deleted->Many("evidence"), ElementsAre());
  EXPECT_EQ(statement.One("cookies")->Bool("used"), true);
  EXPECT_EQ(statement.One("cookies")->AbsenceOf("items"), Absence::kNone);
  EXPECT_EQ(statement.One("third_party")->AbsenceOf("recipients"), Absence::kNone);
  EXPECT_EQ(statement.One("rights")->AbsenceOf("fallback"), Absence::kNotStated);
  EXPECT_EQ(statement.One("joint_use"), nullptr);
  EXPECT_EQ(statement.ById("retention", "member")->Text("period"), "P2Y");
  EXPECT_THAT(statement.ById("file", "member")->Many("optional"), ElementsAre("기타 전화번호"));
}

TEST(Entry, AProcessorWithoutANameIsBlankInTheSource) {
  const Policy policy = OperatorPolicy("mapo");
  for (const Entry* processor : policy.statement->All("processor")) {
    EXPECT_EQ(processor->AbsenceOf("name"), Absence::kBlankInSource);
  }
}

TEST(Fact, KnowsWhetherTheSourceOrTheOperatorStatesIt) {
  const Policy policy = OperatorPolicy("mapo");
  const Entry* answer = policy.statement->ById("date_rule", "answer");
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->Find("kind")->origin, Origin::kSource);
  EXPECT_EQ(answer->Find("cap_days")->origin, Origin::kOperator);
  EXPECT_THAT(answer->Find("cap_days")->clauses, ElementsAre("M-40"));
  EXPECT_EQ(policy.statement->FindClause("M-40")->first_line, 105);
  EXPECT_EQ(policy.statement->FindClause("M-999"), nullptr);
}

std::string PageOf(std::string_view file, Language language) {
  return *RenderStatement(OperatorPolicy(file), language);
}

// Between the heading of the clause and the next one.
std::string ClauseOn(const std::string& page, const std::string& id) {
  std::size_t start = page.find("\n### ");
  while (start != std::string::npos) {
    const std::size_t end = page.find("\n#", start + 1);
    const std::string part = page.substr(start + 1, end - start - 1);
    if (part.substr(0, part.find('\n')).ends_with("(" + id + ")")) return part;
    start = page.find("\n### ", start + 1);
  }
  return "";
}

TEST(Notice, DoesNotPromiseACapThatTheSourceDoesNotState) {
  const std::string page = PageOf("mapo", Language::kKorean);
  EXPECT_THAT(page, HasSubstr("지체 없이"));
  EXPECT_THAT(page, Not(HasSubstr("10일")));
  EXPECT_THAT(page, Not(HasSubstr("상한 일수")));
}

TEST(Notice, PrintsBothTheTargetAndTheLimit) {
  const std::string page = PageOf("gojobs", Language::kKorean);
  EXPECT_THAT(ClauseOn(page, "G-70"), HasSubstr("기간: 10일"));
  EXPECT_THAT(ClauseOn(page, "G-69"), HasSubstr("지체 없이"));
}

TEST(Notice, BeginsWithItsContentsWhenTheSourceDoes) {
  const std::string page = PageOf("gojobs", Language::kKorean);
  const std::size_t start = page.find("\n## 목차\n");
  ASSERT_NE(start, std::string::npos);
  const std::string list = page.substr(start + 1, page.find("\n## ", start + 1) - start - 1);
  EXPECT_EQ(std::ranges::count(list, '-'), 14);
  const Policy policy = OperatorPolicy("gojobs");
  for (const Article& article : policy.statement->articles) {
    if (article.label.empty()) continue;
    EXPECT_THAT(list, HasSubstr("- " + article.label + " " + article.title + "\n"));
    EXPECT_THAT(page, HasSubstr("\n## " + article.label + " " + article.title + "\n"));
  }
  EXPECT_THAT(PageOf("mapo", Language::kKorean), Not(HasSubstr("## 목차")));
}

TEST(Notice, HoldsAPeriodOnceAndPointsThereFromElsewhere) {
  const std::string page = PageOf("gojobs", Language::kKorean);
  EXPECT_THAT(ClauseOn(page, "G-10"), HasSubstr("기간: 2년"));
  EXPECT_THAT(ClauseOn(page, "G-14"), HasSubstr("(G-10)"));
  EXPECT_THAT(ClauseOn(page, "G-14"), Not(HasSubstr("2년")));
}

TEST(Notice, KeepsTheNumberOfADeletedGroundAndMarksIt) {
  const std::string clause = ClauseOn(PageOf("gojobs", Language::kEnglish), "G-19");
  EXPECT_THAT(clause, HasSubstr("number: 4"));
  EXPECT_THAT(clause, HasSubstr("status: deleted"));
  EXPECT_THAT(clause, HasSubstr("deleted on: 2020-02-04"));
}

TEST(Notice, HasNoLabelForWhatIsNotStated) {
  const std::string page = PageOf("gojobs", Language::kKorean);
  EXPECT_THAT(ClauseOn(page, "G-105"), Not(HasSubstr("전화")));
  EXPECT_THAT(ClauseOn(page, "G-106"), HasSubstr("전화: 182"));
}

TEST(Notice, SaysThatNothingIsProvidedAndWhereItIsStricterThanItsText) {
  EXPECT_THAT(ClauseOn(PageOf("gojobs", Language::kEnglish), "G-25"),
              HasSubstr("recipients today: none"));
  EXPECT_THAT(PageOf("sapporo-ui", Language::kEnglish),
              HasSubstr("stricter than the text: the text lets companies have the data"));
}

TEST(Notice, NamesOperatorAndCommissioningBodyAsTwo) {
  const std::string page = PageOf("sapporo-ui", Language::kJapanese);
  EXPECT_THAT(page, HasSubstr("名称: 株式会社パソナ"));
  EXPECT_THAT(page, HasSubstr("委託元: 札幌市"));
}

TEST(Notice, PrintsOnlyTheVariantThatApplies) {
  const std::string page = PageOf("kyodo-kanagawa", Language::kJapanese);
  EXPECT_THAT(page, HasSubstr("3年"));
  const std::string articles = page.substr(0, page.find("## 読み方と選択"));
  EXPECT_THAT(articles, Not(HasSubstr("届出")));
}

TEST(Notice, IsRefusedInAThirdLanguageAndWithoutAStatement) {
  EXPECT_FALSE(RenderStatement(OperatorPolicy("mapo"), Language::kJapanese).ok());
  EXPECT_FALSE(RenderStatement(Example(), Language::kEnglish).ok());
}

TEST(Notice, OfAnInventedPolicySaysSo) {
  EXPECT_THAT(PageOf("gojobs-next", Language::kEnglish), HasSubstr("invented example"));
  EXPECT_THAT(PageOf("gojobs", Language::kEnglish), Not(HasSubstr("invented example")));
}

TEST(GojobsFile, DeclaresNoItemsPurposesOrRecipientsUntilTheNextVersion) {
  const Policy printed = OperatorPolicy("gojobs");
  EXPECT_TRUE(printed.items.empty());
  EXPECT_TRUE(printed.purposes.empty());
  EXPECT_TRUE(printed.recipient_classes.empty());
  const Policy next = OperatorPolicy("gojobs-next");
  EXPECT_NE(next.FindItem(model::ItemKind::kResume), nullptr);
  EXPECT_NE(next.statement->ById("recipient", "agency"), nullptr);
}

TEST(GojobsFile, RefusesAResumeAndARelease) {
  const Policy printed = OperatorPolicy("gojobs");
  const auto no_file = Explain(printed, "E_NO_FILE");
  ASSERT_TRUE(no_file);
  EXPECT_THAT(no_file->clauses, testing::Contains("G-6"));
  const auto no_recipient = Explain(printed, "E_NO_PROVISION_DECLARED");
  ASSERT_TRUE(no_recipient);
  EXPECT_THAT(no_recipient->clauses, ElementsAre("G-25"));
  const auto forbidden = Explain(printed, "POLICY_FORBIDS");
  ASSERT_TRUE(forbidden);
  EXPECT_THAT(forbidden->clauses, testing::IsSupersetOf({"G-6", "G-25"}));
}

TEST(DiffPolicies, OfAVersionWithItselfIsEmpty) {
  for (const OperatorFile& file : kOperatorFiles) {
    const Policy policy = OperatorPolicy(file.name);
    EXPECT_TRUE(DiffPolicies(policy, policy).empty()) << file.name;
  }
}

bool AsksAnew(const std::vector<PolicyChange>& changes) {
  return std::ranges::any_of(changes, &PolicyChange::asks_anew);
}

std::vector<PolicyChange> DiffOf(std::string_view file, std::string_view from,
                                 std::string_view to) {
  const std::string text = OperatorText(file);
  return DiffPolicies(*ParsePolicy(text), *ParsePolicy(ReplacedIn(text, from, to)));
}

TEST(DiffPolicies, ANewPurposeARecipientOrAnItemAsksConsentsAnew) {
  const auto changes = DiffPolicies(OperatorPolicy("gojobs"), OperatorPolicy("gojobs-next"));
  const auto has = [&](ChangeKind kind, std::string_view path, std::string_view entry) {
    return std::ranges::any_of(changes, [&](const PolicyChange& change) {
      return change.kind == kind && change.path == path && change.entry == entry &&
             change.asks_anew;
    });
  };
  EXPECT_TRUE(has(ChangeKind::kAdded, "stated.purpose.name", "채용 매칭"));
  EXPECT_TRUE(has(ChangeKind::kAdded, "stated.recipient.items", "공고를 낸 국가기관"));
  EXPECT_TRUE(has(ChangeKind::kAdded, "stated.file.open_items", "이력서"));
  EXPECT_TRUE(has(ChangeKind::kChanged, "stated.third_party.recipients", ""));
  EXPECT_TRUE(has(ChangeKind::kChanged, "item", ""));
}

TEST(DiffPolicies, ANewTelephoneNumberOfABodyAsksNothing) {
  const auto changes = DiffOf("mapo", "phones = [\"182\"]", "phones = [\"183\"]");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].path, "stated.remedy.phones");
  EXPECT_EQ(changes[0].entry, "경찰청 사이버안전국");
  EXPECT_EQ(changes[0].before, "182");
  EXPECT_EQ(changes[0].after, "183");
  EXPECT_THAT(changes[0].clauses, ElementsAre("M-68"));
  EXPECT_FALSE(changes[0].asks_anew);
}

TEST(DiffPolicies, ALongerPeriodAsksConsentsAnew) {
  const auto changes = DiffOf("gojobs", "period = \"P2Y\"\ncounted", "period = \"P3Y\"\ncounted");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].before, "2 years");
  EXPECT_TRUE(changes[0].asks_anew);
}

TEST(DiffPolicies, TheSameValueUnderAnotherClauseIsShownAndAsksNothing) {
  const auto changes =
      DiffOf("gojobs", "from = { strict = \"G-11\"", "from = { strict = [\"G-11\", \"G-12\"]");
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].before, changes[0].after);
  EXPECT_FALSE(AsksAnew(changes));
}

TEST(DiffPolicies, TheOperatorsOwnNumbersAreCompared) {
  const auto longer = DiffOf("mapo", "[consent]\nmax_days = 90", "[consent]\nmax_days = 91");
  ASSERT_EQ(longer.size(), 1U);
  EXPECT_EQ(longer[0].path, "consent.max_days");
  EXPECT_TRUE(longer[0].asks_anew);
  const auto reads = DiffOf("mapo", "card_reads_per_day = 500", "card_reads_per_day = 400");
  ASSERT_EQ(reads.size(), 1U);
  EXPECT_FALSE(reads[0].asks_anew);
}

}  // namespace
}  // namespace noren::policy
