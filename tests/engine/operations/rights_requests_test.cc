// From the letter to the answer: who may ask, who is known, who decides, what happens, by when, and
// what is kept of it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rights_requests.h"

#include <gmock/gmock.h>

#include "engine/audit/operation.h"
#include "engine/operations/events.h"
#include "engine/policy/decisions.h"
#include "tests/engine/operations/rights_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

TEST(RightsRequests, AreReceivedByOfficersOnly) {
  RightsScene scene;
  for (const Call& call : {scene.service.portal(), scene.service.company()}) {
    EXPECT_EQ(CodeOf(ReceiveRight(scene.context(), call, scene.Asked(Right::kAccess)).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListRights(scene.context(), call, RightFilter::kAll).status()),
              ErrorCode::kNotAllowed);
  }
}

// G-72: nothing is decided, and nothing is shown, before it is known who asks.
TEST(RightsRequests, NothingIsDecidedBeforeItIsKnownWhoAsks) {
  RightsScene scene;
  const auto received = scene.Receive(Right::kAccess);
  ASSERT_OK(received);
  EXPECT_EQ(received->state, RightState::kWaiting);
  EXPECT_TRUE(received->missing.starts_with("E_IDENTITY")) << received->missing;
  EXPECT_EQ(RightsScene::Word(scene.Decide(received->request).status()), "E_IDENTITY");
  ASSERT_OK(scene.Identify(received->request));
  EXPECT_OK(scene.Decide(received->request));
}

// A letter whose writer is not yet known has no words in the store, and freezes nobody.
TEST(RightsRequests, AnUnknownWritersLetterKeepsNoWords) {
  RightsScene scene("mapo");
  ReceiveRightRequest letter = scene.Asked(Right::kCorrect, std::nullopt);
  letter.text = "an invented sentence";
  EXPECT_EQ(CodeOf(ReceiveRight(scene.context(), scene.service.officer(), letter).status()),
            ErrorCode::kBadRequest);
  const auto received = scene.Receive(Right::kCorrect, std::nullopt);
  ASSERT_OK(received);
  EXPECT_EQ(scene.CountKeys("rights-text/"), 0u);
  EXPECT_EQ(scene.CollectWord(), "");
  IdentifyRightRequest known = scene.Known(received->request);
  EXPECT_EQ(RightsScene::Word(
                IdentifyRequester(scene.context(), scene.service.officer(), known).status()),
            "E_IDENTITY");
  known.idempotency_key = scene.service.NextKey();
  known.about = scene.Named(0);
  ASSERT_OK(IdentifyRequester(scene.context(), scene.service.officer(), known));
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  known.idempotency_key = scene.service.NextKey();
  known.about = scene.Named(1);
  EXPECT_EQ(CodeOf(IdentifyRequester(scene.context(), scene.service.officer(), known).status()),
            ErrorCode::kStateConflict)
      << "a request does not move to somebody else";
}

// S-34: refused by itself, in the log, and kept for people to look at.
TEST(RightsRequests, AnAgentWhomThePolicyDoesNotAcceptIsRefusedAndLogged) {
  RightsScene scene("sapporo-ui");
  ReceiveRightRequest agent = scene.Asked(Right::kAccess);
  agent.handed_in.requester = policy::Requester::kAgent;
  EXPECT_EQ(
      RightsScene::Word(ReceiveRight(scene.context(), scene.service.officer(), agent).status()),
      "E_AGENT_NOT_ACCEPTED");
  EXPECT_EQ(scene.CountEntries(audit::Operation::kReceiveRight, /*refused=*/true), 1u);
  EXPECT_EQ(scene.CountKeys("rights/"), 1u);
}

// S-35: stop of use and erasure destroy everything; nothing else does it but a destruction.
TEST(RightsRequests, AtSapporoAStopOfUseDestroysEverything) {
  RightsScene scene("sapporo-ui");
  const model::RequestId request = scene.Ready(Right::kSuspend);
  const auto decided = scene.Decide(request);
  ASSERT_OK(decided);
  EXPECT_EQ(decided->erasure, request);
  EXPECT_EQ(CodeOf(scene.Settle(request, true, false)), ErrorCode::kStateConflict)
      << "not yet destroyed";
  DestructionRule rule;
  rule.by = SelectBy::kRequests;
  rule.requests = {request};
  ASSERT_OK(scene.Destroy(rule));
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNotFound);
  ASSERT_OK(scene.Settle(request, true, true));
  const ListedRight listed = scene.Show(request);
  EXPECT_EQ(listed.head.state, RightState::kClosed);
  EXPECT_FALSE(listed.text.has_value()) << "the words went with the person";
}

TEST(RightsRequests, AtSapporoAnAcceptedErasureComesBackWithTheJournal) {
  RightsScene scene("sapporo-ui");
  const model::RequestId request = scene.Ready(Right::kErase);
  const auto backup = CopyOf(scene.service.data());
  ASSERT_OK(scene.Decide(request));
  const auto summary = scene.RestoreBackup(*backup);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->erasure_requests, 1u);
}

// Elsewhere erasure is of what the request names.
TEST(RightsRequests, AnItemLevelErasureIsDoneWhenTheNamedItemIsGone) {
  RightsScene scene("openup-it");
  ReceiveRightRequest asked = scene.Asked(Right::kErase);
  asked.items = {scene.resumes[0]};
  const auto received = ReceiveRight(scene.context(), scene.service.officer(), asked);
  ASSERT_OK(received);
  IdentifyRightRequest known = scene.Known(received->request);
  known.facts = {"氏名", "住所", "電話番号"};
  known.papers = {{"パスポート", "", true, false, false, {}}};
  ASSERT_OK(IdentifyRequester(scene.context(), scene.service.officer(), known));
  const auto decided = scene.Decide(received->request);
  ASSERT_OK(decided);
  EXPECT_TRUE(decided->erasure.is_none());
  scene.Correct(0);
  const Status early = scene.Settle(received->request, true, false);
  EXPECT_EQ(CodeOf(early), ErrorCode::kStateConflict) << "something changed, but not that";
  ASSERT_OK(scene.Destroy(scene.Resumes({0})));
  EXPECT_OK(scene.Settle(received->request, true, true));
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
}

// G-76: objected to, and decided by somebody else.
TEST(RightsRequests, AnObjectionIsDecidedByAnotherOfficer) {
  RightsScene scene;
  const model::RequestId first = scene.Ready(Right::kAccess);
  ReceiveRightRequest early = scene.Asked(Right::kAccess, std::nullopt);
  early.objects_to = first;
  EXPECT_EQ(CodeOf(ReceiveRight(scene.context(), scene.service.officer(), early).status()),
            ErrorCode::kStateConflict);
  ASSERT_OK(scene.Decide(first, RightOutcome::kRefused, "RL_ACCESS_LAW", {{"statute", "Act 9"}}));
  ReceiveRightRequest objection = early;
  objection.idempotency_key = scene.service.NextKey();
  const auto received = ReceiveRight(scene.context(), scene.service.officer(), objection);
  ASSERT_OK(received);
  EXPECT_EQ(received->state, RightState::kReady) << "who asks is known from the first time";
  EXPECT_EQ(CodeOf(scene.Decide(received->request).status()), ErrorCode::kApprovalRequired);
  Call same_key = scene.service.officer("other");
  same_key.key = scene.service.officer().key;
  EXPECT_EQ(CodeOf(DecideRight(scene.context(), same_key,
                               {scene.service.NextKey(),
                                received->request,
                                RightOutcome::kAccepted,
                                "",
                                {},
                                false,
                                "a sentence",
                                {}})
                       .status()),
            ErrorCode::kApprovalRequired)
      << "two names, one key";
  EXPECT_OK(scene.Decide(received->request, RightOutcome::kAccepted, "", {}, "second"));
}

TEST(RightsRequests, WhereNeitherObjectionNorComplaintIsOfferedThereIsNone) {
  RightsScene scene("sapporo-ui");
  const model::RequestId first = scene.Ready(Right::kAccess);
  ASSERT_OK(scene.Decide(first));
  ReceiveRightRequest objection = scene.Asked(Right::kAccess, std::nullopt);
  objection.objects_to = first;
  EXPECT_EQ(CodeOf(ReceiveRight(scene.context(), scene.service.officer(), objection).status()),
            ErrorCode::kPolicyForbids);
}

// M-44, G-73, G-54
TEST(RightsRequests, ARefusalNeedsAListedGroundItsEvidenceAndASentence) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kAccess);
  const auto word = [&](const std::string& ground, std::map<std::string, std::string> evidence) {
    return RightsScene::Word(
        scene.Decide(request, RightOutcome::kRefused, ground, std::move(evidence)).status());
  };
  EXPECT_EQ(word("RL_SUSP_LAW", {{"statute", "Act 9"}}), "E_REFUSAL_GROUND");
  EXPECT_EQ(word("busy", {}), "E_REFUSAL_GROUND");
  EXPECT_EQ(word("RL_ACCESS_LAW", {}), "E_GROUND_EVIDENCE");
  EXPECT_EQ(word("RL_ACCESS_LAW", {{"mood", "bad"}}), "BAD_REQUEST");
  EXPECT_EQ(scene.CountEntries(audit::Operation::kDecideRight, /*refused=*/true), 3u);
  const auto refused = DecideRight(scene.context(), scene.service.officer(),
                                   {scene.service.NextKey(),
                                    request,
                                    RightOutcome::kRefused,
                                    "RL_ACCESS_LAW",
                                    {{"statute", "Act 9"}},
                                    false,
                                    "",
                                    {}});
  EXPECT_EQ(CodeOf(refused.status()), ErrorCode::kReasonRequired);
  const auto decided = DecideRight(scene.context(), scene.service.officer(),
                                   {scene.service.NextKey(),
                                    request,
                                    RightOutcome::kPartly,
                                    "RL_ACCESS_LAW",
                                    {{"statute", "Act 9"}},
                                    false,
                                    "a sentence for the person",
                                    {"given.profile"}});
  ASSERT_OK(decided);
  EXPECT_THAT(decided->clauses, testing::Contains("G-54"));
  EXPECT_EQ(scene.Show(request).text->reason, "a sentence for the person");
  EXPECT_EQ(CodeOf(scene.Decide(request).status()), ErrorCode::kStateConflict);
}

// O-84: what is not shown by the deadline is refused for that reason, and for no other.
TEST(RightsRequests, AnUnknownRequesterIsRefusedForThatReasonOnly) {
  RightsScene scene("openup-it");
  const auto received = scene.Receive(Right::kAccess);
  ASSERT_OK(received);
  EXPECT_OK(scene.Decide(received->request, RightOutcome::kRefused, "E_ID_INSUFFICIENT"));
  RightsScene other;
  const model::RequestId known = other.Ready(Right::kAccess);
  EXPECT_EQ(
      RightsScene::Word(other.Decide(known, RightOutcome::kRefused, "E_ID_INSUFFICIENT").status()),
      "E_REFUSAL_GROUND");
}

// O-88
TEST(RightsRequests, AnAgentsCorrectionWaitsForThePersonsWord) {
  RightsScene scene("openup-it");
  ReceiveRightRequest asked = scene.Asked(Right::kCorrect);
  asked.handed_in.requester = policy::Requester::kAgent;
  asked.agent = "an invented agent";
  const auto received = ReceiveRight(scene.context(), scene.service.officer(), asked);
  ASSERT_OK(received);
  IdentifyRightRequest known = scene.Known(received->request);
  known.papers = {{"本人との関係を示す書類", "", false, false, false, {}},
                  {"委任状", "", false, false, false, {}},
                  {"請求者本人確認資料", "", false, false, false, {}}};
  ASSERT_OK(IdentifyRequester(scene.context(), scene.service.officer(), known));
  EXPECT_EQ(RightsScene::Word(scene.Decide(received->request).status()), "E_GROUND_EVIDENCE");
  EXPECT_OK(scene.Decide(received->request, RightOutcome::kAccepted, "",
                         {{"consent_record", "by phone, 10 June"}}));
}

// G-70: due on the tenth day, reminded on the seventh, overdue on the next; acting is not enough.
TEST(RightsRequests, TheTimeToAnswerRunsUntilBothAreDone) {
  RightsScene scene;
  const model::RequestId request = scene.Ready(Right::kSuspend);
  const auto due = [&](RightFilter filter) {
    const auto listed = ListRights(scene.context(), scene.service.officer(), filter);
    EXPECT_OK(listed);
    return listed.ok() ? listed->size() : 0;
  };
  const auto standing = [&] {
    const ListedRight listed = scene.Show(request);
    return listed.due ? policy::calendar::StandingName(listed.due->standing) : "none";
  };
  constexpr std::int64_t kDay = 86400;
  EXPECT_EQ(due(RightFilter::kDue), 0u);
  scene.service.clock().AdvanceSeconds(7 * kDay);
  EXPECT_EQ(due(RightFilter::kDue), 1u) << "reminded";
  EXPECT_EQ(standing(), "due");
  ASSERT_OK(scene.Decide(request));
  scene.service.clock().AdvanceSeconds(3 * kDay);
  EXPECT_EQ(standing(), "due");
  scene.service.clock().AdvanceSeconds(kDay);
  EXPECT_EQ(standing(), "overdue") << "acted, and nobody was told";
  ASSERT_OK(scene.Settle(request, false, true));
  EXPECT_EQ(standing(), "none");
  EXPECT_EQ(due(RightFilter::kOpen), 0u);
}

// K-51, K-61: the clock begins when form, papers and fee are there.
TEST(RightsRequests, AtKyodoTheClockBeginsWhenEverythingIsThere) {
  RightsScene scene("kyodo-kanagawa");
  const auto received = scene.Receive(Right::kAccess);
  ASSERT_OK(received);
  EXPECT_FALSE(scene.Show(received->request).due.has_value());
  scene.service.clock().AdvanceSeconds(3 * 86400);
  IdentifyRightRequest known = scene.Known(received->request);
  known.papers = {{"運転免許証", "", true, false, true, {"氏名", "住所"}}};
  const auto incomplete = IdentifyRequester(scene.context(), scene.service.officer(), known);
  ASSERT_OK(incomplete);
  EXPECT_EQ(incomplete->state, RightState::kWaiting);
  EXPECT_TRUE(incomplete->missing.starts_with("E_FORM_INCOMPLETE")) << incomplete->missing;
  IdentifyRightRequest rest = scene.Known(received->request);
  rest.facts.clear();
  rest.parts = {"日付と申出",     "1 請求の内容", "1 請求者=本人",
                "1 本人の情報",   "1 求職申込",   "1 本人確認書類=運転免許証",
                "4 回答方法=郵便"};
  rest.fee_paid = 950;
  const auto unpaid = IdentifyRequester(scene.context(), scene.service.officer(), rest);
  ASSERT_OK(unpaid);
  EXPECT_TRUE(unpaid->missing.starts_with("E_FEE_MISSING")) << unpaid->missing;
  rest.idempotency_key = scene.service.NextKey();
  rest.fee_paid = 50;
  const auto ready = IdentifyRequester(scene.context(), scene.service.officer(), rest);
  ASSERT_OK(ready);
  EXPECT_EQ(ready->state, RightState::kReady);
  const ListedRight listed = scene.Show(received->request);
  ASSERT_TRUE(listed.due.has_value());
  EXPECT_EQ(
      listed.due->last_day.days_since_1970,
      policy::TodayOf(scene.context().policy, scene.service.clock().Now()).days_since_1970 + 14);
}

// O-81, K-77, E_METHOD
TEST(RightsRequests, PapersAreDestroyedByAStatedMethodAndKindAndDateStay) {
  RightsScene scene("openup-it");
  const auto received = scene.Receive(Right::kAccess);
  ASSERT_OK(received);
  IdentifyRightRequest known = scene.Known(received->request);
  known.facts = {"氏名", "住所", "電話番号"};
  known.papers = {{"パスポート", "", true, false, false, {"氏名"}}};
  ASSERT_OK(IdentifyRequester(scene.context(), scene.service.officer(), known));
  const auto destroy = [&](const std::string& method) {
    return DestroyRightPapers(scene.context(), scene.service.officer(), scene.service.NextKey(),
                              received->request, method)
        .status();
  };
  EXPECT_EQ(CodeOf(destroy("復元できない方法")), ErrorCode::kStateConflict) << "not answered";
  ASSERT_OK(scene.Decide(received->request));
  ASSERT_OK(scene.Settle(received->request, true, true));
  const ListedRight kept = scene.Show(received->request);
  ASSERT_TRUE(kept.papers.has_value());
  EXPECT_EQ(RightsScene::Word(destroy("thrown away")), "E_METHOD");
  ASSERT_OK(destroy("復元できない方法"));
  const ListedRight gone = scene.Show(received->request);
  EXPECT_FALSE(gone.papers.has_value());
  EXPECT_FALSE(gone.text.has_value());
  ASSERT_EQ(gone.head.identity.papers.size(), 1u);
  EXPECT_EQ(gone.head.identity.papers[0].name, "パスポート");
  EXPECT_TRUE(gone.head.identity.papers[0].shows.empty());
  EXPECT_EQ(CodeOf(destroy("復元できない方法")), ErrorCode::kStateConflict);
}

// The person's own act: proved, told to the portal, and readable by the person alone.
TEST(RightsRequests, APersonAsksThroughTheirPortalAndReadsTheAnswer) {
  RightsScene scene;
  TestPerson& person = *scene.people[0];
  const std::string statement = scene.service.Prepare(
      person, "right", {{"right", "CORRECT"}, {"text", "my phone number is wrong"}});
  const auto asked = AskForRight(scene.context(), scene.service.portal(), scene.service.NextKey(),
                                 scene.service.Prove(person, statement));
  ASSERT_OK(asked);
  EXPECT_EQ(scene.CollectWord(), "E_PENDING_CORRECTION");
  const auto request = model::RequestId::Parse(asked->result);
  ASSERT_OK(request);
  EXPECT_EQ(scene.Show(*request).head.state, RightState::kReady);
  scene.Correct(0);
  ASSERT_OK(scene.Decide(*request));
  ASSERT_OK(scene.Settle(*request, true, true));
  const auto own = [&](std::size_t i) {
    const std::string read = scene.service.Prepare(*scene.people[i], "read");
    return ReadOwnRights(scene.context(), scene.service.portal(),
                         scene.service.Prove(*scene.people[i], read));
  };
  const auto mine = own(0);
  ASSERT_OK(mine);
  ASSERT_EQ(mine->size(), 1u);
  EXPECT_EQ((*mine)[0].text->text, "my phone number is wrong");
  const auto anothers = own(1);
  ASSERT_OK(anothers);
  EXPECT_TRUE(anothers->empty());
  const auto events = ReadEvents(scene.context(), scene.service.portal(), 0, 200);
  ASSERT_OK(events);
  std::vector<std::string> words;
  for (const PositionedEvent& one : events->events)
    if (one.event.kind == EventKind::kRight) words.push_back(one.event.detail);
  EXPECT_EQ(words, (std::vector<std::string>{"received", "accepted", "closed"}));
}

// K-53: an act through the portal is no paper.
TEST(RightsRequests, WhereAPaperIsAskedForAnActWaitsForIt) {
  RightsScene scene("kyodo-kanagawa");
  const std::string statement =
      scene.service.Prepare(*scene.people[0], "right", {{"right", "ACCESS"}});
  const auto asked = AskForRight(scene.context(), scene.service.portal(), scene.service.NextKey(),
                                 scene.service.Prove(*scene.people[0], statement));
  ASSERT_OK(asked);
  const auto request = model::RequestId::Parse(asked->result);
  ASSERT_OK(request);
  EXPECT_EQ(scene.Show(*request).head.state, RightState::kWaiting);
}

TEST(RightsRequests, TheSameCallTwiceIsOneRequest) {
  RightsScene scene;
  const ReceiveRightRequest request = scene.Asked(Right::kAccess);
  const auto once = ReceiveRight(scene.context(), scene.service.officer(), request);
  const auto twice = ReceiveRight(scene.context(), scene.service.officer(), request);
  ASSERT_OK(once);
  ASSERT_OK(twice);
  EXPECT_EQ(once->request, twice->request);
  EXPECT_EQ(scene.CountKeys("rights/"), 1u);
}

// The store, searched for what was written in the request.
TEST(RightsRequests, NoWordOfARequestIsReadableInTheStore) {
  RightsScene scene;
  scene.Ready(Right::kAccess);
  for (const storage::KeyValue& item : ContentOf(scene.service.data())) {
    const std::string bytes = item.key + std::string(AsText(item.value));
    EXPECT_EQ(bytes.find("an invented sentence"), std::string::npos) << item.key;
  }
}

}  // namespace
}  // namespace noren::operations
