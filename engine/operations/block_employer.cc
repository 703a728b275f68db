// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/block_employer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/employer_tokens.h"
#include "engine/operations/market.h"
#include "engine/operations/narrowing.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::ActKind;

using personal_data::BlockedEmployer;
using Employers = std::vector<BlockedEmployer>;

// What somebody blocks, and when: an act that unblocks and was stated before is stale from then on.
struct Blocking {
  Employers employers;
  UnixSeconds at;
};

// Other acts of the same moment change the same record: one of them comes first, the other reads
// again.
Status StageRecord(ServiceContext& context, const LoadedPerson& person, Blocking blocked,
                   Change& change) {
  personal_data::PersonRecord record = person.record;
  record.address.version += 1;
  std::ranges::sort(blocked.employers, {}, &BlockedEmployer::token);
  record.blocked_employers = std::move(blocked.employers);
  record.blocked_at = blocked.at;
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *person.keys, context.keys, context.random));
  const std::string key = personal_data::keyspaces::PersonKey(person.person);
  change.staged.Replace(key, person.stored, std::move(stored));
  change.feed.push_back(PersonChanged(person.person));
  return OkStatus();
}

// Not under a key that is being retired.
StatusOr<Attempt> StageBlock(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const model::PersonId& person = admitted.person.person;
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kBlockEmployer);
  EmployerKeys keys(context);
  NOREN_ASSIGN_OR_RETURN(const personal_data::EmployerKey used, keys.InUse());
  // Clocks differ: what the person stated may lie ahead of the service's time.
  const UnixSeconds at = std::max(context.time.Now(), admitted.act.at);
  const UnixSeconds before = admitted.person.record.blocked_at;
  Employers all = admitted.person.record.blocked_employers;
  Employers told;  // those of the act, whether or not they were there before
  for (const model::CorporateNumber& employer : admitted.act.employers) {
    const auto known = std::ranges::find_if(all, [&](const BlockedEmployer& one) {
      return keys.Meets(person, one, employer).value_or(false);
    });
    if (known != all.end()) {
      told.push_back(*known);
      continue;
    }
    NOREN_ASSIGN_OR_RETURN(told.emplace_back(), personal_data::MakeBlockedEmployer(
                                                    person, employer, used, context.random));
    all.push_back(told.back());
  }
  if (all.size() == admitted.person.record.blocked_employers.size() && at <= before) return attempt;
  if (all.size() > personal_data::kMaxBlockedEmployers)
    return model::MakeError(ErrorCode::kLimitReached, "blocked employers");
  attempt.change.staged.Require(TokenKeysKey(), keys.record());
  NOREN_RETURN_IF_ERROR(StageRecord(context, admitted.person,
                                    {std::move(all), std::max(at, before)}, attempt.change));
  std::ranges::sort(told, {}, &BlockedEmployer::token);
  NarrowedPerson narrowed{person, {}, at};
  NOREN_ASSIGN_OR_RETURN(narrowed.employers,
                         NarrowedTo(admitted.person, told, /*replaces=*/false, context.random));
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kEmployerBlock, narrowed);
  return attempt;
}

StatusOr<Attempt> StageUnblock(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  // The portal may have held it back.
  if (admitted.act.at < admitted.person.record.blocked_at)
    return model::MakeFieldError(model::ErrorCode::kActStale, "statement.at", "overtaken");
  const model::PersonId& person = admitted.person.person;
  EmployerKeys keys(context);
  Employers left = admitted.person.record.blocked_employers;
  const auto removed = std::erase_if(left, [&](const BlockedEmployer& one) {
    return std::ranges::any_of(admitted.act.employers, [&](const auto& number) {
      return keys.Meets(person, one, number).value_or(false);
    });
  });
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kUnblockEmployer);
  if (removed == 0) return attempt;
  NOREN_RETURN_IF_ERROR(StageRecord(context, admitted.person,
                                    {std::move(left), admitted.person.record.blocked_at},
                                    attempt.change));
  return attempt;
}

// Under the key in use when its own opens; what has no number stays as it is. Nothing: its key is
// gone, and a later act has the same employer under one that lives.
StatusOr<std::optional<BlockedEmployer>> Reapplied(EmployerKeys& keys,
                                                   const model::PersonId& person,
                                                   const BlockedEmployer& one) {
  if (one.number.empty()) return std::optional(one);
  auto renewed = keys.Renewed(person, one);
  if (model::CodeOf(renewed.status()) == ErrorCode::kDataCorrupt)
    return std::optional<BlockedEmployer>();
  NOREN_RETURN_IF_ERROR(renewed.status());
  return std::optional(std::move(*renewed));
}

// The keys that the journal's act is under may end with the history that was lost: the act goes on
// under those in use. Nothing: it is under them already, or none of its keys lives.
StatusOr<std::optional<storage::NarrowingAct>> JournaledAnew(
    ServiceContext& context, const LoadedPerson& person, NarrowedPerson narrowed,
    const Employers& journaled, const Employers& renewed, bool replaces) {
  const auto is_journaled = [&journaled](const BlockedEmployer& one) {
    return std::ranges::find(journaled, one.token, &BlockedEmployer::token) != journaled.end();
  };
  if (std::ranges::all_of(renewed, is_journaled)) return std::optional<storage::NarrowingAct>();
  Employers sorted = renewed;
  std::ranges::sort(sorted, {}, &BlockedEmployer::token);
  NOREN_ASSIGN_OR_RETURN(narrowed.employers, NarrowedTo(person, sorted, replaces, context.random));
  return std::optional(MakeNarrowingAct(storage::NarrowingKind::kEmployerBlock, narrowed));
}

}  // namespace

StatusOr<bool> StageBlocks(ServiceContext& context, const LoadedPerson& person,
                           const NarrowedPerson& act, Change& change) {
  const NarrowedEmployers& narrowed = *act.employers;
  NOREN_ASSIGN_OR_RETURN(const Employers employers, EmployersOf(person, narrowed));
  EmployerKeys keys(context);
  // Without a key to put them under none is taken for one whose own key is gone.
  NOREN_RETURN_IF_ERROR(keys.InUse().status());
  Employers renewed;
  for (const BlockedEmployer& one : employers) {
    NOREN_ASSIGN_OR_RETURN(auto added, Reapplied(keys, person.person, one));
    if (added) renewed.push_back(std::move(*added));
  }
  // In place of what there is only when nothing of it is lost.
  const bool replaces = narrowed.replaces && renewed.size() == employers.size();
  NOREN_ASSIGN_OR_RETURN(
      std::optional<storage::NarrowingAct> anew,
      JournaledAnew(context, person, {person.person, {}, act.at}, employers, renewed, replaces));
  Employers all = replaces ? Employers() : person.record.blocked_employers;
  bool is_added = replaces;
  for (BlockedEmployer& one : renewed) {
    const auto is_same = [&one](const auto& other) { return other.token == one.token; };
    if (std::ranges::any_of(all, is_same)) continue;
    all.push_back(std::move(one));
    is_added = true;
  }
  const UnixSeconds at = std::max(person.record.blocked_at, act.at);
  if (!is_added && at == person.record.blocked_at) return false;
  if (all.size() > personal_data::kMaxBlockedEmployers)
    return model::MakeError(ErrorCode::kLimitReached, "blocked employers");
  NOREN_RETURN_IF_ERROR(StageRecord(context, person, {std::move(all), at}, change));
  if (anew) change.narrowing = std::move(*anew);
  return true;
}

bool IsBlocked(ServiceContext& context, const personal_data::PersonRecord& person,
               const std::optional<CompanyRecord>& company) {
  const Employers& blocked = person.blocked_employers;
  if (blocked.empty()) return false;
  if (!company) return true;
  EmployerKeys keys(context);
  const auto meets = [&](const model::CorporateNumber& number) {
    return std::ranges::any_of(blocked, [&](const BlockedEmployer& one) {
      return keys.Meets(person.person, one, number).value_or(true);  // nobody can tell: not asked
    });
  };
  return meets(company->number) || std::ranges::any_of(company->affiliates, meets);
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
