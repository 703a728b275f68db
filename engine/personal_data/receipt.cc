// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/receipt.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/personal_data/json_fields.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeError;

constexpr std::string_view kLayout = "receipt/1";
constexpr std::size_t kMaxReceiptSizeBytes = 16 * 1024;
constexpr std::size_t kMaxNameSizeBytes = 64;
constexpr std::size_t kMaxPolicyVersionSizeBytes = 128;
constexpr std::size_t kMaxWhat = 64;

Bytes SignedBytes(std::string_view text) {
  Bytes bytes = ToBytes(kReceiptSignaturePrefix);
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

std::string TextOf(const DestructionReceipt& receipt) {
  JsonValue what = JsonValue::MakeArray();
  for (const std::string& thing : receipt.what) what.Append(JsonValue::Text(thing));
  JsonValue json;
  json.Set("noren", kLayout)
      .Set("receipt", std::string_view(receipt.receipt.ToString()))
      .Set("handle_commitment", std::string_view(HexEncode(receipt.handle_commitment)))
      .Set("destroyed_at", receipt.destroyed_at.value)
      .Set("what", std::move(what))
      .Set("erasure_claim", std::string_view(receipt.erasure_claim))
      .Set("key_tree_before", static_cast<std::int64_t>(receipt.generation_before))
      .Set("key_tree_after", static_cast<std::int64_t>(receipt.generation_after))
      .Set("audit_sequence", static_cast<std::int64_t>(receipt.audit_sequence))
      .Set("policy_version", std::string_view(receipt.policy_version));
  if (receipt.kept_under_hold > 0)
    json.Set("kept_under_hold", static_cast<std::int64_t>(receipt.kept_under_hold));
  return model::DumpCanonical(json);
}

std::uint64_t Count(JsonFields& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.Integer(name, 0, model::kMaxJsonInteger));
}

StatusOr<DestructionReceipt> ReadReceipt(const JsonValue& json) {
  JsonFields fields(json, "receipt");
  if (fields.Text("noren", kMaxNameSizeBytes) != kLayout) fields.Fail("noren");
  DestructionReceipt receipt;
  receipt.receipt = fields.PrintedId<model::ReceiptId>("receipt");
  receipt.handle_commitment = fields.Hash("handle_commitment");
  receipt.destroyed_at = {fields.Integer("destroyed_at", 0, model::kMaxJsonInteger)};
  const JsonValue::Array* what = fields.Array("what", kMaxWhat);
  for (std::size_t i = 0; what != nullptr && i < what->size(); ++i) {
    const std::string* thing = (*what)[i].text();
    if (thing == nullptr) fields.Fail("what");
    if (thing != nullptr) receipt.what.push_back(*thing);
  }
  if (!std::is_sorted(receipt.what.begin(), receipt.what.end())) fields.Fail("what");
  receipt.erasure_claim = fields.Text("erasure_claim", kMaxNameSizeBytes);
  receipt.generation_before = Count(fields, "key_tree_before");
  receipt.generation_after = Count(fields, "key_tree_after");
  if (receipt.generation_after <= receipt.generation_before) fields.Fail("key_tree_after");
  receipt.audit_sequence = Count(fields, "audit_sequence");
  if (json.Find("kept_under_hold") != nullptr)
    receipt.kept_under_hold = Count(fields, "kept_under_hold");
  receipt.policy_version = fields.Text("policy_version", kMaxPolicyVersionSizeBytes);
  NOREN_RETURN_IF_ERROR(fields.status());
  return receipt;
}

StatusOr<DestructionReceipt> ParseReceipt(std::string_view text) {
  NOREN_ASSIGN_OR_RETURN(
      const JsonValue json,
      model::ParseJson(text, {.max_size_bytes = kMaxReceiptSizeBytes, .max_depth = 3}));
  NOREN_ASSIGN_OR_RETURN(DestructionReceipt receipt, ReadReceipt(json));
  if (TextOf(receipt) != text) {
    return model::MakeFieldError(ErrorCode::kBadRequest, "receipt", "not canonical");
  }
  return receipt;
}

}  // namespace

Hash256 CommitToHandle(const model::ReceiptId& receipt, const model::SeekerHandle& handle) {
  RecordWriter writer;
  writer.Field("noren/handle-commitment/1");
  WriteId(writer, receipt);
  WriteId(writer, handle);
  return primitives::Sha256(writer.bytes());
}

StatusOr<SignedReceipt> SignReceipt(const DestructionReceipt& receipt,
                                    const PurposeKeys& purpose_keys) {
  SignedReceipt made;
  made.text = TextOf(receipt);
  // What does not read back must not be signed.
  NOREN_RETURN_IF_ERROR(ParseReceipt(made.text).status());
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey signer,
                         primitives::SigningKey::FromSeed(purpose_keys.receipt_sign()));
  made.signature = ToBytes(signer.Sign(SignedBytes(made.text)));
  return made;
}

StatusOr<DestructionReceipt> VerifyReceipt(std::string_view text, ByteSpan signature,
                                           ByteSpan receipt_verifying_key) {
  const auto key = primitives::VerifyingKey::FromBytes(receipt_verifying_key);
  if (!key.ok() || !primitives::Verify(*key, SignedBytes(text), signature).ok()) {
    return MakeError(ErrorCode::kProofInvalid, "receipt");
  }
  return ParseReceipt(text);
}

StatusOr<Bytes> ReceiptVerifyingKey(const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey signer,
                         primitives::SigningKey::FromSeed(purpose_keys.receipt_sign()));
  return ToBytes(signer.verifying_key().bytes);
}

StatusOr<Bytes> EncodeReceipt(const model::ReceiptId& receipt, const SignedReceipt& signed_receipt,
                              const PurposeKeys& purpose_keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).Field(signed_receipt.text).Field(signed_receipt.signature);
  const std::string key = keyspaces::ReceiptKey(receipt);
  return SealRecord(purpose_keys.record(), {keyspaces::kReceipt, key}, writer.bytes(), random);
}

StatusOr<SignedReceipt> DecodeReceipt(const model::ReceiptId& receipt, ByteSpan stored,
                                      const PurposeKeys& purpose_keys) {
  const std::string key = keyspaces::ReceiptKey(receipt);
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(purpose_keys.record(), {keyspaces::kReceipt, key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  SignedReceipt made;
  made.text = ReadText(reader);
  made.signature = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return made;
}

}  // namespace noren::personal_data
