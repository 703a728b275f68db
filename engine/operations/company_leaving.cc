// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_leaving.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/company_work.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/register_company.h"
#include "engine/policy/decisions.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::uint8_t kPayloadFormat = 9;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxSaidByBytes = 128;

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "company that left"); }

}  // namespace

StatusOr<Bytes> EncodeCompanyLeaving(const CompanyLeaving& leaving,
                                     const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kLayout).I64(leaving.left_at.value).Field(leaving.said_by);
  writer.I64(leaving.returned_at.value).U8(leaving.settled ? 1 : 0);
  const std::string key = keyspaces::CompanyLeftKey(leaving.company);
  return storage::SealValue(keys.record(), {keyspaces::kCompanyLeft, key}, leaving.version,
                            writer.bytes(), random);
}

StatusOr<CompanyLeaving> DecodeCompanyLeaving(std::string_view company, ByteSpan stored,
                                              const personal_data::PurposeKeys& keys) {
  const std::string key = keyspaces::CompanyLeftKey(company);
  const auto opened = storage::OpenValue(keys.record(), {keyspaces::kCompanyLeft, key}, stored);
  if (!opened.ok()) return Damaged();
  RecordReader reader(opened->plaintext);
  const std::uint8_t layout = reader.U8();
  CompanyLeaving leaving;
  leaving.company = company;
  leaving.version = opened->version;
  leaving.left_at = {reader.I64()};
  leaving.said_by = reader.Text(kMaxSaidByBytes);
  leaving.returned_at = {reader.I64()};
  const std::uint8_t settled = reader.U8();
  leaving.settled = settled == 1;
  if (!reader.Finish().ok() || layout != kLayout || settled > 1) return Damaged();
  return leaving;
}

StatusOr<StoredLeaving> ReadLeaving(ServiceContext& context, std::string_view company) {
  StoredLeaving read;
  NOREN_ASSIGN_OR_RETURN(read.stored, ReadOne(context, keyspaces::CompanyLeftKey(company)));
  if (!read.stored) return read;
  NOREN_ASSIGN_OR_RETURN(read.leaving, DecodeCompanyLeaving(company, *read.stored, context.keys));
  return read;
}

Status StageLeaving(ServiceContext& context, StoredLeaving before, CompanyLeaving after,
                    personal_data::Staged& staged) {
  after.version = before.leaving ? before.leaving->version + 1 : 1;
  NOREN_ASSIGN_OR_RETURN(Bytes value, EncodeCompanyLeaving(after, context.keys, context.random));
  staged.Replace(keyspaces::CompanyLeftKey(after.company), std::move(before.stored),
                 std::move(value));
  return OkStatus();
}

Status RequireCompanyStays(ServiceContext& context, std::string_view company,
                           std::optional<UnixSeconds> begun, personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(StoredLeaving read, ReadLeaving(context, company));
  const bool has_left = read.leaving && read.leaving->returned_at.value == 0;
  const bool is_of_before = read.leaving && begun && *begun <= read.leaving->left_at;
  if (has_left || is_of_before) return policy::RefuseCompanyThatLeft(context.policy);
  staged.Require(keyspaces::CompanyLeftKey(company), std::move(read.stored));
  return OkStatus();
}

Status StageReturn(ServiceContext& context, std::string_view company,
                   personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(StoredLeaving read, ReadLeaving(context, company));
  if (!read.leaving || read.leaving->returned_at.value != 0) return OkStatus();
  CompanyLeaving returned = *read.leaving;
  returned.returned_at = context.time.Now();
  return StageLeaving(context, std::move(read), std::move(returned), staged);
}

namespace {

// The log, the record, the journal's act, and the postings that are open: in one change.
StatusOr<Attempt> StageLeft(ServiceContext& context, const Call& call,
                            const CompanyLeavingAct& act) {
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kLeaveService;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = act.company;
  attempt.change.entry.clause_ids = policy::ClausesOfCompanies(context.policy);
  NOREN_ASSIGN_OR_RETURN(StoredLeaving before, ReadLeaving(context, act.company));
  const bool has_left = before.leaving && before.leaving->returned_at.value == 0;
  if (has_left) return attempt;  // said again
  NOREN_RETURN_IF_ERROR(StageLeaving(context, std::move(before),
                                     {act.company, 0, act.at, act.said_by, {}, false},
                                     attempt.change.staged));
  NOREN_RETURN_IF_ERROR(StageClosedPostings(context, act.company, attempt.change).status());
  attempt.change.narrowing = MakeCompanyLeavingAct(act);
  return attempt;
}

StatusOr<EntryPosition> Leave(ServiceContext& context, const Call& call,
                              const std::string& idempotency_key, const std::string& company) {
  const bool is_own = call.principal.role == model::Role::kCompany;
  const std::string said_by = is_own ? "company" : "officer " + call.principal.name;
  const auto identity = IdentifyRequest(idempotency_key, "leave_service", AsBytes(company));
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageLeft(context, call, {company, context.time.Now(), said_by});
                         }));
  // It has left: what is written down now is made up for at the next start when it fails here.
  (void)SettleLeavings(context);
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return std::move(run.position);
}

StatusOr<bool> IsKnown(ServiceContext& context, const std::string& company) {
  NOREN_ASSIGN_OR_RETURN(const auto record, FindCompany(context, company));
  if (record) return true;
  NOREN_ASSIGN_OR_RETURN(const auto recipients, RecipientsOf(context, company));
  if (!recipients.empty()) return true;
  NOREN_ASSIGN_OR_RETURN(const StoredLeaving left, ReadLeaving(context, company));
  return left.leaving.has_value() || !context.market.PostingsOf(company).empty();
}

}  // namespace

StatusOr<EntryPosition> LeaveAsCompany(ServiceContext& context, const Call& call,
                                       const std::string& idempotency_key) {
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany}));
  return Leave(context, call, idempotency_key, call.principal.name);
}

StatusOr<EntryPosition> EndCompany(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const std::string& company) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (!model::IsPrincipalName(company))
    return model::MakeFieldError(ErrorCode::kBadRequest, "company", "a principal name");
  NOREN_ASSIGN_OR_RETURN(const bool is_known, IsKnown(context, company));
  if (!is_known) return MakeError(ErrorCode::kNotFound);
  return Leave(context, call, idempotency_key, company);
}

StatusOr<std::vector<CompanyRetention>> ListCompanyRetention(ServiceContext& context,
                                                             const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  // Nothing ends by a clock that nobody vouches for.
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  NOREN_RETURN_IF_ERROR(SettleLeavings(context));
  std::vector<CompanyRetention> rows;
  NOREN_RETURN_IF_ERROR(VisitLeavings(context, [&](StoredLeaving read) -> Status {
    if (read.leaving->returned_at.value != 0) return OkStatus();
    const model::CivilDay left = policy::TodayOf(context.policy, read.leaving->left_at);
    NOREN_ASSIGN_OR_RETURN(auto due, policy::CompanyDueOf(context.policy, left, today));
    rows.push_back({*std::move(read.leaving), std::move(due)});
    return OkStatus();
  }));
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry.operation = audit::Operation::kReadRetention;
                          attempt.change.entry.principal = call.principal;
                          return attempt;
                        }).status());
  return rows;
}

storage::NarrowingAct MakeCompanyLeavingAct(const CompanyLeavingAct& act) {
  RecordWriter writer;
  writer.U8(kPayloadFormat).Field(act.company).I64(act.at.value).Field(act.said_by);
  storage::NarrowingAct made;
  made.kind = storage::NarrowingKind::kWithdrawal;
  made.payload = writer.Take();
  return made;
}

bool IsCompanyLeavingAct(const storage::NarrowingAct& act) {
  return act.kind == storage::NarrowingKind::kWithdrawal && !act.payload.empty() &&
         act.payload.front() == kPayloadFormat;
}

StatusOr<CompanyLeavingAct> CompanyLeavingActOf(const storage::NarrowingAct& act) {
  RecordReader reader(act.payload);
  const std::uint8_t format = reader.U8();
  CompanyLeavingAct read;
  read.company = reader.Text(kMaxNameBytes);
  read.at = {reader.I64()};
  read.said_by = reader.Text(kMaxSaidByBytes);
  const bool is_whole = reader.Finish().ok() && format == kPayloadFormat;
  if (!is_whole || act.kind != storage::NarrowingKind::kWithdrawal ||
      !model::IsPrincipalName(read.company)) {
    return MakeError(ErrorCode::kDataCorrupt, "leaving of a company");
  }
  return read;
}

StatusOr<bool> ReapplyCompanyLeaving(ServiceContext& context, const storage::NarrowingAct& act,
                                     Change& change) {
  NOREN_ASSIGN_OR_RETURN(CompanyLeavingAct left, CompanyLeavingActOf(act));
  NOREN_ASSIGN_OR_RETURN(StoredLeaving before, ReadLeaving(context, left.company));
  if (before.leaving && !(before.leaving->left_at < left.at)) return false;
  change.entry.object = left.company;
  NOREN_RETURN_IF_ERROR(StageLeaving(context, std::move(before),
                                     {left.company, 0, left.at, left.said_by, {}, false},
                                     change.staged));
  NOREN_RETURN_IF_ERROR(StageClosedPostings(context, left.company, change).status());
  return true;
}

}  // namespace noren::operations
