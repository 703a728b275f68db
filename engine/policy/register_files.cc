// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_files.h"

#include <algorithm>
#include <optional>

#include "engine/model/errors.h"
#include "engine/policy/due_day.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated_rules.h"

namespace noren::policy {
namespace {

using model::CivilDay;
using model::ErrorCode;
using model::MakeFieldError;

constexpr std::string_view kEnded = "ended", kDestroyed = "destroyed", kReason = "reason";

const Entry* DestructionOf(const Policy& policy) {
  return policy.statement == nullptr ? nullptr : policy.statement->One("destruction");
}

Decision RefuseByTriggers(const Policy& policy, const Entry* destruction) {
  Basis basis(policy, Rule::kRetention);
  if (destruction != nullptr) basis.Rest(*destruction, "file_triggers");
  return basis.Refuse(ErrorCode::kPolicyForbids);
}

bool IsOf(const RegisteredStep& step, std::string_view name) {
  return step.kind == RegisterKind::kFiles && step.step == name;
}

bool IsDestroyed(std::span<const RegisteredStep> steps, const RegisteredStep& ended) {
  return std::ranges::any_of(steps, [&](const RegisteredStep& one) {
    return IsOf(one, kDestroyed) && one.case_number == ended.case_number;
  });
}

// The first of the policy's time limits for whole files that counts from this reason.
StatusOr<std::optional<DueDay>> DestructionOf(const Policy& policy, const RegisteredStep& ended,
                                              CivilDay today) {
  const std::vector<calendar::EventDay> events = {
      {std::string(ended.Field(kReason)), TodayOf(policy, ended.at)}};
  std::optional<DueDay> first;
  const Entry* destruction = DestructionOf(policy);
  if (destruction == nullptr) return first;
  for (const std::string_view id : destruction->Many("file_limits")) {
    NOREN_ASSIGN_OR_RETURN(const calendar::DateRule rule, StatedDateRule(policy, id));
    NOREN_ASSIGN_OR_RETURN(auto due, DueDayOf(policy, rule, events, today));
    if (due && (!first || due->last_day < first->last_day)) first = std::move(due);
  }
  return first;
}

}  // namespace

Status MayRecordFile(const Policy& policy, const RegisteredStep& next) {
  if (next.step != kEnded) return OkStatus();
  if (next.subject.empty()) return MakeFieldError(ErrorCode::kMissingField, "subject");
  if (policy.FindFile(next.subject) == nullptr)
    return MakeFieldError(ErrorCode::kBadRequest, "subject", "no file of the policy");
  const Entry* destruction = DestructionOf(policy);
  if (destruction != nullptr && destruction->Holds("file_triggers", next.Field(kReason)))
    return OkStatus();
  return ToStatus(RefuseByTriggers(policy, destruction));
}

Decision MayTakeIntoFile(const Policy& policy, std::span<const RegisteredStep> steps,
                         model::ItemKind kind, UnixSeconds now) {
  const FileRule* file = policy.FileOf(kind);
  const bool has_ended =
      file != nullptr && std::ranges::any_of(steps, [&](const RegisteredStep& one) {
        return IsOf(one, kEnded) && one.subject == file->id && one.at <= now;
      });
  if (has_ended) return RefuseByTriggers(policy, DestructionOf(policy));
  return Basis(policy, Rule::kCollectItem).Allow();
}

StatusOr<std::vector<DueRow>> EndedFiles(const Policy& policy,
                                         std::span<const RegisteredStep> steps, CivilDay today,
                                         model::Language language) {
  std::vector<DueRow> rows;
  for (const RegisteredStep& ended : steps) {
    if (!IsOf(ended, kEnded) || IsDestroyed(steps, ended)) continue;
    NOREN_ASSIGN_OR_RETURN(const auto by, DestructionOf(policy, ended, today));
    DueRow row;
    row.kind = RegisterKind::kFiles;
    row.state = by && by->last_day < today ? DueState::kOverdue : DueState::kOpen;
    if (by && !by->clauses.empty()) row.clause = by->clauses[0];
    row.what = std::string(FindRegisterStep(row.kind, kDestroyed)->labels.In(language));
    row.subject = ended.subject;
    row.number = ended.number;
    row.last = TodayOf(policy, ended.at);
    if (by) row.last_day = by->last_day;
    row.officer = ended.officer;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace noren::policy
