// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_signers.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/model/utf8.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::uint8_t kFormat = 1;

// One line that a form can print: no control characters.
Status CheckLine(std::string_view text, std::size_t max_bytes, std::string_view field) {
  const bool prints = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (text.empty() || text.size() > max_bytes || !prints ||
      model::FindInvalidUtf8(text) != std::string_view::npos) {
    return MakeFieldError(ErrorCode::kBadRequest, field);
  }
  return OkStatus();
}

StatusOr<CompanySigner> OpenSigner(ServiceContext& context, const storage::KeyValue& stored) {
  const auto opened =
      storage::OpenValue(context.keys.record(), {keyspaces::kSigner, stored.key}, stored.value);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "signer");
  RecordReader reader(opened->plaintext);
  const std::uint8_t format = reader.U8();
  CompanySigner signer;
  signer.name = reader.Text(personal_data::kMaxSignerNameBytes);
  signer.role = reader.Text(personal_data::kMaxSignerNameBytes);
  const ByteSpan key = reader.Raw(signer.public_key.size());
  signer.registered_at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "signer");
  std::copy(key.begin(), key.end(), signer.public_key.begin());
  return signer;
}

Bytes SealSigner(ServiceContext& context, const std::string& key, const CompanySigner& signer) {
  RecordWriter writer;
  writer.U8(kFormat).Field(signer.name).Field(signer.role).Raw(signer.public_key);
  writer.I64(context.time.Now().value);
  return storage::SealValue(context.keys.record(), {keyspaces::kSigner, key}, 1, writer.bytes(),
                            context.random);
}

}  // namespace

StatusOr<EntryPosition> AddSigner(ServiceContext& context, const Call& call,
                                  const std::string& idempotency_key, const CompanySigner& signer) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_RETURN_IF_ERROR(CheckLine(signer.name, personal_data::kMaxSignerNameBytes, "signer.name"));
  NOREN_RETURN_IF_ERROR(CheckLine(signer.role, personal_data::kMaxSignerNameBytes, "signer.role"));
  if (!primitives::VerifyingKey::FromBytes(signer.public_key).ok())
    return MakeFieldError(ErrorCode::kBadRequest, "signer.public_key");
  RecordWriter encoded;
  encoded.Field(signer.name).Field(signer.role).Raw(signer.public_key);
  const auto identity = IdentifyRequest(idempotency_key, "add_signer", encoded.bytes());
  const std::string key =
      keyspaces::SignerKey(call.principal.name, primitives::Sha256(signer.public_key));
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const auto known, SignersOf(context, call.principal.name));
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kAddSigner;
        attempt.change.entry.principal = call.principal;
        const auto same = std::find_if(
            known.begin(), known.end(),
            [&signer](const CompanySigner& one) { return one.public_key == signer.public_key; });
        if (same != known.end()) {
          const bool same_human = same->name == signer.name && same->role == signer.role;
          if (!same_human)
            return MakeFieldError(ErrorCode::kStateConflict, "signer.public_key", "has a human");
          return attempt;
        }
        if (known.size() >= kMaxSigners) return MakeError(ErrorCode::kLimitReached, "signers");
        attempt.change.staged.Replace(key, std::nullopt, SealSigner(context, key, signer));
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<std::vector<CompanySigner>> SignersOf(ServiceContext& context, std::string_view company) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::SignerPrefix(company)));
  std::vector<CompanySigner> signers;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(CompanySigner signer, OpenSigner(context, item));
    signers.push_back(std::move(signer));
  }
  return signers;
}

StatusOr<CompanySigner> FindSignerOf(ServiceContext& context, std::string_view company,
                                     std::string_view prefix, const SignedStatement& carried) {
  NOREN_ASSIGN_OR_RETURN(const auto signers, SignersOf(context, company));
  if (signers.empty()) return MakeError(ErrorCode::kHumanRequired, "no signer is registered");
  for (const CompanySigner& signer : signers) {
    if (personal_data::VerifyHumanSignature(prefix, carried.statement, carried.signature,
                                            signer.public_key)
            .ok()) {
      return signer;
    }
  }
  return MakeError(ErrorCode::kProofInvalid, "signature of the human");
}

}  // namespace noren::operations
