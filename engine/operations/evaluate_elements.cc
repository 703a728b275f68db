// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/evaluate_elements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/oprf/blind_evaluator.h"
#include "engine/audit/operation.h"
#include "engine/matching/parallel.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::EnrolmentCount;

constexpr std::size_t kRangesPerBatch = 16;  // each range of a batch has its own fixed cost
constexpr std::size_t kLeastRange = 32;

// The day that counts: never before one that was counted already.
StatusOr<EnrolmentCount> CountOfToday(ServiceContext& context, const std::string& key,
                                      const std::optional<Bytes>& stored) {
  const std::int32_t today = policy::TodayOf(context.policy, context.time.Now()).days_since_1970;
  if (!stored) return EnrolmentCount{today, 0};
  NOREN_ASSIGN_OR_RETURN(const EnrolmentCount count,
                         personal_data::DecodeEnrolmentCount(key, *stored, context.keys));
  return count.day < today ? EnrolmentCount{today, 0} : count;
}

Status RefusalOf(ServiceContext& context, const Call& call, const policy::Decision& decision,
                 const EnrolmentCount& count) {
  const Status refusal = policy::ToStatus(decision);
  if (decision.error != ErrorCode::kEnrolmentQuota) return refusal;
  const UnixSeconds now = context.time.Now();
  const std::int64_t wait_s = policy::NextDayOf(context.policy, now).value - now.value;
  const std::int64_t left = context.policy.enrolment.QuotaOf(call.principal.name) -
                            static_cast<std::int64_t>(count.elements);
  return model::WithRetryAfter(
      MakeFieldError(decision.error, "elements", "left today: " + std::to_string(left)), wait_s);
}

StatusOr<Attempt> StageCount(ServiceContext& context, const Call& call, std::size_t elements) {
  const std::string key = personal_data::keyspaces::EnrolmentQuotaKey(call.principal.name);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  NOREN_ASSIGN_OR_RETURN(EnrolmentCount count, CountOfToday(context, key, stored));
  const policy::Decision decision = policy::MayEvaluate(
      context.policy, {call.principal.name, static_cast<std::int64_t>(count.elements),
                       static_cast<std::int64_t>(elements)});
  if (!decision.allowed) return RefusalOf(context, call, decision, count);
  count.elements += elements;
  NOREN_ASSIGN_OR_RETURN(
      Bytes counted, personal_data::EncodeEnrolmentCount(key, count, context.keys, context.random));
  Attempt attempt;
  attempt.change.staged.Replace(key, stored, std::move(counted));
  attempt.change.entry.operation = audit::Operation::kEvaluateElements;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.clause_ids = decision.clauses;
  return attempt;
}

StatusOr<Evaluation> EvaluateUnder(ServiceContext& context, const StoredEnrolmentKey& key,
                                   const std::vector<oprf::Element>& elements) {
  NOREN_ASSIGN_OR_RETURN(oprf::ServerKey server_key,
                         ServerKeyOf(key.record.version, key.record.seed));
  const oprf::BlindEvaluator evaluator(std::move(server_key));
  auto proven = evaluator.BlindEvaluateWithProof(elements, context.random, OnAllProcessors());
  if (proven.ok()) return Evaluation{key.record.version, std::move(*proven)};
  const auto index = oprf::RefusedIndexOf(proven.status());
  if (!index) return MakeError(ErrorCode::kInternal, "evaluation");
  return MakeFieldError(ErrorCode::kBadElement, "elements[" + std::to_string(*index) + "]");
}

}  // namespace

oprf::RangeRunner OnAllProcessors() {
  return [](std::size_t count, const oprf::RangeWork& work) {
    const std::size_t grain =
        std::max(kLeastRange, (count + kRangesPerBatch - 1) / kRangesPerBatch);
    matching::ParallelFor(count, {.threads = 0, .grain = grain}, work);
  };
}

StatusOr<EvaluatedElements> EvaluateElements(ServiceContext& context, const Call& call,
                                             const EvaluateRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  const auto elements = oprf::SplitElements(request.elements);
  if (!elements.ok()) {
    return MakeFieldError(ErrorCode::kBadRequest, "elements", "1 to 10,000 of 32 bytes");
  }
  NOREN_ASSIGN_OR_RETURN(const auto keys, LoadLiveEnrolmentKeys(context));
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  const auto identity =
      IdentifyRequest(request.idempotency_key, "evaluate_elements", request.elements);
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageCount(context, call, elements->size());
                         }));
  EvaluatedElements answer;
  for (const StoredEnrolmentKey& key : keys) {
    NOREN_ASSIGN_OR_RETURN(Evaluation evaluation, EvaluateUnder(context, key, *elements));
    answer.evaluations.push_back(std::move(evaluation));
  }
  answer.position = std::move(run.position);
  return answer;
}

}  // namespace noren::operations
