// Invitations and rejections are a human's, and the person may ask about them.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/human_decisions.h"

#include <gmock/gmock.h>

#include "crypto/primitives/hash.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/questions.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/after_release_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::DecisionAct;
using personal_data::DecisionReason;
using personal_data::HumanDecision;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HumanDecisions : public AfterRelease {
 protected:
  HumanDecision Rejection(const TestApplication& application) {
    HumanDecision decision;
    decision.act = DecisionAct::kReject;
    decision.reason = DecisionReason::kOtherChosen;
    decision.candidate = application.candidate;
    return decision;
  }
  ErrorCode Reject(const TestApplication& application, const SignedStatement& decision) {
    return CodeOf(RejectCandidate(context(), service_.company(),
                                  {service_.NextKey(), application.candidate, decision})
                      .status());
  }
  // A posting with one card to invite from.
  InviteRequest Request() {
    const auto posting = service_.RegisterPosting();
    const auto cards = ListCards(context(), service_.company(), posting, 0, 1);
    EXPECT_OK(cards);
    return {service_.NextKey(),
            posting,
            cards.ok() && !cards->cards.empty() ? cards->cards[0].card : "",
            2,
            {model::ItemKind::kResume},
            model::Purpose::kApplicationScreening};
  }
  ErrorCode Invite(InviteRequest request) {
    request.idempotency_key = service_.NextKey();
    return CodeOf(InviteCandidates(context(), service_.company(), request).status());
  }
};

TEST_F(HumanDecisions, AMachineAloneInvitesNobody) {
  InviteRequest request = Request();
  const auto sent = service_.outbox().messages().size();
  EXPECT_EQ(Invite(request), ErrorCode::kHumanRequired);
  request.decided_by = "Kim Minji";  // a name is no decision
  EXPECT_EQ(Invite(request), ErrorCode::kHumanRequired);
  EXPECT_EQ(service_.outbox().messages().size(), sent);
  EXPECT_EQ(Invite(service_.Decided(Request())), ErrorCode::kNone);
  EXPECT_GT(service_.outbox().messages().size(), sent);
}

TEST_F(HumanDecisions, ADecisionIsOfThisRequestAndNoOther) {
  const InviteRequest decided = service_.Decided(Request());
  const auto changed = [&](auto change) {
    InviteRequest request = decided;
    change(request);
    return Invite(request);
  };
  EXPECT_EQ(changed([](auto& r) { r.how_many = 3; }), ErrorCode::kBadRequest);
  EXPECT_EQ(changed([](auto& r) { r.item_kinds.push_back(model::ItemKind::kName); }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(changed([](auto& r) { r.card = "another"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(changed([](auto& r) { r.decided_by = "Somebody Else"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(changed([this](auto& r) { r.posting = posting_; }), ErrorCode::kBadRequest);
  EXPECT_EQ(changed([](auto& r) { r.decision.signature[7] ^= 1; }), ErrorCode::kProofInvalid);
  EXPECT_EQ(changed([](auto& r) { r.decision.signature.clear(); }), ErrorCode::kProofRequired);
  EXPECT_EQ(changed([](auto& r) { r.decision.statement += "\n"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(changed([](auto&) {}), ErrorCode::kNone);
  // Used up.
  EXPECT_EQ(changed([](auto&) {}), ErrorCode::kActStale);
}

TEST_F(HumanDecisions, ADecisionIsFreshAndOfARegisteredHumanOfThisCompany) {
  const TestApplication application = Apply(0);
  const SignedStatement old = service_.Decide(Rejection(application));
  service_.clock().AdvanceSeconds(601);
  EXPECT_EQ(Reject(application, old), ErrorCode::kActStale);
  // Another company's human, and a human under another's name.
  EXPECT_EQ(Reject(application, service_.Decide(Rejection(application), "seoul-baking")),
            ErrorCode::kBadRequest);
  HumanDecision forged = Rejection(application);
  forged.company = "hangang-care";
  forged.at = context().time.Now();
  forged.decided_by = std::string(TestService::kReviewer);
  forged.role = "head of care";
  service_.SignerOf("hangang-care", TestService::kReviewer);
  const std::string statement = personal_data::StatementOf(forged);
  const std::string message = std::string(personal_data::kDecisionSignaturePrefix) + statement;
  const primitives::Signature signature = service_.SignerOf("hangang-care").Sign(AsBytes(message));
  EXPECT_EQ(Reject(application, {statement, Bytes(signature.begin(), signature.end())}),
            ErrorCode::kHumanRequired);
  const primitives::SigningKey stranger = primitives::SigningKey::Generate(service_.random());
  const primitives::Signature strange = stranger.Sign(AsBytes(message));
  EXPECT_EQ(Reject(application, {statement, Bytes(strange.begin(), strange.end())}),
            ErrorCode::kProofInvalid);
  EXPECT_EQ(Reject(application, {}), ErrorCode::kHumanRequired);
  EXPECT_EQ(Reject(application, service_.Decide(Rejection(application))), ErrorCode::kNone);
}

TEST_F(HumanDecisions, WhereThePolicyLetsTheCompanyVouchTheHumanIsStillARegisteredOne) {
  SetReleaseRules(
      {.access_days = 90, .acknowledge_days = 7, .question_days = 10, .decisions_signed = false});
  const TestApplication application = Apply(0);
  HumanDecision decision = Rejection(application);
  decision.company = "hangang-care";
  decision.at = context().time.Now();
  decision.decided_by = "Nobody Known";
  decision.role = "recruiter";
  EXPECT_EQ(Reject(application, {personal_data::StatementOf(decision), {}}),
            ErrorCode::kHumanRequired);
  decision.decided_by = std::string(TestService::kRecruiter);
  EXPECT_EQ(Reject(application, {personal_data::StatementOf(decision), {}}), ErrorCode::kNone);
}

TEST_F(HumanDecisions, ThePersonIsToldAndReadsWhoDecidedAndWhy) {
  const TestApplication application = Apply(0);
  service_.clock().AdvanceSeconds(1);
  ASSERT_EQ(Reject(application, service_.Decide(Rejection(application))), ErrorCode::kNone);
  EXPECT_EQ(Kinds(service_.portal()).back(), "decision:reject");
  const auto own = ReadOwnDecisions(context(), service_.portal(), ReadAct(0));
  ASSERT_OK(own);
  ASSERT_EQ(own->decisions.size(), 2u);
  EXPECT_EQ(own->decisions[0].said.act, DecisionAct::kInvite);
  const HumanDecision& said = own->decisions[1].said;  // a second later
  EXPECT_EQ(said.act, DecisionAct::kReject);
  EXPECT_EQ(said.decided_by, "Kim Minji");
  EXPECT_EQ(said.role, "recruiter");
  EXPECT_EQ(said.reason, DecisionReason::kOtherChosen);
  // Of another person there is the invitation alone.
  const auto others = ReadOwnDecisions(context(), service_.portal(), ReadAct(1));
  ASSERT_OK(others);
  EXPECT_THAT(others->decisions, SizeIs(1));
}

TEST_F(HumanDecisions, OnlyOfOnesOwnApplicants) {
  const TestApplication application = Apply(0);
  EXPECT_EQ(CodeOf(RejectCandidate(context(), service_.company("seoul-baking"),
                                   {service_.NextKey(), application.candidate,
                                    service_.Decide(Rejection(application), "seoul-baking")})
                       .status()),
            ErrorCode::kNotFound);
}

class Questions : public HumanDecisions {
 protected:
  StatusOr<ActResult> Ask(const TestApplication& application, const model::DecisionId& decision,
                          const std::string& kind, const std::string& text = "Why?") {
    const std::string statement = service_.Prepare(*application.person, "ask",
                                                   {{"consent", application.consent.ToString()},
                                                    {"decision", decision.ToString()},
                                                    {"ask", kind},
                                                    {"text", text}});
    return AskAboutDecision(context(), service_.portal(), service_.NextKey(),
                            service_.Prove(*application.person, statement));
  }
  // The rejection, or else the invitation.
  model::DecisionId LastDecision(std::size_t who) {
    const auto own = ReadOwnDecisions(context(), service_.portal(), ReadAct(who));
    EXPECT_OK(own);
    model::DecisionId last;
    if (!own.ok()) return last;
    for (const DecisionRecord& one : own->decisions) {
      if (last.is_none() || one.said.act == DecisionAct::kReject) last = one.decision;
    }
    return last;
  }
  QuestionAnswer Answer(const model::QuestionId& question, QuestionOutcome outcome,
                        const std::string& text, std::string_view name = TestService::kRecruiter) {
    HumanDecision decision;
    decision.act = DecisionAct::kAnswer;
    decision.reason = DecisionReason::kQuestionAsked;
    decision.question = question;
    decision.outcome = std::string(QuestionOutcomeName(outcome));
    decision.answer_sha256 = primitives::Sha256(AsBytes(text));
    return {service_.NextKey(), question, outcome, text,
            service_.Decide(decision, "hangang-care", name)};
  }
  std::vector<Question> Queue(const Call& call) {
    const auto questions = ListQuestions(context(), call);
    EXPECT_OK(questions);
    return questions.ok() ? *questions : std::vector<Question>();
  }
};

TEST_F(Questions, AreQueuedAnsweredByAHumanAndShownToThePerson) {
  const TestApplication application = Apply(0);
  ASSERT_EQ(Reject(application, service_.Decide(Rejection(application))), ErrorCode::kNone);
  const auto asked = Ask(application, LastDecision(0), "explanation", "Which part was missing?");
  ASSERT_OK(asked);
  EXPECT_EQ(asked->proof, personal_data::ProofLevel::kSignature);
  EXPECT_EQ(Kinds(service_.company()).back(), "question:explanation");
  const auto queue = Queue(service_.company());
  ASSERT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue[0].candidate, application.candidate);
  EXPECT_EQ(queue[0].text, "Which part was missing?");
  EXPECT_THAT(Queue(service_.officer()), SizeIs(1));
  EXPECT_THAT(Queue(service_.company("seoul-baking")), IsEmpty());
  ASSERT_OK(AnswerQuestion(context(), service_.company(),
                           Answer(queue[0].question, QuestionOutcome::kExplained,
                                  "Another applicant has worked in this ward before.")));
  EXPECT_EQ(Kinds(service_.portal()).back(), "question:answered");
  const auto own = ReadOwnDecisions(context(), service_.portal(), ReadAct(0));
  ASSERT_OK(own);
  ASSERT_EQ(own->questions.size(), 1u);
  EXPECT_EQ(own->questions[0].outcome, QuestionOutcome::kExplained);
  EXPECT_EQ(own->questions[0].answer, "Another applicant has worked in this ward before.");
  EXPECT_EQ(own->questions[0].answered_by, "Kim Minji, recruiter");
}

TEST_F(Questions, AReviewIsByAnotherHumanThanWhoDecided) {
  const TestApplication application = Apply(0);
  ASSERT_EQ(Reject(application, service_.Decide(Rejection(application))), ErrorCode::kNone);
  const auto asked = Ask(application, LastDecision(0), "review");
  ASSERT_OK(asked);
  const auto question = *model::QuestionId::Parse(asked->result);
  const auto answer = [&](QuestionAnswer said) {
    return CodeOf(AnswerQuestion(context(), service_.company(), said).status());
  };
  EXPECT_EQ(answer(Answer(question, QuestionOutcome::kUpheld, "as before")),
            ErrorCode::kHumanRequired);
  EXPECT_EQ(
      answer(Answer(question, QuestionOutcome::kExplained, "as before", TestService::kReviewer)),
      ErrorCode::kBadRequest);  // a review is upheld or changed
  QuestionAnswer nobody = Answer(question, QuestionOutcome::kChanged, "come again");
  nobody.decision = {};
  EXPECT_EQ(answer(nobody), ErrorCode::kHumanRequired);
  QuestionAnswer other_words =
      Answer(question, QuestionOutcome::kChanged, "come again", TestService::kReviewer);
  other_words.answer = "do not come again";
  EXPECT_EQ(answer(other_words), ErrorCode::kBadRequest);
  EXPECT_EQ(answer(Answer(question, QuestionOutcome::kChanged, "ab", TestService::kReviewer)),
            ErrorCode::kBadRequest);
  EXPECT_EQ(
      answer(Answer(question, QuestionOutcome::kChanged, "come again", TestService::kReviewer)),
      ErrorCode::kNone);
  EXPECT_EQ(
      answer(Answer(question, QuestionOutcome::kChanged, "come again", TestService::kReviewer)),
      ErrorCode::kStateConflict);
}

TEST_F(Questions, OfWhoNeverSaidYesGoToTheOfficerAlone) {
  const auto record = ReadOwnRecord(context(), service_.portal(), ReadAct(2));
  ASSERT_OK(record);
  TestApplication unanswered;
  unanswered.person = people_[2].get();
  unanswered.consent = record->invitations.at(0).invitation.consent;
  const auto events_before = Kinds(service_.company()).size();
  const auto asked = Ask(unanswered, LastDecision(2), "explanation");
  ASSERT_OK(asked);
  EXPECT_EQ(Kinds(service_.company()).size(), events_before);
  EXPECT_THAT(Queue(service_.company()), IsEmpty());
  const auto question = *model::QuestionId::Parse(asked->result);
  EXPECT_EQ(CodeOf(AnswerQuestion(context(), service_.company(),
                                  Answer(question, QuestionOutcome::kExplained, "so"))
                       .status()),
            ErrorCode::kNotFound);
  ASSERT_THAT(Queue(service_.officer()), SizeIs(1));
  EXPECT_TRUE(Queue(service_.officer())[0].candidate.is_none());
  ASSERT_OK(AnswerQuestion(context(), service_.officer(),
                           {service_.NextKey(),
                            question,
                            QuestionOutcome::kExplained,
                            "They asked everybody of your class.",
                            {}}));
  const auto own = ReadOwnDecisions(context(), service_.portal(), ReadAct(2));
  ASSERT_OK(own);
  EXPECT_EQ(own->questions.at(0).answered_by, "officer privacy");
}

TEST_F(Questions, AreOfOnesOwnDecisionsAndOncePerKind) {
  const TestApplication first = Apply(0);
  const TestApplication second = Apply(1);
  ASSERT_EQ(Reject(first, service_.Decide(Rejection(first))), ErrorCode::kNone);
  const model::DecisionId rejection = LastDecision(0);
  EXPECT_EQ(CodeOf(Ask(second, rejection, "review").status()), ErrorCode::kNotFound);
  ASSERT_OK(Ask(first, rejection, "review"));
  EXPECT_EQ(CodeOf(Ask(first, rejection, "review").status()), ErrorCode::kStateConflict);
  EXPECT_OK(Ask(first, rejection, "explanation"));
  EXPECT_THAT(Queue(service_.officer()), SizeIs(2));
}

TEST_F(Questions, AreGoneWithThePerson) {
  const TestApplication application = Apply(0);
  ASSERT_EQ(Reject(application, service_.Decide(Rejection(application))), ErrorCode::kNone);
  ASSERT_OK(Ask(application, LastDecision(0), "review", "words of the person"));
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_THAT(Queue(service_.officer()), IsEmpty());
  EXPECT_THAT(Queue(service_.company()), IsEmpty());
  for (const auto& item : ContentOf(service_.data()))
    EXPECT_FALSE(item.key.starts_with("question")) << item.key;
}

}  // namespace
}  // namespace noren::operations
