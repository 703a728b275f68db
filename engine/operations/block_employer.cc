// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/block_employer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/market.h"
#include "engine/operations/narrowing.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::ActKind;

std::vector<Hash256> TokensOf(const ServiceContext& context, const model::PersonId& person,
                              const std::vector<model::CorporateNumber>& employers) {
  std::vector<Hash256> tokens;
  for (const model::CorporateNumber& employer : employers) {
    tokens.push_back(context.pseudonyms.EmployerToken(person, employer));
  }
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

// Other acts of the same moment change the same record: one of them comes first, the other reads
// again.
Status StageRecord(ServiceContext& context, const LoadedPerson& person, Blocking blocked,
                   Change& change) {
  personal_data::PersonRecord record = person.record;
  record.address.version += 1;
  record.blocked_employers = std::move(blocked.tokens);
  record.blocked_at = blocked.at;
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *person.keys, context.keys, context.random));
  const std::string key = personal_data::keyspaces::PersonKey(person.person);
  change.staged.Replace(key, person.stored, std::move(stored));
  change.feed.push_back(PersonChanged(person.person));
  return OkStatus();
}

StatusOr<Attempt> StageBlock(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const model::PersonId& person = admitted.person.person;
  // Clocks differ: what the person stated may lie ahead of the service's time.
  const Blocking blocking{TokensOf(context, person, admitted.act.employers),
                          std::max(context.time.Now(), admitted.act.at)};
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kBlockEmployer);
  NOREN_ASSIGN_OR_RETURN(const bool changes,
                         StageBlocks(context, admitted.person, blocking, attempt.change));
  if (!changes) return attempt;
  NarrowedPerson narrowed{person, {}, blocking.at};
  narrowed.employers = NarrowedEmployers{blocking.tokens};
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kEmployerBlock, narrowed);
  return attempt;
}

StatusOr<Attempt> StageUnblock(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  // The portal may have held it back.
  if (admitted.act.at < admitted.person.record.blocked_at)
    return model::MakeFieldError(model::ErrorCode::kActStale, "statement.at", "overtaken");
  const std::vector<Hash256>& before = admitted.person.record.blocked_employers;
  const auto tokens = TokensOf(context, admitted.person.person, admitted.act.employers);
  std::vector<Hash256> left;
  std::set_difference(before.begin(), before.end(), tokens.begin(), tokens.end(),
                      std::back_inserter(left));
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kUnblockEmployer);
  if (left.size() == before.size()) return attempt;
  NOREN_RETURN_IF_ERROR(StageRecord(context, admitted.person,
                                    {std::move(left), admitted.person.record.blocked_at},
                                    attempt.change));
  return attempt;
}

}  // namespace

StatusOr<bool> StageBlocks(ServiceContext& context, const LoadedPerson& person,
                           const Blocking& blocking, Change& change) {
  const std::vector<Hash256>& before = person.record.blocked_employers;
  std::vector<Hash256> all;
  std::set_union(before.begin(), before.end(), blocking.tokens.begin(), blocking.tokens.end(),
                 std::back_inserter(all));
  const UnixSeconds at = std::max(person.record.blocked_at, blocking.at);
  if (all.size() == before.size() && at == person.record.blocked_at) return false;
  if (all.size() > personal_data::kMaxBlockedEmployers)
    return model::MakeError(ErrorCode::kLimitReached, "blocked employers");
  NOREN_RETURN_IF_ERROR(StageRecord(context, person, {std::move(all), at}, change));
  return true;
}

bool IsBlocked(const ServiceContext& context, const personal_data::PersonRecord& person,
               const std::optional<CompanyRecord>& company) {
  const std::vector<Hash256>& blocked = person.blocked_employers;
  if (blocked.empty()) return false;
  if (!company) return true;
  const auto meets = [&](const model::CorporateNumber& number) {
    return std::binary_search(blocked.begin(), blocked.end(),
                              context.pseudonyms.EmployerToken(person.person, number));
  };
  return meets(company->number) ||
         std::any_of(company->affiliates.begin(), company->affiliates.end(), meets);
}

StatusOr<ActResult> BlockEmployers(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"block_employers", ActKind::kBlock},
                [&](AdmittedAct& admitted) { return StageBlock(context, call, admitted); });
}

StatusOr<ActResult> UnblockEmployers(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"unblock_employers", ActKind::kUnblock},
                [&](AdmittedAct& admitted) { return StageUnblock(context, call, admitted); });
}

}  // namespace noren::operations
