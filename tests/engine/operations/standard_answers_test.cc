// Answers that need no decision, the client who is asked, sealed answers, and the search for a
// registration: wrong roles, wrong states, replays, numbers of people.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/standard_answers.h"

#include <gmock/gmock.h>

#include "crypto/agefile/agefile.h"
#include "engine/operations/find_registrations.h"
#include "engine/operations/personal_numbers.h"
#include "engine/operations/registers.h"
#include "engine/operations/sealed_answers.h"
#include "tests/engine/operations/rights_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kIndividualNumber = "1234 5678 9018";

AskOwnerRequest Question(RightsScene& scene, const model::RequestId& request) {
  return {scene.service.NextKey(), request, "client 7", {}, false};
}
OwnerAnswer Said(RightsScene& scene, const model::RequestId& request, bool allows) {
  return {scene.service.NextKey(), request, allows, "letter 1"};
}
// Of openup-it, which refers requests to its clients.
model::RequestId ReadyAtOpenup(RightsScene& scene) {
  ReceiveRightRequest asked = scene.Asked(Right::kAccess);
  asked.handed_in.channel = "郵送";
  const auto received = ReceiveRight(scene.context(), scene.service.officer(), asked);
  EXPECT_OK(received);
  return received.ok() ? received->request : model::RequestId();
}

TEST(ReturnRequests, AreAnsweredByOfficersAloneAndOnceForAKey) {
  RightsScene scene("sapporo-ui");
  const ReturnRequest request{scene.service.NextKey(), {}, {}, false};
  EXPECT_EQ(CodeOf(AnswerReturn(scene.context(), scene.service.portal(), request).status()),
            ErrorCode::kNotAllowed);
  const auto first = AnswerReturn(scene.context(), scene.service.officer(), request);
  ASSERT_OK(first);
  const auto again = AnswerReturn(scene.context(), scene.service.officer(), request);
  ASSERT_OK(again);
  EXPECT_EQ(first->request, again->request);
  EXPECT_EQ(first->position.sequence, again->position.sequence);
  EXPECT_EQ(first->name, "NO_RETURN");
  ReturnRequest later{scene.service.NextKey(), {}, {}, false};
  later.received_at = {scene.service.clock().Now().value + 1};
  EXPECT_EQ(CodeOf(AnswerReturn(scene.context(), scene.service.officer(), later).status()),
            ErrorCode::kOutOfRange);
  later.received_at = {-1};
  EXPECT_EQ(CodeOf(AnswerReturn(scene.context(), scene.service.officer(), later).status()),
            ErrorCode::kOutOfRange);
}

TEST(ReturnRequests, HaveNoAnswerWhereThePolicyDoesNotSaySo) {
  RightsScene scene("mapo");
  EXPECT_EQ(CodeOf(AnswerReturn(scene.context(), scene.service.officer(),
                                {scene.service.NextKey(), {}, {}, false})
                       .status()),
            ErrorCode::kPolicyIncomplete);
}

TEST(OwnerQuestion, IsForWhoIsKnownAndWhereThePolicyRefersSomebody) {
  RightsScene gojobs("gojobs");
  const auto ready = gojobs.Ready(Right::kAccess);
  EXPECT_EQ(
      CodeOf(
          AskOwner(gojobs.context(), gojobs.service.officer(), Question(gojobs, ready)).status()),
      ErrorCode::kPolicyIncomplete);
  RightsScene scene("openup-it");
  const auto request = ReadyAtOpenup(scene);
  EXPECT_EQ(
      CodeOf(AskOwner(scene.context(), scene.service.officer(), Question(scene, request)).status()),
      ErrorCode::kPolicyForbids)
      << "it is not known who asks";
  EXPECT_EQ(
      CodeOf(AskOwner(scene.context(), scene.service.officer(), Question(scene, {})).status()),
      ErrorCode::kNotFound);
  EXPECT_EQ(
      CodeOf(AskOwner(scene.context(), scene.service.portal(), Question(scene, request)).status()),
      ErrorCode::kNotAllowed);
  EXPECT_EQ(
      CodeOf(RecordOwnerAnswer(scene.context(), scene.service.officer(), Said(scene, request, true))
                 .status()),
      ErrorCode::kStateConflict);
  AskOwnerRequest bad = Question(scene, request);
  bad.owner = "";
  EXPECT_EQ(CodeOf(AskOwner(scene.context(), scene.service.officer(), bad).status()),
            ErrorCode::kMissingField);
  bad.owner = std::string(201, 'x');
  EXPECT_EQ(CodeOf(AskOwner(scene.context(), scene.service.officer(), bad).status()),
            ErrorCode::kTooLarge);
  bad.owner = std::string(kIndividualNumber);
  const Status refused = AskOwner(scene.context(), scene.service.officer(), bad).status();
  EXPECT_EQ(CodeOf(refused), ErrorCode::kPolicyForbids);
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr(std::string(kIndividualNumber))));
}

TEST(SealedAnswers, NeedADecisionAKeyAndAnAddress) {
  RightsScene scene("gojobs");
  const auto own = agefile::Identity::Generate(scene.service.random());
  const auto request = scene.Ready(Right::kAccess);
  SealAnswerRequest seal{request, "a@mail.example", own.recipient().ToString(), {}};
  EXPECT_EQ(CodeOf(SealRightAnswer(scene.context(), scene.service.officer(), seal).status()),
            ErrorCode::kStateConflict);
  ASSERT_OK(scene.Decide(request));
  EXPECT_EQ(CodeOf(SealRightAnswer(scene.context(), scene.service.portal(), seal).status()),
            ErrorCode::kNotAllowed);
  const auto sealed = SealRightAnswer(scene.context(), scene.service.officer(), seal);
  ASSERT_OK(sealed);
  ASSERT_OK(agefile::DecryptFile(sealed->file, own));
  for (const char* key : {"", "age1", "AGE-SECRET-KEY-1"}) {
    seal.recipient = key;
    EXPECT_FALSE(SealRightAnswer(scene.context(), scene.service.officer(), seal).ok()) << key;
  }
  seal.recipient = own.recipient().ToString();
  for (const char* address : {"", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n"}) {
    seal.address = address;
    EXPECT_EQ(CodeOf(SealRightAnswer(scene.context(), scene.service.officer(), seal).status()),
              ErrorCode::kBadRequest)
        << address;
  }
}

TEST(SealedAnswers, OfARefusalHoldNoData) {
  RightsScene scene("gojobs");
  const auto own = agefile::Identity::Generate(scene.service.random());
  const auto request = scene.Ready(Right::kAccess);
  ASSERT_OK(scene.Decide(request, RightOutcome::kRefused, "RL_ACCESS_LAW", {{"statute", "Act 9"}}));
  const auto sealed = SealRightAnswer(scene.context(), scene.service.officer(),
                                      {request, "a@mail.example", own.recipient().ToString(), {}});
  ASSERT_OK(sealed);
  const auto opened = agefile::DecryptFile(sealed->file, own);
  ASSERT_OK(opened);
  const std::string text(opened->begin(), opened->end());
  EXPECT_THAT(text, HasSubstr("Act 9"));
  EXPECT_THAT(text, Not(HasSubstr("noren/person-export")));
}

TEST(FindRegistrations, ShowsDaysToOfficersAndTellsThePerson) {
  RightsScene scene("gojobs");
  const std::string now =
      model::ToIso(policy::TodayOf(scene.context().policy, scene.service.clock().Now()));
  EXPECT_EQ(CodeOf(FindRegistrations(scene.context(), scene.service.portal(), now).status()),
            ErrorCode::kNotAllowed);
  const auto found = FindRegistrations(scene.context(), scene.service.officer(), now);
  ASSERT_OK(found);
  EXPECT_EQ(found->size(), 6u);
  EXPECT_EQ(found->front().portal, "first-portal");
  const auto long_ago = FindRegistrations(scene.context(), scene.service.officer(), "1990");
  ASSERT_OK(long_ago);
  EXPECT_TRUE(long_ago->empty());
}

TEST(PersonalNumbers, AreRefusedByTheRuleOfThePolicyAndInPieces) {
  const policy::Policy openup = policy::OperatorPolicy("openup-it");
  const policy::Policy gojobs = policy::OperatorPolicy("gojobs");
  const Status mine = RequireNoPersonalNumber(openup, kIndividualNumber, "text");
  EXPECT_EQ(RightsScene::Word(mine), "E_MY_NUMBER");
  EXPECT_EQ(CodeOf(RequireNoPersonalNumber(gojobs, kIndividualNumber, "text")),
            ErrorCode::kForbiddenField);
  EXPECT_EQ(CodeOf(RequireNoPersonalNumber(gojobs, "900101-1234567", "text")),
            ErrorCode::kForbiddenField);
  EXPECT_OK(RequireNoPersonalNumber(openup, "1234 5678 9019", "text"));
  EXPECT_OK(RequireNoPersonalNumber(openup, "sha256:ab12123456789018", "text")) << "a digest";
  EXPECT_EQ(RightsScene::Word(RequireNoPersonalNumber(openup, "no. 123456789018a", "text")),
            "E_MY_NUMBER");
  std::string tail;
  const auto piece = [&](std::string_view text) {
    return RequireNoPersonalNumberIn(openup, ToBytes(text), tail, "chunk");
  };
  EXPECT_OK(piece(std::string(500, 'x') + "番号は１２３４５６"));
  EXPECT_EQ(RightsScene::Word(piece("７８９０１８です")), "E_MY_NUMBER");
}

}  // namespace
}  // namespace noren::operations
