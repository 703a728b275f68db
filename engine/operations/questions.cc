// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/questions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::ActKind;
using personal_data::QuestionKind;

constexpr std::uint8_t kFormat = 1;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::size_t kMinAnswerBytes = 3;
constexpr std::size_t kMaxAnswerBytes = 8000;

// The outer part: whose it is, and what everybody in the queue may see.
struct Head {
  model::PersonId person;
  model::ConsentId consent;
  Question question;
};

Bytes EncodeHead(const Head& head) {
  const Question& question = head.question;
  RecordWriter writer;
  writer.U8(kFormat).Raw(head.person.bytes()).Raw(head.consent.bytes());
  writer.U8(static_cast<std::uint8_t>(question.kind)).Raw(question.decision.bytes());
  writer.Raw(question.posting.bytes()).Raw(question.candidate.bytes());
  writer.I64(question.asked_at.value).I64(question.answer_by.value);
  writer.U8(static_cast<std::uint8_t>(question.outcome)).I64(question.answered_at.value);
  return writer.Take();
}

StatusOr<Head> OpenHead(ServiceContext& context, const std::string& key, ByteSpan stored) {
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kQuestion, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "question");
  RecordReader reader(opened->plaintext);
  const std::uint8_t format = reader.U8();
  const ByteSpan person = reader.Raw(model::PersonId::kSizeBytes);
  const ByteSpan consent = reader.Raw(model::ConsentId::kSizeBytes);
  Head head;
  head.question.kind = static_cast<QuestionKind>(reader.U8());
  const ByteSpan decision = reader.Raw(model::DecisionId::kSizeBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  const ByteSpan candidate = reader.Raw(model::CandidateRef::kSizeBytes);
  head.question.asked_at = {reader.I64()};
  head.question.answer_by = {reader.I64()};
  head.question.outcome = static_cast<QuestionOutcome>(reader.U8());
  head.question.answered_at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "question");
  head.question.company = std::string(personal_data::keyspaces::Segments(key).at(0));
  NOREN_ASSIGN_OR_RETURN(head.question.question,
                         personal_data::keyspaces::IdOfKey<model::QuestionId>(key, 1));
  NOREN_ASSIGN_OR_RETURN(head.person, model::PersonId::FromBytes(person));
  NOREN_ASSIGN_OR_RETURN(head.consent, model::ConsentId::FromBytes(consent));
  NOREN_ASSIGN_OR_RETURN(head.question.decision, model::DecisionId::FromBytes(decision));
  NOREN_ASSIGN_OR_RETURN(head.question.posting, model::PostingId::FromBytes(posting));
  NOREN_ASSIGN_OR_RETURN(head.question.candidate, model::CandidateRef::FromBytes(candidate));
  return head;
}

void PutHead(ServiceContext& context, const Head& head, personal_data::Staged& staged) {
  const std::string key = keyspaces::QuestionKey(head.question.company, head.question.question);
  staged.Put(key, storage::SealValue(context.keys.store_seal(), {keyspaces::kQuestion, key}, 1,
                                     EncodeHead(head), context.random));
}

// The inner part, gone with the person's key.
void PutTexts(ServiceContext& context, const LoadedPerson& person, const Question& question,
              personal_data::Staged& staged) {
  const std::string key =
      keyspaces::QuestionTextKey(person.person, question.company, question.question);
  RecordWriter writer;
  writer.U8(kFormat).Field(question.text).Field(question.answer).Field(question.answered_by);
  staged.Put(key, storage::SealValue(person.keys->records, {keyspaces::kQuestionText, key}, 1,
                                     writer.bytes(), context.random));
}

Status LoadTexts(ServiceContext& context, const LoadedPerson& person, Question& question) {
  const std::string key =
      keyspaces::QuestionTextKey(person.person, question.company, question.question);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kQuestionText, key}, *stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "question text");
  RecordReader reader(opened->plaintext);
  const std::uint8_t format = reader.U8();
  question.text = reader.Text(personal_data::kMaxQuestionSizeBytes);
  question.answer = reader.Text(kMaxAnswerBytes);
  question.answered_by = reader.Text(kMaxNameBytes);
  return reader.Finish().ok() && format == kFormat
             ? OkStatus()
             : MakeError(ErrorCode::kDataCorrupt, "question text");
}

// The company knows the person of an application that was granted once; of no other.
model::CandidateRef KnownAs(ServiceContext& context, const LoadedPerson& person,
                            const personal_data::LoadedConsent& loaded) {
  if (!loaded.consent.terms) return {};
  return context.pseudonyms.CandidateRefFor(loaded.consent.company, loaded.consent.posting,
                                            person.person);
}

Status CheckNotAsked(ServiceContext& context, const Head& head) {
  NOREN_ASSIGN_OR_RETURN(
      const auto stored,
      ScanAll(context, keyspaces::QuestionTextPrefix(head.person) + head.question.company + "/"));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::QuestionId>(item.key, 2));
    const std::string key = keyspaces::QuestionKey(head.question.company, id);
    NOREN_ASSIGN_OR_RETURN(const auto other_stored, ReadOne(context, key));
    if (!other_stored) continue;
    NOREN_ASSIGN_OR_RETURN(const Head other, OpenHead(context, key, *other_stored));
    if (other.question.decision == head.question.decision &&
        other.question.kind == head.question.kind) {
      return MakeFieldError(ErrorCode::kStateConflict, "statement.decision", "asked before");
    }
  }
  return OkStatus();
}

StatusOr<Head> MakeHead(ServiceContext& context, const AdmittedAct& admitted) {
  const personal_data::AskTerms& asked = *admitted.act.ask;
  NOREN_ASSIGN_OR_RETURN(const auto loaded,
                         LoadConsentOf(context, admitted.person, admitted.act.consent));
  NOREN_ASSIGN_OR_RETURN(
      const auto about,
      ReadOne(context, keyspaces::DecidedKey(admitted.act.consent, asked.decision)));
  if (!about) return MakeError(ErrorCode::kNotFound);
  Head head;
  head.person = admitted.person.person;
  head.consent = admitted.act.consent;
  Question& question = head.question;
  question.question = model::QuestionId::Generate(context.random);
  question.kind = asked.kind;
  question.decision = asked.decision;
  question.company = loaded.consent.company;
  question.posting = loaded.consent.posting;
  question.candidate = KnownAs(context, admitted.person, loaded);
  question.asked_at = context.time.Now();
  question.answer_by = {question.asked_at.value +
                        context.policy.release.question_days * kDaySeconds};
  question.text = asked.text;
  return head;
}

StatusOr<Attempt> StageAsk(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  NOREN_ASSIGN_OR_RETURN(const Head head, MakeHead(context, admitted));
  NOREN_RETURN_IF_ERROR(CheckNotAsked(context, head));
  const Question& question = head.question;
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kAskAboutDecision);
  attempt.change.entry.object = question.question.ToString();
  PutHead(context, head, attempt.change.staged);
  PutTexts(context, admitted.person, question, attempt.change.staged);
  attempt.answer = {question.question.ToString()};
  if (question.candidate.is_none()) return attempt;  // the officer's alone
  Event event;
  event.kind = EventKind::kQuestion;
  event.at = question.asked_at;
  event.subject = question.candidate.ToString();
  event.posting = question.posting;
  event.object = question.question.ToString();
  event.detail = std::string(personal_data::QuestionKindName(question.kind));
  AddEvents(context, attempt.change, {{CompanyNamed(question.company), std::move(event)}});
  return attempt;
}

// The question by its id, for whoever may answer it.
StatusOr<Head> FindHead(ServiceContext& context, const Call& call,
                        const model::QuestionId& question, Bytes& stored) {
  std::string key;
  if (call.principal.role == model::Role::kCompany) {
    key = keyspaces::QuestionKey(call.principal.name, question);
  } else {
    NOREN_ASSIGN_OR_RETURN(const auto all, ScanAll(context, std::string(keyspaces::kQuestion)));
    for (const storage::KeyValue& item : all) {
      NOREN_ASSIGN_OR_RETURN(const auto id,
                             personal_data::keyspaces::IdOfKey<model::QuestionId>(item.key, 1));
      if (id == question) key = item.key;
    }
    if (key.empty()) return MakeError(ErrorCode::kNotFound);
  }
  NOREN_ASSIGN_OR_RETURN(auto value, ReadOne(context, key));
  if (!value) return MakeError(ErrorCode::kNotFound);
  stored = std::move(*value);
  NOREN_ASSIGN_OR_RETURN(Head head, OpenHead(context, key, stored));
  const bool hidden =
      call.principal.role == model::Role::kCompany && head.question.candidate.is_none();
  if (hidden) return MakeError(ErrorCode::kNotFound);
  return head;
}

Status CheckAnswer(const Head& head, const QuestionAnswer& answer) {
  const bool explains = answer.outcome == QuestionOutcome::kExplained;
  const bool reviews =
      answer.outcome == QuestionOutcome::kUpheld || answer.outcome == QuestionOutcome::kChanged;
  const bool fits = head.question.kind == QuestionKind::kReview ? reviews : explains;
  if (!fits) return MakeFieldError(ErrorCode::kBadRequest, "outcome");
  if (answer.answer.size() < kMinAnswerBytes || answer.answer.size() > kMaxAnswerBytes)
    return MakeFieldError(ErrorCode::kBadRequest, "answer");
  if (head.question.outcome != QuestionOutcome::kOpen)
    return MakeFieldError(ErrorCode::kStateConflict, "question", "answered before");
  return OkStatus();
}

// Who answers: an officer is a named human by their certificate; a company's human signs.
StatusOr<std::string> AdmitAnswer(ServiceContext& context, const Call& call, const Head& head,
                                  const QuestionAnswer& answer, personal_data::Staged& staged) {
  if (call.principal.role == model::Role::kOfficer) return "officer " + call.principal.name;
  NOREN_ASSIGN_OR_RETURN(
      AdmittedDecision admitted,
      AdmitDecision(context, call, answer.decision, personal_data::DecisionAct::kAnswer));
  const personal_data::HumanDecision& said = admitted.decision;
  if (said.question != answer.question || said.outcome != QuestionOutcomeName(answer.outcome) ||
      said.answer_sha256 != primitives::Sha256(AsBytes(answer.answer))) {
    return MakeFieldError(ErrorCode::kBadRequest, "decision.question", "another answer");
  }
  NOREN_ASSIGN_OR_RETURN(const DecisionRecord asked, LoadDecision(context, head.question.decision));
  const bool same_human = asked.said.decided_by == said.decided_by;
  if (head.question.kind == QuestionKind::kReview && same_human) {
    return MakeFieldError(ErrorCode::kHumanRequired, "decision.decided_by",
                          "a review is by another human");
  }
  staged = std::move(admitted.staged);
  return said.decided_by + ", " + said.role;
}

StatusOr<Attempt> StageAnswerTo(ServiceContext& context, const Call& call,
                                const QuestionAnswer& answer) {
  Bytes stored;
  NOREN_ASSIGN_OR_RETURN(Head head, FindHead(context, call, answer.question, stored));
  NOREN_RETURN_IF_ERROR(CheckAnswer(head, answer));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, head.person));
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kAnswerQuestion;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = head.person.ToString();
  attempt.change.entry.object = answer.question.ToString();
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  Question& question = head.question;
  NOREN_ASSIGN_OR_RETURN(std::string by,
                         AdmitAnswer(context, call, head, answer, attempt.change.staged));
  NOREN_RETURN_IF_ERROR(LoadTexts(context, person, question));
  question.answered_by = std::move(by);
  question.outcome = answer.outcome;
  question.answer = answer.answer;
  question.answered_at = context.time.Now();
  attempt.change.staged.Require(keyspaces::QuestionKey(question.company, question.question),
                                std::move(stored));
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  PutHead(context, head, attempt.change.staged);
  PutTexts(context, person, question, attempt.change.staged);
  Event event;
  event.kind = EventKind::kQuestion;
  event.at = question.answered_at;
  event.subject = person.record.address.handle.ToString();
  event.posting = question.posting;
  event.object = question.question.ToString();
  event.detail = "answered";
  AddEvents(context, attempt.change, {{PortalOf(person), std::move(event)}});
  return attempt;
}

}  // namespace

std::string_view QuestionOutcomeName(QuestionOutcome outcome) {
  switch (outcome) {
    case QuestionOutcome::kOpen:
      return "";
    case QuestionOutcome::kExplained:
      return "explained";
    case QuestionOutcome::kUpheld:
      return "upheld";
    case QuestionOutcome::kChanged:
      return "changed";
  }
  return "";
}

StatusOr<ActResult> AskAboutDecision(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"ask", ActKind::kAsk},
                [&](AdmittedAct& admitted) { return StageAsk(context, call, admitted); });
}

StatusOr<std::vector<Question>> ListQuestions(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany, model::Role::kOfficer}));
  const bool is_company = call.principal.role == model::Role::kCompany;
  const std::string prefix = is_company ? keyspaces::QuestionPrefix(call.principal.name)
                                        : std::string(keyspaces::kQuestion);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, prefix));
  std::vector<Question> questions;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(Head head, OpenHead(context, item.key, item.value));
    if (is_company && head.question.candidate.is_none()) continue;
    const StatusOr<LoadedPerson> person = LoadPerson(context, head.person);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) continue;  // erased meanwhile
    NOREN_RETURN_IF_ERROR(person.status());
    NOREN_RETURN_IF_ERROR(LoadTexts(context, *person, head.question));
    questions.push_back(std::move(head.question));
  }
  std::sort(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return std::tie(a.asked_at, a.question) < std::tie(b.asked_at, b.question);
  });
  return questions;
}

StatusOr<EntryPosition> AnswerQuestion(ServiceContext& context, const Call& call,
                                       const QuestionAnswer& answer) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany, model::Role::kOfficer}));
  RecordWriter encoded;
  encoded.Raw(answer.question.bytes()).U8(static_cast<std::uint8_t>(answer.outcome));
  encoded.Field(answer.answer).Field(answer.decision.statement).Field(answer.decision.signature);
  const auto identity = IdentifyRequest(answer.idempotency_key, "answer_question", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageAnswerTo(context, call, answer);
                         }));
  return std::move(run.position);
}

StatusOr<OwnDecisions> ReadOwnDecisions(ServiceContext& context, const Call& call,
                                        const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  return LoadDecisions(context, reader);
}

StatusOr<OwnDecisions> LoadDecisions(ServiceContext& context, const LoadedPerson& person) {
  OwnDecisions own;
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    NOREN_ASSIGN_OR_RETURN(auto decisions, DecisionsOf(context, invitation.consent));
    std::move(decisions.begin(), decisions.end(), std::back_inserter(own.decisions));
  }
  NOREN_ASSIGN_OR_RETURN(const auto texts,
                         ScanAll(context, keyspaces::QuestionTextPrefix(person.person)));
  for (const storage::KeyValue& item : texts) {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::QuestionId>(item.key, 2));
    const std::string key =
        keyspaces::QuestionKey(personal_data::keyspaces::Segments(item.key).at(1), id);
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
    if (!stored) continue;
    NOREN_ASSIGN_OR_RETURN(Head head, OpenHead(context, key, *stored));
    NOREN_RETURN_IF_ERROR(LoadTexts(context, person, head.question));
    own.questions.push_back(std::move(head.question));
  }
  std::sort(own.questions.begin(), own.questions.end(), [](const Question& a, const Question& b) {
    return std::tie(a.asked_at, a.question) < std::tie(b.asked_at, b.question);
  });
  return own;
}

Status StageErasureOfQuestions(ServiceContext& context, const model::PersonId& person,
                               personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto texts, ScanAll(context, keyspaces::QuestionTextPrefix(person)));
  for (const storage::KeyValue& item : texts) {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           personal_data::keyspaces::IdOfKey<model::QuestionId>(item.key, 2));
    staged.Delete(keyspaces::QuestionKey(personal_data::keyspaces::Segments(item.key).at(1), id));
    staged.Delete(item.key);
  }
  return OkStatus();
}

}  // namespace noren::operations
