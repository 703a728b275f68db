// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_keys.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/vault.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxRecipientBytes = 128;

struct CompanyKey {
  std::string recipient;
  UnixSeconds registered_at;
};

StatusOr<Bytes> EncodeKey(ServiceContext& context, const std::string& key,
                          const CompanyKey& company_key) {
  RecordWriter writer;
  writer.U8(kFormat).Field(company_key.recipient).I64(company_key.registered_at.value);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kCompanyKey, key}, 1,
                            writer.bytes(), context.random);
}

StatusOr<CompanyKey> DecodeKey(ServiceContext& context, const std::string& key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kCompanyKey, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  CompanyKey company_key{reader.Text(kMaxRecipientBytes), {reader.I64()}};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "company key");
  return company_key;
}

}  // namespace

StatusOr<EntryPosition> AddCompanyKey(ServiceContext& context, const Call& call,
                                      const std::string& idempotency_key,
                                      const std::string& recipient) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_RETURN_IF_ERROR(personal_data::CheckRecipient(recipient));
  const auto identity = IdentifyRequest(idempotency_key, "add_key", AsBytes(recipient));
  const std::string key =
      keyspaces::CompanyKeyKey(call.principal.name, primitives::Sha256(AsBytes(recipient)));
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const auto live, RecipientsOf(context, call.principal.name));
        if (live.size() >= kMaxCompanyKeys)
          return MakeError(ErrorCode::kLimitReached, "company keys");
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kAddCompanyKey;
        attempt.change.entry.principal = call.principal;
        if (std::find(live.begin(), live.end(), recipient) != live.end())
          return attempt;  // there already
        NOREN_ASSIGN_OR_RETURN(Bytes stored,
                               EncodeKey(context, key, {recipient, context.time.Now()}));
        attempt.change.staged.Replace(key, std::nullopt, std::move(stored));
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<std::vector<std::string>> RecipientsOf(ServiceContext& context, std::string_view company) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::CompanyKeyPrefix(company)));
  std::vector<std::string> recipients;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(CompanyKey key, DecodeKey(context, item.key, item.value));
    recipients.push_back(std::move(key.recipient));
  }
  std::sort(recipients.begin(), recipients.end());
  return recipients;
}

}  // namespace noren::operations
