// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/notice_changes.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/scan.h"
#include "engine/policy/register_kinds.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMinReasonBytes = 3, kMaxReasonBytes = 1200;
constexpr std::size_t kMaxNameBytes = 128;

std::string ChangeKey(const Hash256& to, const Hash256& from) {
  return std::string(keyspaces::kNoticeChange) + HexEncode(to) + "/" + HexEncode(from);
}

// Somebody registered under a policy whose notice this is.
StatusOr<bool> WasInForce(ServiceContext& context, const Hash256& notice) {
  return AnyPolicyVersion(
      context, [&](const policy::Policy& version) { return PublicNoticeOf(version) == notice; });
}

}  // namespace

Bytes EncodeNoticeChange(const NoticeChange& change) {
  RecordWriter writer;
  writer.U8(kFormat).Field(change.declared_by).Field(change.reason).I64(change.at.value);
  return writer.Take();
}

StatusOr<NoticeChange> DecodeNoticeChange(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  NoticeChange change;
  change.declared_by = reader.Text(kMaxNameBytes);
  change.reason = reader.Text(kMaxReasonBytes);
  change.at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "notice change");
  return change;
}

StatusOr<EntryPosition> DeclareNoticeChange(ServiceContext& context, const Call& call,
                                            const DeclareNoticeChangeRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::string& reason = request.reason;
  if (reason.size() < kMinReasonBytes || reason.size() > kMaxReasonBytes ||
      !policy::IsRegisterLine(reason)) {
    return MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..300 characters");
  }
  const Hash256 to = PublicNoticeOf(context.policy);
  if (!policy::NeedsConfirmation(context.policy) || request.from == to)
    return MakeFieldError(ErrorCode::kStateConflict, "from", "nobody has to confirm anew");
  NOREN_ASSIGN_OR_RETURN(const bool was_in_force, WasInForce(context, request.from));
  if (!was_in_force) return MakeFieldError(ErrorCode::kNotFound, "from");
  RecordWriter encoded;
  encoded.Raw(request.from).Raw(to).Field(reason);
  const auto identity =
      IdentifyRequest(request.idempotency_key, "declare_notice_change", encoded.bytes());
  const std::string key = ChangeKey(to, request.from);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
        const NoticeChange change{call.principal.name, reason, context.time.Now()};
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kDeclareNoticeChange;
        attempt.change.entry.principal = call.principal;
        attempt.change.entry.object = "notice " + HexEncode(request.from).substr(0, 16);
        attempt.change.entry.clause_ids =
            policy::MayRegisterAfter(context.policy, request.from, to).clauses;
        attempt.change.staged.Replace(
            key, std::move(stored),
            storage::SealValue(context.keys.store_seal(), {keyspaces::kNoticeChange, key}, 1,
                               EncodeNoticeChange(change), context.random));
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<policy::Decision> JudgeConfirmed(ServiceContext& context, const LoadedPerson& person) {
  const Hash256& confirmed = person.record.stated.notice;
  const Hash256 notice =
      policy::NeedsConfirmation(context.policy) ? PublicNoticeOf(context.policy) : Hash256();
  policy::Decision decision = policy::MayRegisterAfter(context.policy, confirmed, notice);
  if (decision.allowed) return decision;
  const std::string key = ChangeKey(notice, confirmed);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return decision;
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kNoticeChange, key}, *stored);
  // What does not open declares nothing.
  if (!opened.ok() || !DecodeNoticeChange(opened->plaintext).ok()) return decision;
  return policy::Decision{true, ErrorCode::kNone, std::move(decision.clauses)};
}

}  // namespace noren::operations
