// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/withdrawals.h"

#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;

}  // namespace

StatusOr<Bytes> EncodeWithdrawal(std::string_view store_key, const WithdrawalRecord& record,
                                 const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat)
      .Raw(record.candidate.bytes())
      .Raw(record.posting.bytes())
      .I64(record.withdrawn_at.value);
  writer.U8(record.destroy_copies ? 1 : 0).I64(record.acknowledged_at.value);
  return storage::SealValue(keys.record(), {keyspaces::kWithdrawal, store_key}, 1, writer.bytes(),
                            random);
}

StatusOr<WithdrawalRecord> DecodeWithdrawal(std::string_view store_key, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(keys.record(), {keyspaces::kWithdrawal, store_key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  const ByteSpan candidate = reader.Raw(model::CandidateRef::kSizeBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  WithdrawalRecord record;
  record.withdrawn_at = {reader.I64()};
  record.destroy_copies = reader.U8() == 1;
  record.acknowledged_at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "withdrawal record");
  NOREN_ASSIGN_OR_RETURN(record.candidate, model::CandidateRef::FromBytes(candidate));
  NOREN_ASSIGN_OR_RETURN(record.posting, model::PostingId::FromBytes(posting));
  return record;
}

StatusOr<std::vector<WithdrawalRecord>> ListWithdrawals(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany}));
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::WithdrawalPrefix(call.principal.name)));
  std::vector<WithdrawalRecord> records;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(WithdrawalRecord record,
                           DecodeWithdrawal(item.key, item.value, context.keys));
    records.push_back(std::move(record));
  }
  return records;
}

StatusOr<EntryPosition> AcknowledgeWithdrawal(ServiceContext& context, const Call& call,
                                              const std::string& idempotency_key,
                                              const model::CandidateRef& candidate) {
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany}));
  const auto identity =
      IdentifyRequest(idempotency_key, "acknowledge_withdrawal", candidate.bytes());
  const std::string key = keyspaces::WithdrawalKey(call.principal.name, candidate);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
        if (!stored) return MakeError(ErrorCode::kNotFound);
        NOREN_ASSIGN_OR_RETURN(WithdrawalRecord record,
                               DecodeWithdrawal(key, *stored, context.keys));
        Attempt attempt;
        if (record.acknowledged_at.value == 0) record.acknowledged_at = context.time.Now();
        NOREN_ASSIGN_OR_RETURN(Bytes updated,
                               EncodeWithdrawal(key, record, context.keys, context.random));
        attempt.change.staged.Replace(key, *stored, std::move(updated));
        attempt.change.entry.operation = audit::Operation::kAcknowledgeWithdrawal;
        attempt.change.entry.principal = call.principal;
        attempt.change.entry.object = candidate.ToString();
        return attempt;
      }));
  return std::move(run.position);
}

}  // namespace noren::operations
