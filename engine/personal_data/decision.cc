// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/decision.h"

#include <algorithm>
#include <span>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/personal_data/json_fields.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeError;
using model::MakeFieldError;

constexpr std::string_view kLayout = "decision/1";
constexpr std::size_t kMaxStatementBytes = 16 * 1024;
constexpr std::size_t kMaxWordBytes = 128;
constexpr std::size_t kMaxItemKinds = 16;

template <typename T>
struct Name {
  T value;
  std::string_view name;
};
constexpr Name<DecisionAct> kActs[] = {
    {DecisionAct::kInvite, "invite"},
    {DecisionAct::kReject, "reject"},
    {DecisionAct::kAnswer, "answer"},
};
constexpr Name<DecisionReason> kReasons[] = {
    {DecisionReason::kBestMatch, "best_match"},
    {DecisionReason::kRequirements, "requirements"},
    {DecisionReason::kExperience, "experience"},
    {DecisionReason::kConditions, "conditions"},
    {DecisionReason::kPositionFilled, "position_filled"},
    {DecisionReason::kOtherChosen, "other_chosen"},
    {DecisionReason::kQuestionAsked, "question_asked"},
    {DecisionReason::kOther, "other"},
};

template <typename T>
std::string_view NameIn(std::span<const Name<T>> names, T value) {
  for (const Name<T>& row : names) {
    if (row.value == value) return row.name;
  }
  return "";
}
template <typename T>
std::optional<T> FindIn(std::span<const Name<T>> names, std::string_view name) {
  for (const Name<T>& row : names) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

void WriteByAct(const HumanDecision& decision, JsonValue& json) {
  switch (decision.act) {
    case DecisionAct::kInvite: {
      JsonValue items = JsonValue::MakeArray();
      for (const model::ItemKind kind : decision.item_kinds)
        items.Append(JsonValue::Text(model::ItemKindName(kind)));
      json.Set("posting", std::string_view(decision.posting.ToString()))
          .Set("card", std::string_view(decision.card))
          .Set("how_many", std::int64_t{decision.how_many})
          .Set("items", std::move(items))
          .Set("purpose", model::PurposeName(decision.purpose));
      return;
    }
    case DecisionAct::kReject:
      json.Set("candidate", std::string_view(decision.candidate.ToString()));
      return;
    case DecisionAct::kAnswer:
      json.Set("question", std::string_view(decision.question.ToString()))
          .Set("outcome", std::string_view(decision.outcome))
          .Set("answer_sha256", std::string_view(HexEncode(decision.answer_sha256)));
      return;
  }
}

void ReadInvite(JsonFields& fields, HumanDecision& decision) {
  decision.posting = fields.PrintedId<model::PostingId>("posting");
  decision.card = fields.Text("card", kMaxWordBytes);
  decision.how_many = static_cast<std::int32_t>(fields.Integer("how_many", 1, 1000));
  const auto purpose = model::FindPurpose(fields.Text("purpose", kMaxWordBytes));
  if (!purpose) return fields.Fail("purpose");
  decision.purpose = *purpose;
  const JsonValue::Array* items = fields.Array("items", kMaxItemKinds);
  if (items == nullptr || items->empty()) return fields.Fail("items");
  for (const JsonValue& item : *items) {
    const std::string* const text = item.text();
    const auto kind = text == nullptr ? std::nullopt : model::FindItemKind(*text);
    const bool ascends =
        kind && (decision.item_kinds.empty() || decision.item_kinds.back() < *kind);
    if (!ascends) return fields.Fail("items");
    decision.item_kinds.push_back(*kind);
  }
}

void ReadByAct(JsonFields& fields, HumanDecision& decision) {
  switch (decision.act) {
    case DecisionAct::kInvite:
      return ReadInvite(fields, decision);
    case DecisionAct::kReject:
      decision.candidate = fields.PrintedId<model::CandidateRef>("candidate");
      return;
    case DecisionAct::kAnswer:
      decision.question = fields.PrintedId<model::QuestionId>("question");
      decision.outcome = fields.Text("outcome", kMaxWordBytes);
      decision.answer_sha256 = fields.Hash("answer_sha256");
      return;
  }
}

void ReadNonce(JsonFields& fields, HumanDecision& decision) {
  const StatusOr<Bytes> nonce = HexDecode(fields.Text("nonce", 2 * decision.nonce.size()));
  if (!nonce.ok() || nonce->size() != decision.nonce.size()) return fields.Fail("nonce");
  std::copy(nonce->begin(), nonce->end(), decision.nonce.begin());
}

Bytes SignedBytes(std::string_view prefix, std::string_view statement) {
  Bytes bytes = ToBytes(prefix);
  bytes.insert(bytes.end(), statement.begin(), statement.end());
  return bytes;
}

}  // namespace

std::string_view DecisionActName(DecisionAct act) { return NameIn<DecisionAct>(kActs, act); }
std::optional<DecisionAct> FindDecisionAct(std::string_view name) {
  return FindIn<DecisionAct>(kActs, name);
}
std::string_view DecisionReasonName(DecisionReason reason) {
  return NameIn<DecisionReason>(kReasons, reason);
}
std::optional<DecisionReason> FindDecisionReason(std::string_view name) {
  return FindIn<DecisionReason>(kReasons, name);
}

std::string StatementOf(const HumanDecision& decision) {
  JsonValue json;
  json.Set("noren", kLayout)
      .Set("act", DecisionActName(decision.act))
      .Set("company", std::string_view(decision.company))
      .Set("at", decision.at.value)
      .Set("decided_by", std::string_view(decision.decided_by))
      .Set("role", std::string_view(decision.role))
      .Set("reason", DecisionReasonName(decision.reason))
      .Set("nonce", std::string_view(HexEncode(decision.nonce)));
  WriteByAct(decision, json);
  return model::DumpCanonical(json);
}

StatusOr<HumanDecision> ParseDecision(std::string_view statement) {
  if (statement.size() > kMaxStatementBytes) {
    return MakeFieldError(ErrorCode::kTooLarge, "decision.statement");
  }
  const StatusOr<JsonValue> json =
      model::ParseJson(statement, {.max_size_bytes = kMaxStatementBytes, .max_depth = 3});
  if (!json.ok()) return MakeFieldError(ErrorCode::kBadRequest, "decision.statement", "not JSON");
  JsonFields fields(*json, "decision");
  if (json->object() == nullptr) fields.Fail("");
  if (fields.Text("noren", kMaxWordBytes) != kLayout) fields.Fail("noren");
  HumanDecision decision;
  const auto act = FindDecisionAct(fields.Text("act", kMaxWordBytes));
  if (!act) fields.Fail("act");
  decision.act = act.value_or(DecisionAct::kInvite);
  decision.company = fields.Text("company", kMaxWordBytes);
  if (!model::IsPrincipalName(decision.company)) fields.Fail("company");
  decision.at = {fields.Integer("at", 0, model::kMaxJsonInteger)};
  decision.decided_by = fields.Text("decided_by", kMaxSignerNameBytes);
  decision.role = fields.Text("role", kMaxSignerNameBytes);
  const auto reason = FindDecisionReason(fields.Text("reason", kMaxWordBytes));
  if (!reason) fields.Fail("reason");
  decision.reason = reason.value_or(DecisionReason::kOther);
  ReadNonce(fields, decision);
  ReadByAct(fields, decision);
  NOREN_RETURN_IF_ERROR(fields.status());
  // One decision has one text: this refuses other spellings and members that the act does not have.
  if (StatementOf(decision) != statement) {
    return MakeFieldError(ErrorCode::kBadRequest, "decision.statement",
                          "not canonical, or a member too many");
  }
  return decision;
}

model::DecisionId DecisionIdOf(std::string_view statement) {
  const Hash256 digest = primitives::Sha256(SignedBytes(kDecisionSignaturePrefix, statement));
  return *model::DecisionId::FromBytes(ByteSpan(digest).first(model::DecisionId::kSizeBytes));
}

Status VerifyHumanSignature(std::string_view prefix, std::string_view statement, ByteSpan signature,
                            ByteSpan public_key) {
  const auto key = primitives::VerifyingKey::FromBytes(public_key);
  if (!key.ok() || !primitives::Verify(*key, SignedBytes(prefix, statement), signature).ok()) {
    return MakeError(ErrorCode::kProofInvalid, "signature of the human");
  }
  return OkStatus();
}

}  // namespace noren::personal_data
