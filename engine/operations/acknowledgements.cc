// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/acknowledgements.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/policy/decisions.h"
#include "engine/policy/statement_notice.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::uint64_t kVersion = 1;

const policy::Fact* StaffOf(const policy::Policy& policy) {
  if (policy.statement == nullptr) return nullptr;
  const policy::Entry* controller = policy.statement->One("controller");
  return controller == nullptr || !controller->Text("staff") ? nullptr : controller->Find("staff");
}

std::vector<std::string> ClausesOfStaff(const policy::Policy& policy) {
  const policy::Fact* staff = StaffOf(policy);
  return staff == nullptr ? std::vector<std::string>() : staff->clauses;
}

StatusOr<bool> HasAcknowledged(ServiceContext& context, const Call& call) {
  const std::string key = keyspaces::AcknowledgedKey(call.principal.name);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return false;
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kAcknowledged, key}, *stored));
  if (opened.version != kVersion) return MakeError(ErrorCode::kDataCorrupt, "acknowledgement");
  NOREN_ASSIGN_OR_RETURN(const Acknowledgement one, DecodeAcknowledgement(opened.plaintext));
  return one.policy == context.policy.digest;
}

audit::EntryDraft EntryOf(ServiceContext& context, const Call& call, audit::Operation operation) {
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = call.principal;
  entry.object = "policy " + HexEncode(context.policy.digest).substr(0, 16);
  entry.clause_ids = ClausesOfStaff(context.policy);
  return entry;
}

}  // namespace

bool BindsStaff(const policy::Policy& policy) { return StaffOf(policy) != nullptr; }

Bytes EncodeAcknowledgement(const Acknowledgement& one) {
  RecordWriter writer;
  writer.U8(kFormat).Raw(one.policy).I64(one.at.value);
  return writer.Take();
}

StatusOr<Acknowledgement> DecodeAcknowledgement(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  Acknowledgement one;
  one.policy = personal_data::ReadHash(reader);
  one.at = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "acknowledgement");
  return one;
}

Status RequireAcknowledged(ServiceContext& context, const Call& call) {
  if (call.principal.role != model::Role::kOfficer || !BindsStaff(context.policy))
    return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const bool has, HasAcknowledged(context, call));
  if (has) return OkStatus();
  return policy::ToStatus({false, ErrorCode::kPolicyUnread, ClausesOfStaff(context.policy)});
}

StatusOr<PolicyInForce> ReadPolicyInForce(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(
      RequireRole(context, call, {model::Role::kOfficer}, Acknowledged::kNotRequired));
  PolicyInForce read;
  read.version = context.policy.VersionText();
  read.digest = context.policy.digest;
  read.binds_staff = BindsStaff(context.policy);
  if (context.policy.statement != nullptr) {
    NOREN_ASSIGN_OR_RETURN(
        read.notice, policy::RenderStatement(context.policy, context.policy.statement->language));
  }
  NOREN_ASSIGN_OR_RETURN(read.acknowledged, HasAcknowledged(context, call));
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry =
                              EntryOf(context, call, audit::Operation::kReadPolicyInForce);
                          return attempt;
                        }).status());
  return read;
}

StatusOr<EntryPosition> AcknowledgePolicy(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key,
                                          const Hash256& digest) {
  NOREN_RETURN_IF_ERROR(
      RequireRole(context, call, {model::Role::kOfficer}, Acknowledged::kNotRequired));
  if (digest != context.policy.digest)
    return model::MakeFieldError(ErrorCode::kStateConflict, "digest",
                                 "another version is in force");
  RecordWriter encoded;
  encoded.Raw(digest);
  const std::string key = keyspaces::AcknowledgedKey(call.principal.name);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run,
      RunOnce(context, call,
              IdentifyRequest(idempotency_key, "acknowledge_policy", encoded.bytes()),
              [&]() -> StatusOr<Attempt> {
                NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
                Attempt attempt;
                attempt.change.entry = EntryOf(context, call, audit::Operation::kAcknowledgePolicy);
                attempt.change.staged.Replace(
                    key, std::move(stored),
                    storage::SealValue(
                        context.keys.store_seal(), {keyspaces::kAcknowledged, key}, kVersion,
                        EncodeAcknowledgement({digest, context.time.Now()}), context.random));
                return attempt;
              }));
  return std::move(run.position);
}

}  // namespace noren::operations
