// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "engine/policy/loader.h"
#include "engine/policy/statement_values.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

using testing::HasSubstr;

// What a change of an operator's file makes of it, problem by problem.
struct Refusal {
  std::string_view what;
  std::string_view file;
  std::string_view from, to;  // the first occurrence is replaced
  ProblemKind kind;
  std::string_view path;
  std::string_view sentence;  // a part of it
};

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) { return out << refusal.what; }

class StatementRefused : public testing::TestWithParam<Refusal> {};

TEST_P(StatementRefused, WithLineAndSentence) {
  const Refusal& refusal = GetParam();
  const std::string text = OperatorText(refusal.file);
  ASSERT_NE(text.find(refusal.from), std::string::npos);
  const PolicyLoad load = LoadPolicy(ReplacedIn(text, refusal.from, refusal.to));
  EXPECT_FALSE(load.policy);
  const auto found = std::ranges::find_if(load.problems, [&](const PolicyProblem& problem) {
    return problem.kind == refusal.kind && problem.path == refusal.path &&
           problem.sentence.find(refusal.sentence) != std::string::npos;
  });
  EXPECT_NE(found, load.problems.end()) << "problems: " << load.problems.size();
  for (const PolicyProblem& problem : load.problems) {
    EXPECT_GE(problem.line, 1U);
    if (found == load.problems.end()) ADD_FAILURE() << ToText(problem);
  }
}

constexpr Refusal kRefusals[] = {
    {"a key nobody knows", "gojobs", "any_time = true", "anytime = true", ProblemKind::kUnknownKey,
     "stated.rights.anytime", "did you mean 'any_time'?"},
    {"a section nobody knows", "gojobs", "[stated.cookies]", "[stated.cookie]",
     ProblemKind::kUnknownKey, "stated.cookie", "did you mean 'cookies'?"},
    {"a key of an article nobody knows", "gojobs", "title_en = \"Purposes\"",
     "title_en = \"Purposes\"\ntitel = \"x\"", ProblemKind::kUnknownKey, "stated.article[1].titel",
     "did you mean 'title'?"},
    {"a missing key", "gojobs", "default = \"deny\"\n", "", ProblemKind::kMissingKey,
     "stated.third_party.default", "the key is missing"},
    {"a missing article title", "gojobs", "title = \"개인정보의 처리 목적\"\n", "",
     ProblemKind::kMissingKey, "stated.article[1].title", "the key is missing"},
    {"no articles", "gojobs", "[stated]\nlanguage = \"ko\"", "[stated]\nlanguage = \"ko\"\nx = 1",
     ProblemKind::kUnknownKey, "stated.x", "the key is unknown"},
    {"another language", "gojobs", "[stated]\nlanguage = \"ko\"", "[stated]\nlanguage = \"fr\"",
     ProblemKind::kOutOfRange, "stated.language", "ko, ja"},
    {"a number in words", "gojobs", "below_age = 14", "below_age = \"fourteen\"",
     ProblemKind::kWrongType, "stated.minors.below_age", "must be an integer"},
    {"a number below nothing", "gojobs", "below_age = 14", "below_age = -1",
     ProblemKind::kOutOfRange, "stated.minors.below_age", "0 to"},
    {"a truth in words", "gojobs", "used = true", "used = \"yes\"", ProblemKind::kWrongType,
     "stated.cookies.used", "true or false"},
    {"a day in words", "gojobs", "deleted_on = 2020-02-04", "deleted_on = \"2020-02-04\"",
     ProblemKind::kWrongType, "stated.ground[3].deleted_on", "a day"},
    {"a list where one stands", "gojobs", "who = \"법정대리인\"", "who = [\"법정대리인\"]",
     ProblemKind::kWrongType, "stated.minors.who", "not an array"},
    {"a list of nothing", "gojobs", "paper = [\"분쇄\", \"소각\"]", "paper = []",
     ProblemKind::kOutOfRange, "stated.destruction.paper", "\"none\""},
    {"a value twice", "gojobs", "paper = [\"분쇄\", \"소각\"]", "paper = [\"분쇄\", \"분쇄\"]",
     ProblemKind::kInconsistent, "stated.destruction.paper[1]", "occurs twice"},
    {"an absence among values", "gojobs", "paper = [\"분쇄\", \"소각\"]",
     "paper = [\"분쇄\", \"none\"]", ProblemKind::kInconsistent, "stated.destruction.paper[1]",
     "stands alone"},
    {"a word of no group", "gojobs", "on_silence = \"destroy\"", "on_silence = \"destroys\"",
     ProblemKind::kOutOfRange, "stated.reconsent.on_silence", "did you mean 'destroy'?"},
    {"a period that is none", "gojobs", "period = \"P10D\"", "period = \"10 days\"",
     ProblemKind::kOutOfRange, "stated.date_rule[6].period", "P10D"},
    {"a name without English", "gojobs", "holder = \"not_stated\"", "holder = \"보유 기관\"",
     ProblemKind::kMissingKey, "stated.file[0].holder", "no English for '보유 기관'"},
    {"a word that no value uses", "gojobs", "[stated.words]",
     "[stated.words]\n\"쓰지 않음\" = \"x\"", ProblemKind::kInconsistent, "stated.words.쓰지 않음",
     "no value uses it"},
    {"wording in another language", "gojobs", "scope = { ko =", "scope = { ja =",
     ProblemKind::kMissingKey, "stated.controller.scope.ko", "the key is missing"},
    {"wording in a third language", "gojobs",
     "refusal_effect = { ko =", "refusal_effect = { ja = \"x\", ko =", ProblemKind::kUnknownKey,
     "stated.cookies.refusal_effect.ja", "not in this language"},
    {"a value with the separator", "gojobs", "address = \"(58324) ", "address = \"(58324); ",
     ProblemKind::kOutOfRange, "stated.remedy[0].address", "without '; '"},
    {"a value without clause", "gojobs", "[stated.identity]\nfrom = \"G-72\"\n",
     "[stated.identity]\n", ProblemKind::kMissingKey, "stated.identity.from", "rests on no clause"},
    {"a clause that no article has", "gojobs", "[stated.identity]\nfrom = \"G-72\"\n",
     "[stated.identity]\nfrom = [\"G-72\", \"G-172\"]\n", ProblemKind::kInconsistent,
     "stated.identity.method", "no article has G-172"},
    {"a clause that no value rests on", "gojobs", "[stated.identity]\nfrom = \"G-72\"\n",
     "[stated.identity]\nfrom = \"G-71\"\n", ProblemKind::kInconsistent, "stated.article",
     "no value rests on G-72"},
    {"a clause twice", "gojobs", "[\"G-71\", \"⑤ 동일 창구\", 191]",
     "[\"G-72\", \"⑤ 동일 창구\", 191]", ProblemKind::kInconsistent, "stated.article",
     "G-72 is declared twice"},
    {"a clause without lines", "gojobs", "[\"G-71\", \"⑤ 동일 창구\", 191]",
     "[\"G-71\", \"⑤ 동일 창구\"]", ProblemKind::kWrongType, "stated.article[6].clauses[20]",
     "[id, place, line]"},
    {"lines that fall", "gojobs", "[\"G-77\", \"서식\", 203, 205]",
     "[\"G-77\", \"서식\", 205, 203]", ProblemKind::kOutOfRange, "stated.article[6].clauses[26]",
     "rise"},
    {"provenance of a key that is not there", "gojobs", "from = { \"*\" = \"G-52\", access =",
     "from = { \"*\" = \"G-52\", age = \"G-52\", access =", ProblemKind::kUnknownKey,
     "stated.minors.from.age", "no such key"},
    {"provenance that is a number", "gojobs", "[stated.identity]\nfrom = \"G-72\"\n",
     "[stated.identity]\nfrom = 72\n", ProblemKind::kWrongType, "stated.identity.from",
     "a clause id"},
    {"the operator says what the source says", "gojobs", "operator = { block_scope = \"record\" }",
     "operator = { any_time = false }", ProblemKind::kInconsistent,
     "stated.rights.operator.any_time", "the source states it"},
    {"a reference to nothing", "gojobs", "retention = \"member\"", "retention = \"members\"",
     ProblemKind::kInconsistent, "stated.file.retention", "no retention has the id 'members'"},
    {"an id twice", "gojobs", "id = \"destroy_record\"", "id = \"destroy\"",
     ProblemKind::kInconsistent, "stated.date_rule", "the id of two entries"},
    {"a ground twice", "gojobs", "code = \"TP_LAW\"", "code = \"TP_CONSENT\"",
     ProblemKind::kInconsistent, "stated.ground", "occurs twice"},
    {"a deletion without a day", "gojobs", "deleted_on = 2020-02-04\n", "",
     ProblemKind::kInconsistent, "stated.ground", "deleted_on"},
    {"a hole in the history", "gojobs", "to = 2021-05-23", "to = 2021-05-22",
     ProblemKind::kInconsistent, "stated.past_version", "day before"},
    {"a start that the enforced part does not know", "gojobs", "effective_from = 2022-05-20\ninv",
     "effective_from = 2022-05-21\ninv", ProblemKind::kInconsistent, "policy", "effective_from"},
    {"a recipient where there is none", "gojobs", "[stated.destruction]",
     "[[stated.recipient]]\nfrom = \"G-25\"\nname = \"법원\"\nground = \"TP_COURT\"\n"
     "[stated.destruction]",
     ProblemKind::kInconsistent, "stated.recipient", "nothing is provided"},
    {"a recipient on a ground that is not in force", "gojobs-next", "ground = \"TP_CONSENT\"",
     "ground = \"TP_STATS\"", ProblemKind::kInconsistent, "stated.recipient", "in force"},
    {"a processor where there is none", "sapporo-ui", "[stated.collection]",
     "[[stated.processor]]\nfrom = \"S-28\"\ntask = \"選考\"\nname = \"当社\"\n[stated.collection]",
     ProblemKind::kInconsistent, "stated.processor", "not allowed"},
    {"open items without a bound", "mapo",
     "operator = { closed_by = [\"이력서 항목 목록\"], ranked", "operator = { ranked",
     ProblemKind::kInconsistent, "stated.file", "closed_by"},
    {"a table where a list belongs", "openup-it", "[[stated.officer]]", "[stated.officer]",
     ProblemKind::kWrongType, "stated.officer", "must be an array of tables"},
    {"a list where a table belongs", "openup-it", "[stated.fee]", "[[stated.fee]]",
     ProblemKind::kWrongType, "stated.fee", "must be a table"},
    {"none written another way", "gojobs", "item = \"none\"", "item = \"nothing\"",
     ProblemKind::kWrongType, "item", "\"none\""},
};

INSTANTIATE_TEST_SUITE_P(Files, StatementRefused, testing::ValuesIn(kRefusals));

TEST(LoadPolicy, RefusesABannedItemAmongThoseProvided) {
  const std::string text =
      ReplacedIn(OperatorText("kyodo-kanagawa"), "operator = { items = [\"求職者の項目一覧\"]",
                 "operator = { items = [\"本籍\"]");
  const PolicyLoad load = LoadPolicy(text);
  EXPECT_FALSE(load.policy);
  ASSERT_EQ(load.problems.size(), 1U);
  EXPECT_THAT(load.problems[0].sentence, HasSubstr("'本籍' is not to be collected"));
  EXPECT_EQ(load.problems[0].path, "stated.recipient.items");
}

TEST(LoadPolicy, RefusesAStatementThatIsNoTable) {
  const PolicyLoad load = LoadPolicy("stated = 1\n" + ExampleText());
  EXPECT_FALSE(load.policy);
}

TEST(LoadPolicy, AFileWithoutAStatementOnlyEnforces) { EXPECT_EQ(Example().statement, nullptr); }

TEST(LoadPolicy, TheStatementIsInTheDigest) {
  const std::string text = OperatorText("mapo");
  const StatusOr<Policy> changed =
      ParsePolicy(ReplacedIn(text, "phones = [\"182\"]", "phones = [\"183\"]"));
  ASSERT_TRUE(changed.ok());
  EXPECT_NE(changed->digest, OperatorPolicy("mapo").digest);
}

TEST(PublicationDefects, NameWhatIsBlankInTheSourceOrKnownOnlyAtDeployment) {
  const Policy mapo = OperatorPolicy("mapo");
  const std::vector<PolicyProblem> defects = PublicationDefects(*mapo.statement);
  std::vector<std::string> paths;
  for (const PolicyProblem& defect : defects) paths.push_back(defect.path);
  EXPECT_THAT(paths,
              testing::UnorderedElementsAre("stated.processor.name", "stated.processor.contact",
                                            "stated.processor.name", "stated.processor.contact",
                                            "stated.officer.name", "stated.officer.contact"));
  for (const PolicyProblem& defect : defects) EXPECT_GT(defect.line, 1U);
}

TEST(PublicationDefects, NameAFileThatIsNotRegistered) {
  const StatusOr<Policy> policy =
      ParsePolicy(ReplacedIn(OperatorText("gojobs"), "registered = true", "registered = false"));
  ASSERT_TRUE(policy.ok());
  const std::vector<PolicyProblem> defects = PublicationDefects(*policy->statement);
  EXPECT_TRUE(std::ranges::any_of(defects, [](const PolicyProblem& defect) {
    return defect.path == "stated.file.registered";
  }));
}

TEST(ReadPeriod, TakesYearsMonthsWeeksAndDaysInThisOrder) {
  const auto parts = ReadPeriod("P1Y6M2W10D");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 4U);
  EXPECT_EQ((*parts)[0].count, 1);
  EXPECT_EQ((*parts)[1].unit, 'M');
  EXPECT_EQ((*parts)[3].count, 10);
}

TEST(ReadPeriod, RefusesEverythingElse) {
  for (const char* text : {"", "P", "10D", "PD", "P1", "P1D1Y", "P1D1D", "P-1D", "P1.5Y", "P12345D",
                           "p1d", "PT1H", "P1Y "}) {
    EXPECT_FALSE(ReadPeriod(text)) << text;
  }
}

TEST(Rows, EveryKeyBelongsToASectionAndEveryGroupHasWords) {
  for (const KeyRow& row : AllKeys()) {
    EXPECT_NE(FindSection(row.section), nullptr) << row.section;
    EXPECT_EQ(row.flags.find_first_not_of("rtmicp"), std::string_view::npos) << row.name;
    if (row.kind == ValueKind::kCode) {
      EXPECT_TRUE(std::ranges::any_of(AllWords(), [&row](const WordRow& word) {
        return word.group == row.of;
      })) << row.of;
    }
    if (row.kind == ValueKind::kRef) {
      const SectionRow* target = FindSection(row.of);
      ASSERT_NE(target, nullptr) << row.of;
      EXPECT_TRUE(target->is_list) << row.of;
    }
  }
}

TEST(Rows, NoTwoAreCalledTheSameInOneSectionOrGroup) {
  for (const auto language :
       {model::Language::kEnglish, model::Language::kKorean, model::Language::kJapanese}) {
    std::set<std::string> seen;
    for (const WordRow& word : AllWords()) {
      EXPECT_TRUE(
          seen.insert(std::string(word.group) + "|" + std::string(word.labels.In(language))).second)
          << word.group << " " << word.word;
    }
    for (const KeyRow& row : AllKeys()) {
      EXPECT_FALSE(row.labels.In(language).empty()) << row.name;
      if (row.Has('t')) continue;  // is in the heading, without its label
      EXPECT_TRUE(
          seen.insert(std::string(row.section) + "/" + std::string(row.labels.In(language))).second)
          << row.section << "." << row.name;
    }
  }
}

TEST(Rows, EachListThatCanBeReferredToHasATitle) {
  for (const SectionRow& section : AllSections()) {
    if (!section.is_list) continue;
    EXPECT_EQ(
        std::ranges::count_if(KeysOf(section.name), [](const KeyRow& row) { return row.Has('t'); }),
        1)
        << section.name;
  }
}

RC_GTEST_PROP(LoadPolicyProperty, AnyByteOfAStatementChangedLoadsOrSaysWhere, ()) {
  static const std::string text = OperatorText("sapporo-ui");
  std::string changed = text;
  const auto at = *rc::gen::inRange<std::size_t>(text.find("[stated]"), text.size());
  changed[at] = *rc::gen::element('x', '"', '\n', '[', '=', '\\', '0', ' ');
  const PolicyLoad load = LoadPolicy(changed);
  RC_ASSERT(load.policy.has_value() == load.problems.empty());
  for (const PolicyProblem& problem : load.problems) {
    RC_ASSERT(problem.line >= 1);
    RC_ASSERT(!problem.sentence.empty());
  }
}

}  // namespace
}  // namespace noren::policy
