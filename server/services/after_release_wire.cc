// SPDX-License-Identifier: Apache-2.0
#include "server/services/after_release_wire.h"

#include "crypto/base/bytes.h"
#include "engine/model/errors.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using model::ErrorCode;
using model::MakeFieldError;

namespace {

std::string Printed(const auto& id) { return id.is_none() ? std::string() : id.ToString(); }

}  // namespace

operations::SignedStatement SignedFromWire(const wire::SignedStatement& carried) {
  return {carried.statement, ToBytes(carried.signature)};
}

StatusOr<operations::CompanySigner> SignerFromWire(const wire::Signer& signer) {
  operations::CompanySigner parsed;
  parsed.name = signer.name;
  parsed.role = signer.role;
  NOREN_ASSIGN_OR_RETURN(parsed.public_key,
                         Binary32FromWire(signer.public_key, "signer.public_key"));
  return parsed;
}

StatusOr<model::Language> LanguageFromWire(std::string_view name, std::string_view field) {
  if (name == "ko") return model::Language::kKorean;
  if (name == "ja") return model::Language::kJapanese;
  if (name == "en") return model::Language::kEnglish;
  return MakeFieldError(ErrorCode::kBadRequest, field, "ko, ja or en");
}

StatusOr<personal_data::DownloadReason> DownloadReasonFromWire(std::string_view name,
                                                               std::string_view field) {
  const auto reason = personal_data::FindDownloadReason(name);
  if (!reason) return MakeFieldError(ErrorCode::kReasonRequired, field);
  return *reason;
}

StatusOr<operations::QuestionAnswer> AnswerFromWire(const wire::QuestionAnswer& answer) {
  operations::QuestionAnswer parsed;
  parsed.idempotency_key = answer.idempotency.key;
  NOREN_ASSIGN_OR_RETURN(parsed.question, ParseId<model::QuestionId>(answer.question, "question"));
  using operations::QuestionOutcome;
  for (const QuestionOutcome outcome :
       {QuestionOutcome::kExplained, QuestionOutcome::kUpheld, QuestionOutcome::kChanged}) {
    if (operations::QuestionOutcomeName(outcome) == answer.outcome) parsed.outcome = outcome;
  }
  if (parsed.outcome == QuestionOutcome::kOpen)
    return MakeFieldError(ErrorCode::kBadRequest, "outcome", "explained, upheld or changed");
  parsed.answer = answer.answer;
  if (answer.__isset.decision) parsed.decision = SignedFromWire(answer.decision);
  return parsed;
}

wire::Provision ToWire(const operations::ProvisionLine& line) {
  const personal_data::ProvisionRecord& record = line.record;
  wire::Provision out;
  out.release = record.release.ToString();
  out.at = record.at.value;
  out.company = record.company;
  out.recipient.name = record.recipient.name;
  out.recipient.address = record.recipient.address;
  out.recipient.representative = record.recipient.representative;
  out.person = record.candidate.ToString();
  out.posting = record.posting.ToString();
  for (const model::ItemKind kind : record.item_kinds)
    out.items.emplace_back(model::ItemKindName(kind));
  out.item_names = line.item_names;
  out.purpose = std::string(model::PurposeName(record.purpose));
  out.purpose_name = line.purpose_name;
  out.consent = record.consent.ToString();
  out.proof = std::string(personal_data::ProofLevelName(record.proof));
  out.statement_sha256 = BytesToWire(record.statement_sha256);
  out.retention_days = static_cast<std::int32_t>(record.retention_days);
  out.access_ends_at = record.access_ends_at.value;
  out.method = "age-download";
  out.reason_code = std::string(personal_data::DownloadReasonName(record.reason_code));
  out.policy_version = record.policy_version;
  out.clauses = record.clauses;
  return out;
}

wire::Duty ToWire(const operations::Duty& duty, UnixSeconds now) {
  wire::Duty out;
  out.duty = duty.duty.ToString();
  out.company = duty.company;
  out.candidate = duty.candidate.ToString();
  out.posting = duty.posting.ToString();
  out.cause = std::string(operations::DutyCauseName(duty.cause));
  out.release = Printed(duty.release);
  out.since = duty.since.value;
  out.destroy_copies = duty.destroy_copies;
  out.destroy_by = duty.destroy_by.value;
  out.acknowledge_by = duty.acknowledge_by.value;
  out.state = std::string(operations::DutyStateName(operations::StateOf(duty, now)));
  out.signed_by = duty.signed_by;
  out.acknowledged_at = duty.acknowledged_at.value;
  out.statement = operations::StatementOf(duty);
  return out;
}

wire::DecisionView ToWire(const operations::DecisionRecord& record) {
  wire::DecisionView out;
  out.decision = record.decision.ToString();
  out.act = std::string(personal_data::DecisionActName(record.said.act));
  out.company = record.said.company;
  out.posting = Printed(record.said.posting);
  out.decided_by = record.said.decided_by;
  out.role = record.said.role;
  out.reason_code = std::string(personal_data::DecisionReasonName(record.said.reason));
  out.at = record.said.at.value;
  out.is_signed = !record.signature.empty();
  return out;
}

wire::Question ToWire(const operations::Question& question, UnixSeconds now) {
  wire::Question out;
  out.question = question.question.ToString();
  out.kind = std::string(personal_data::QuestionKindName(question.kind));
  out.decision = question.decision.ToString();
  out.company = question.company;
  out.posting = question.posting.ToString();
  out.candidate = Printed(question.candidate);
  out.text = question.text;
  out.asked_at = question.asked_at.value;
  out.answer_by = question.answer_by.value;
  const bool is_open = question.outcome == operations::QuestionOutcome::kOpen;
  out.state = !is_open ? "answered" : now >= question.answer_by ? "overdue" : "open";
  out.outcome = std::string(operations::QuestionOutcomeName(question.outcome));
  out.answer = question.answer;
  out.answered_by = question.answered_by;
  out.answered_at = question.answered_at.value;
  return out;
}

wire::EventPage ToWire(const operations::EventPage& page) {
  wire::EventPage out;
  for (const operations::PositionedEvent& one : page.events) {
    wire::Event& event = out.events.emplace_back();
    event.position = static_cast<std::int64_t>(one.position);
    event.kind = std::string(operations::EventKindName(one.event.kind));
    event.at = one.event.at.value;
    event.subject = one.event.subject;
    event.posting = Printed(one.event.posting);
    event.object = one.event.object;
    event.detail = one.event.detail;
  }
  out.more = page.more;
  out.acknowledged = static_cast<std::int64_t>(page.acknowledged);
  return out;
}

}  // namespace noren::server
