// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/destruction_statement.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/personal_data/json_fields.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeError;

constexpr std::string_view kPlanLayout = "destruction-plan/1";
constexpr std::string_view kReceiptLayout = "destruction/1";
constexpr std::string_view kKeyspace = "destruction-receipt/";
constexpr std::size_t kMaxTextSizeBytes = 16 * 1024;
constexpr std::size_t kMaxNameSizeBytes = 64;
constexpr std::size_t kMaxPolicyVersionSizeBytes = 128;

std::int64_t Signed(std::uint64_t count) { return static_cast<std::int64_t>(count); }
std::string Hex(const Hash256& hash) { return HexEncode(hash); }

void SetTotals(const DestructionTotals& totals, JsonValue& json) {
  json.Set("people", Signed(totals.people)).Set("items", Signed(totals.items));
  json.Set("held_people", Signed(totals.held_people));
  json.Set("held_items", Signed(totals.held_items));
}

Bytes SignedBytes(std::string_view text) {
  Bytes bytes = ToBytes(kDestructionSignaturePrefix);
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

std::string TextOf(const RunReceipt& receipt) {
  JsonValue json;
  json.Set("noren", kReceiptLayout);
  json.Set("receipt", std::string_view(receipt.receipt.ToString()));
  json.Set("plan", std::string_view(receipt.plan.ToString()));
  json.Set("plan_sha256", std::string_view(Hex(receipt.plan_sha256)));
  json.Set("level", std::string_view(receipt.level));
  if (!receipt.file.empty()) json.Set("file", std::string_view(receipt.file));
  SetTotals(receipt.totals, json);
  json.Set("spared", Signed(receipt.spared));
  json.Set("planned_by", std::string_view(Hex(receipt.planned_by)));
  json.Set("approved_by", std::string_view(Hex(receipt.approved_by)));
  json.Set("executed_by", std::string_view(Hex(receipt.executed_by)));
  json.Set("begun_at", receipt.begun_at.value).Set("completed_at", receipt.completed_at.value);
  json.Set("key_tree_before", Signed(receipt.generation_before));
  json.Set("key_tree_after", Signed(receipt.generation_after));
  json.Set("erasure_claim", std::string_view(receipt.erasure_claim));
  json.Set("policy_version", std::string_view(receipt.policy_version));
  return model::DumpCanonical(json);
}

std::uint64_t Count(JsonFields& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.Integer(name, 0, model::kMaxJsonInteger));
}

StatusOr<RunReceipt> ReadReceipt(const JsonValue& json) {
  JsonFields fields(json, "receipt");
  if (fields.Text("noren", kMaxNameSizeBytes) != kReceiptLayout) fields.Fail("noren");
  RunReceipt receipt;
  receipt.receipt = fields.PrintedId<model::ReceiptId>("receipt");
  receipt.plan = fields.PrintedId<model::PlanId>("plan");
  receipt.plan_sha256 = fields.Hash("plan_sha256");
  receipt.level = fields.Text("level", kMaxNameSizeBytes);
  if (json.Find("file") != nullptr) receipt.file = fields.Text("file", kMaxNameSizeBytes);
  receipt.totals = {Count(fields, "people"), Count(fields, "items"), Count(fields, "held_people"),
                    Count(fields, "held_items")};
  receipt.spared = Count(fields, "spared");
  receipt.planned_by = fields.Hash("planned_by");
  receipt.approved_by = fields.Hash("approved_by");
  receipt.executed_by = fields.Hash("executed_by");
  receipt.begun_at = {fields.Integer("begun_at", 0, model::kMaxJsonInteger)};
  receipt.completed_at = {fields.Integer("completed_at", 0, model::kMaxJsonInteger)};
  receipt.generation_before = Count(fields, "key_tree_before");
  receipt.generation_after = Count(fields, "key_tree_after");
  receipt.erasure_claim = fields.Text("erasure_claim", kMaxNameSizeBytes);
  receipt.policy_version = fields.Text("policy_version", kMaxPolicyVersionSizeBytes);
  NOREN_RETURN_IF_ERROR(fields.status());
  return receipt;
}

StatusOr<RunReceipt> ParseReceipt(std::string_view text) {
  NOREN_ASSIGN_OR_RETURN(
      const JsonValue json,
      model::ParseJson(text, {.max_size_bytes = kMaxTextSizeBytes, .max_depth = 2}));
  NOREN_ASSIGN_OR_RETURN(RunReceipt receipt, ReadReceipt(json));
  if (TextOf(receipt) == text) return receipt;
  return model::MakeFieldError(ErrorCode::kBadRequest, "receipt", "not canonical");
}

}  // namespace

std::string TextOf(const PlanStatement& statement) {
  JsonValue json;
  json.Set("noren", kPlanLayout).Set("plan", std::string_view(statement.plan.ToString()));
  json.Set("level", std::string_view(statement.level)).Set("by", std::string_view(statement.by));
  if (!statement.file.empty()) json.Set("file", std::string_view(statement.file));
  json.Set("targets", std::string_view(Hex(statement.targets)));
  SetTotals(statement.totals, json);
  json.Set("created_at", statement.created_at.value);
  json.Set("expires_at", statement.expires_at.value);
  json.Set("planned_by", std::string_view(Hex(statement.planned_by)));
  json.Set("policy_version", std::string_view(statement.policy_version));
  return model::DumpCanonical(json);
}

StatusOr<SignedReceipt> SignRunReceipt(const RunReceipt& receipt, const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const auto signer,
                         primitives::SigningKey::FromSeed(purpose_keys.receipt_sign()));
  SignedReceipt made;
  made.text = TextOf(receipt);
  // What does not read back must not be signed.
  NOREN_RETURN_IF_ERROR(ParseReceipt(made.text).status());
  made.signature = ToBytes(signer.Sign(SignedBytes(made.text)));
  return made;
}

StatusOr<RunReceipt> VerifyRunReceipt(std::string_view text, ByteSpan signature,
                                      ByteSpan receipt_verifying_key) {
  const auto key = primitives::VerifyingKey::FromBytes(receipt_verifying_key);
  if (!key.ok() || !primitives::Verify(*key, SignedBytes(text), signature).ok())
    return MakeError(ErrorCode::kProofInvalid, "destruction receipt");
  return ParseReceipt(text);
}

StatusOr<Bytes> EncodeRunReceipt(std::string_view store_key, const StoredRunReceipt& receipt,
                                 const PurposeKeys& purpose_keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).U64(receipt.audit_sequence);
  writer.Field(receipt.signed_receipt.text).Field(receipt.signed_receipt.signature);
  return SealRecord(purpose_keys.record(), {kKeyspace, store_key}, writer.bytes(), random);
}

StatusOr<StoredRunReceipt> DecodeRunReceipt(std::string_view store_key, ByteSpan stored,
                                            const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(purpose_keys.record(), {kKeyspace, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  StoredRunReceipt receipt;
  receipt.audit_sequence = reader.U64();
  receipt.signed_receipt.text = ReadText(reader);
  receipt.signed_receipt.signature = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return receipt;
}

}  // namespace noren::personal_data
