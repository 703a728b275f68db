// What the five operators' files say of requests: who is known, what is owed, on which grounds a
// request may be refused, and what is left alone while it is open.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/rights_rules.h"

#include <gmock/gmock.h>

#include "engine/model/errors.h"
#include "engine/policy/due_day.h"
#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Right;

// "E_IDENTITY" of "E_IDENTITY G-72"; empty when it is no refusal of the statement's.
std::string Refusal(const Status& status) {
  if (CodeOf(status) != ErrorCode::kPolicyForbids) return std::string(status.message());
  const std::string detail = model::DetailOf(status);
  return detail.substr(0, detail.find(' '));
}

IdentityCheck Agent(std::vector<SeenPaper> papers) {
  return {Requester::kAgent, false, {}, std::move(papers), {}, {}};
}
IdentityCheck Person(std::vector<std::string> facts, std::vector<SeenPaper> papers = {}) {
  return {Requester::kPerson, false, std::move(facts), std::move(papers), {}, {}};
}
SeenPaper Called(std::string name, std::string of = "") {
  SeenPaper paper;
  paper.name = std::move(name);
  paper.of = std::move(of);
  return paper;
}

// M-42, M-43
TEST(RightsRules, MapoTakesAnAgentWithPowerOfAttorneyAndOneProofOfIdentity) {
  const Policy mapo = OperatorPolicy("mapo");
  const std::string power = "위임장(시행규칙 별지 제11호)";
  EXPECT_EQ(Refusal(IdentitySuffices(mapo, Right::kAccess, Agent({}))), "E_POA");
  EXPECT_EQ(Refusal(IdentitySuffices(mapo, Right::kAccess, Agent({Called(power)}))), "E_POA");
  EXPECT_OK(IdentitySuffices(mapo, Right::kAccess,
                             Agent({Called(power), Called("주민등록증", "대리인")})));
  EXPECT_OK(IdentitySuffices(mapo, Right::kAccess,
                             Agent({Called(power), Called("주민등록증", "위임자")})));
}

// M-39
TEST(RightsRules, AClosedListOfChannelsTakesNoOther) {
  const Policy mapo = OperatorPolicy("mapo");
  HandedIn request{Right::kCorrect, Requester::kPerson, "모사전송(FAX)", "", {}, 0};
  EXPECT_OK(MayBeHandedIn(mapo, request));
  request.channel = "전자우편";
  const Status refused = MayBeHandedIn(mapo, request);
  EXPECT_EQ(CodeOf(refused), ErrorCode::kPolicyForbids);
  EXPECT_EQ(model::FieldOf(refused), "channel");
  EXPECT_EQ(ChannelsOf(mapo).size(), 3u);
  request.channel = "portal";
  EXPECT_OK(MayBeHandedIn(OperatorPolicy("gojobs"), request)) << "G-68: and so on";
}

// G-72, G-52, G-75
TEST(RightsRules, GojobsChecksWhoAsksAndTakesAGuardianBelowFourteen) {
  const Policy gojobs = OperatorPolicy("gojobs");
  EXPECT_EQ(Refusal(IdentitySuffices(gojobs, Right::kAccess, Person({}))), "E_IDENTITY");
  EXPECT_OK(IdentitySuffices(gojobs, Right::kAccess, Person({"name"})));
  EXPECT_EQ(Refusal(IdentitySuffices(gojobs, Right::kAccess, Agent({Called("x")}))), "E_POA");
  IdentityCheck guardian{Requester::kRepresentative, false, {}, {Called("certificate")}, {}, {}};
  guardian.born = model::ParseCivilDay("2010-03-01").value();
  guardian.on = model::ParseCivilDay("2024-02-29").value();
  EXPECT_OK(IdentitySuffices(gojobs, Right::kAccess, guardian));
  guardian.on = model::ParseCivilDay("2024-03-01").value();
  EXPECT_EQ(Refusal(IdentitySuffices(gojobs, Right::kAccess, guardian)), "E_POA");
  IdentityCheck child = Person({"name"});
  child.born = guardian.born;
  child.on = model::ParseCivilDay("2024-02-29").value();
  EXPECT_EQ(Refusal(IdentitySuffices(gojobs, Right::kAccess, child)), "E_MINOR");
}

// S-33, S-34
TEST(RightsRules, SapporoWantsTwoRegisteredFactsAndNoAgent) {
  const Policy sapporo = OperatorPolicy("sapporo-ui");
  EXPECT_OK(IdentitySuffices(sapporo, Right::kAccess, Person({"氏名", "電子メールアドレス"})));
  const Status one = IdentitySuffices(sapporo, Right::kAccess, Person({"氏名"}));
  EXPECT_EQ(Refusal(one), "E_ID_INSUFFICIENT");
  EXPECT_EQ(model::FieldOf(one), "facts") << "no hint which one failed";
  HandedIn agent{Right::kAccess, Requester::kAgent, "対面", "", {}, 0};
  EXPECT_EQ(Refusal(MayBeHandedIn(sapporo, agent)), "E_AGENT_NOT_ACCEPTED");
}

// K-53, K-54, K-55
TEST(RightsRules, KyodoWantsAMaskedPaperWithPhotographNameAndAddress) {
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  SeenPaper licence = Called("運転免許証");
  const auto judged = [&] {
    return IdentitySuffices(kyodo, Right::kAccess, Person({}, {licence}));
  };
  EXPECT_EQ(Refusal(judged()), "E_ID_INSUFFICIENT");
  licence.photo = true;
  licence.shows = {"氏名"};
  EXPECT_EQ(model::FieldOf(judged()), "papers.住所");
  licence.shows = {"氏名", "住所"};
  EXPECT_EQ(Refusal(judged()), "E_ID_UNMASKED");
  licence.masked = true;
  EXPECT_OK(judged());
  licence.name = "在留カード";
  EXPECT_OK(judged()) << "the list is read as open";
  IdentityCheck proved = Person({});
  proved.proved = true;
  EXPECT_EQ(Refusal(IdentitySuffices(kyodo, Right::kAccess, proved)), "E_ID_INSUFFICIENT");
}

// K-56, K-57
TEST(RightsRules, KyodosAgentNeedsAllThreePapers) {
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  std::vector<SeenPaper> papers = {Called("実印を押した委任状")};
  const Status missing = IdentitySuffices(kyodo, Right::kAccess, Agent(papers));
  EXPECT_EQ(Refusal(missing), "E_ID_INSUFFICIENT");
  EXPECT_EQ(model::FieldOf(missing), "papers.印鑑証明書");
  papers.push_back(Called("印鑑証明書"));
  papers.push_back(Called("代理人の写真付き本人確認書類"));
  papers.push_back(Called("パスポート"));
  EXPECT_EQ(Refusal(IdentitySuffices(kyodo, Right::kAccess, Agent(papers))), "E_ID_UNMASKED");
  papers.back().masked = true;
  EXPECT_OK(IdentitySuffices(kyodo, Right::kAccess, Agent(papers)));
}

// K-58, K-59, K-63, K-71, K-76
TEST(RightsRules, KyodosFormIsCompleteWithItsPartsAndAThousandYen) {
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  HandedIn request{Right::kAccess, Requester::kPerson, "簡易書留", "個人情報開示等請求書", {}, 950};
  EXPECT_EQ(Refusal(IsComplete(kyodo, request)), "E_FORM_INCOMPLETE");
  request.parts = {"日付と申出",     "1 請求の内容", "1 請求者=本人",
                   "1 本人の情報",   "1 求職申込",   "1 本人確認書類=運転免許証",
                   "4 回答方法=郵便"};
  const Status fee = IsComplete(kyodo, request);
  EXPECT_EQ(Refusal(fee), "E_FEE_MISSING");
  EXPECT_EQ(model::FieldOf(fee), "fee.50");
  request.fee_paid = 1000;
  EXPECT_OK(IsComplete(kyodo, request));
  request.right = Right::kCorrect;
  EXPECT_EQ(model::FieldOf(IsComplete(kyodo, request)), "parts.2 訂正、削除すべき情報の内容");
  request.right = Right::kAccess;
  request.requester = Requester::kAgent;
  EXPECT_EQ(model::FieldOf(IsComplete(kyodo, request)), "parts.代理人の情報");
  request.requester = Requester::kPerson;
  request.form.clear();
  EXPECT_EQ(model::FieldOf(IsComplete(kyodo, request)), "form");
}

// O-78, O-79, O-80, O-76, O-89
TEST(RightsRules, OpenupWantsThreeFactsAndOnePaperFromBothSides) {
  const Policy openup = OperatorPolicy("openup-it");
  SeenPaper licence = Called("運転免許証");
  EXPECT_EQ(Refusal(IdentitySuffices(openup, Right::kAccess, Person({"氏名", "住所"}, {licence}))),
            "E_ID_INSUFFICIENT");
  const std::vector<std::string> facts = {"氏名", "住所", "電話番号"};
  EXPECT_EQ(model::FieldOf(IdentitySuffices(openup, Right::kAccess, Person(facts, {licence}))),
            "papers.both_sides");
  licence.both_sides = true;
  EXPECT_OK(IdentitySuffices(openup, Right::kAccess, Person(facts, {licence})));
  EXPECT_EQ(FeeOf(openup, Right::kAccess), 0) << "none is asked for until the amount is known";
  const Status mandate =
      IdentitySuffices(openup, Right::kAccess,
                       Agent({Called("本人との関係を示す書類"), Called("請求者本人確認資料")}));
  EXPECT_EQ(model::FieldOf(mandate), "papers.委任状");
}

RefusalCase Ground(std::string code, std::map<std::string, std::string> evidence = {}) {
  return {std::move(code), std::move(evidence), false, false, "kim", "a sentence that says why"};
}

// M-44 to M-47, G-54 to G-67
TEST(RightsRules, OnlyAListedGroundRefusesAndItNeedsItsEvidence) {
  const Policy mapo = OperatorPolicy("mapo");
  const Policy gojobs = OperatorPolicy("gojobs");
  const auto judged = [](const Policy& policy, Right right, const RefusalCase& refusal) {
    return Refusal(MayRefuse(policy, right, refusal).status());
  };
  EXPECT_EQ(judged(mapo, Right::kSuspend, Ground("RL_SUSP_PUBDUTY", {{"statute", "Act 1"}})),
            "E_REFUSAL_GROUND");
  EXPECT_EQ(judged(mapo, Right::kAccess, Ground("RL_SUSP_LAW")), "E_REFUSAL_GROUND");
  EXPECT_EQ(judged(mapo, Right::kSuspend, Ground("RL_SUSP_LAW", {{"statute", "Act 1"}})),
            "E_GROUND_EVIDENCE");
  const auto cited = MayRefuse(mapo, Right::kSuspend,
                               Ground("RL_SUSP_LAW", {{"statute", "Act 1"}, {"article", "2"}}));
  ASSERT_OK(cited);
  EXPECT_THAT(*cited, testing::Contains("M-45"));
  EXPECT_EQ(judged(mapo, Right::kSuspend, Ground("RL_SUSP_HARM", {{"approver", "kim"}})),
            "E_GROUND_EVIDENCE")
      << "nobody approves their own refusal";
  EXPECT_OK(MayRefuse(mapo, Right::kSuspend, Ground("RL_SUSP_HARM", {{"approver", "lee"}})));
  RefusalCase leaves = Ground("RL_SUSP_CONTRACT");
  EXPECT_OK(MayRefuse(mapo, Right::kSuspend, leaves));
  leaves.ends_contract = true;
  EXPECT_EQ(judged(mapo, Right::kSuspend, leaves), "E_REFUSAL_GROUND");
  EXPECT_OK(MayRefuse(gojobs, Right::kSuspend, Ground("RL_SUSP_PUBDUTY", {{"statute", "Act 1"}})));
  RefusalCase audit = Ground("RL_ACCESS_AUDIT", {{"statute", "Act 1"}});
  EXPECT_EQ(judged(gojobs, Right::kAccess, audit), "E_REFUSAL_GROUND");
  audit.ongoing = true;
  EXPECT_OK(MayRefuse(gojobs, Right::kAccess, audit));
  audit.evidence.clear();
  EXPECT_EQ(judged(gojobs, Right::kAccess, audit), "E_GROUND_EVIDENCE");
  RefusalCase silent = Ground("RL_ACCESS_LAW", {{"statute", "Act 1"}});
  silent.reason.clear();
  EXPECT_EQ(CodeOf(MayRefuse(gojobs, Right::kAccess, silent).status()), ErrorCode::kReasonRequired);
  RefusalCase harm = Ground("RL_SUSP_HARM", {{"approver", "officer two"}});
  EXPECT_OK(MayRefuse(mapo, Right::kSuspend, harm));
  harm.reason.clear();
  EXPECT_EQ(judged(mapo, Right::kSuspend, harm), "E_GROUND_EVIDENCE");
}

// K-34, O-69, O-71
TEST(RightsRules, AStatedConditionOfARightIsAGroundAndAnUnstatedOneIsNone) {
  EXPECT_OK(
      MayRefuse(OperatorPolicy("kyodo-kanagawa"), Right::kCorrect, Ground("CONDITION_NOT_MET")));
  EXPECT_OK(MayRefuse(OperatorPolicy("openup-it"), Right::kCorrect, Ground("CONDITION_NOT_MET")));
  EXPECT_EQ(
      Refusal(
          MayRefuse(OperatorPolicy("mapo"), Right::kCorrect, Ground("CONDITION_NOT_MET")).status()),
      "E_REFUSAL_GROUND");
  EXPECT_OK(
      MayRefuse(OperatorPolicy("openup-it"), Right::kAccess, Ground("E_ENTRUSTED_NO_AUTHORITY")));
  EXPECT_EQ(Refusal(MayRefuse(OperatorPolicy("gojobs"), Right::kAccess,
                              Ground("E_ENTRUSTED_NO_AUTHORITY"))
                        .status()),
            "E_REFUSAL_GROUND");
}

// The same question, five answers: what stands still while a request is open, and what an accepted
// one does.
struct FiveAnswers {
  std::string_view name;
  PendingBlock correct, suspend, stop;
  RightEffect erase;  // of SUSPEND where there is no ERASE
  bool objections;
};
class RightsOf : public testing::TestWithParam<FiveAnswers> {};
TEST_P(RightsOf, EveryOperatorAreAsTheFileSays) {
  const FiveAnswers& expected = GetParam();
  const Policy policy = OperatorPolicy(expected.name);
  EXPECT_EQ(BlockWhileOpen(policy, Right::kCorrect), expected.correct);
  EXPECT_EQ(BlockWhileOpen(policy, Right::kSuspend), expected.suspend);
  EXPECT_EQ(BlockWhileOpen(policy, Right::kStopProvision), expected.stop);
  const auto suspend = RuleOfRight(policy, Right::kSuspend);
  ASSERT_OK(suspend);
  EXPECT_EQ(suspend->effect, expected.erase);
  EXPECT_FALSE(suspend->clauses.empty());
  EXPECT_EQ(TakesObjections(policy), expected.objections);
}
INSTANTIATE_TEST_SUITE_P(
    Operators, RightsOf,
    testing::Values(FiveAnswers{"mapo", PendingBlock::kUse, PendingBlock::kNone,
                                PendingBlock::kNone, RightEffect::kItemLevel, true},
                    FiveAnswers{"gojobs", PendingBlock::kUse, PendingBlock::kNone,
                                PendingBlock::kNone, RightEffect::kItemLevel, true},
                    FiveAnswers{"sapporo-ui", PendingBlock::kNone, PendingBlock::kNone,
                                PendingBlock::kNone, RightEffect::kEraseAll, false},
                    FiveAnswers{"kyodo-kanagawa", PendingBlock::kNone, PendingBlock::kNone,
                                PendingBlock::kProvision, RightEffect::kItemLevel, true},
                    FiveAnswers{"openup-it", PendingBlock::kNone, PendingBlock::kNone,
                                PendingBlock::kNone, RightEffect::kItemLevel, true}),
    [](const auto& one) {
      std::string name(one.param.name);
      std::erase(name, '-');
      return name;
    });

// M-35 to M-37: what a policy does not know of is no right of it.
TEST(RightsRules, ARightThatThePolicyDoesNotNameIsNotTaken) {
  EXPECT_EQ(CodeOf(RuleOfRight(OperatorPolicy("mapo"), Right::kAdd).status()),
            ErrorCode::kPolicyForbids);
  for (const Right right : model::AllRights()) {
    EXPECT_OK(RuleOfRight(OperatorPolicy("openup-it"), right));
    EXPECT_OK(RuleOfRight(OperatorPolicy("sapporo-ui"), right));
    EXPECT_OK(RuleOfRight(Example(), right)) << "a file without a statement grants all";
  }
}

std::string LastDay(const Policy& policy, std::string_view from) {
  const auto rules = AnswerRules(policy);
  EXPECT_OK(rules);
  const calendar::EventDay received{"request_received", model::ParseCivilDay(from).value()};
  std::string first;
  for (const calendar::DateRule& rule : *rules) {
    const auto due = DueDayOf(policy, rule, {&received, 1}, received.day);
    EXPECT_OK(due);
    const std::string last = model::ToIso((*due)->last_day);
    if (first.empty() || last < first) first = last;
  }
  return first;
}

// G-70, M-40, K-61
TEST(RightsRules, TheTimeToAnswerIsThatOfTheWorkedDates) {
  const Policy gojobs = OperatorPolicy("gojobs");
  const Policy kyodo = OperatorPolicy("kyodo-kanagawa");
  const auto stated = [](const Policy& policy, std::string_view id, std::string_view from) {
    const auto rules = AnswerRules(policy);
    EXPECT_OK(rules);
    for (const calendar::DateRule& rule : *rules) {
      if (rule.id != policy.id + "." + std::string(id)) continue;
      const calendar::EventDay received{"request_received", model::ParseCivilDay(from).value()};
      const auto due = DueDayOf(policy, rule, {&received, 1}, received.day);
      EXPECT_OK(due);
      return model::ToIso((*due)->last_day);
    }
    return std::string("no such rule");
  };
  EXPECT_EQ(stated(gojobs, "answer", "2024-05-01"), "2024-05-11");
  EXPECT_EQ(stated(gojobs, "answer", "2024-02-20"), "2024-03-01");
  EXPECT_EQ(stated(gojobs, "answer", "2023-12-25"), "2024-01-04");
  EXPECT_EQ(LastDay(OperatorPolicy("mapo"), "2025-05-01"), "2025-05-11");
  EXPECT_EQ(stated(kyodo, "answer", "2024-02-20"), "2024-03-05");
  EXPECT_EQ(stated(kyodo, "answer", "2025-02-20"), "2025-03-06");
  EXPECT_TRUE(CountsFromCompleteness(kyodo));
  EXPECT_FALSE(CountsFromCompleteness(gojobs));
}

// O-81, K-77
TEST(RightsRules, EnclosedPapersAreDestroyedWithinAYear) {
  for (const std::string_view name : {"openup-it", "kyodo-kanagawa"}) {
    const Policy policy = OperatorPolicy(name);
    const auto rule = PapersRule(policy);
    ASSERT_OK(rule);
    ASSERT_TRUE(rule->has_value());
    for (const auto& [from, to] :
         {std::pair("2024-02-29", "2025-02-28"), std::pair("2025-06-30", "2026-06-30")}) {
      const calendar::EventDay answered{"answered", model::ParseCivilDay(from).value()};
      const auto due = DueDayOf(policy, **rule, {&answered, 1}, answered.day);
      ASSERT_OK(due);
      EXPECT_EQ(model::ToIso((*due)->last_day), to) << name;
    }
  }
  const auto none = PapersRule(OperatorPolicy("mapo"));
  ASSERT_OK(none);
  EXPECT_FALSE(none->has_value());
}

}  // namespace
}  // namespace noren::policy
