// What a policy refuses by itself and people look at again: a request by an agent where it takes
// none. No word of it is kept, and nobody is frozen by it.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/rights_work.h"
#include "engine/policy/statement_diff.h"

namespace noren::operations {
namespace {

constexpr std::string_view kGround = "E_AGENT_NOT_ACCEPTED";
constexpr std::size_t kIdBytes = 16;

// The same request sent twice is one case: its id follows from who sent it and its key.
StatusOr<model::RequestId> IdOf(const Call& call, const std::string& idempotency_key) {
  RecordWriter writer;
  writer.Field("right for review").Field(call.principal.name).Field(idempotency_key);
  const Hash256 digest = primitives::Sha256(writer.bytes());
  return model::RequestId::FromBytes(ByteSpan(digest).first(kIdBytes));
}

RightHead HeadFor(ServiceContext& context, const Call& call, const ReceiveRightRequest& request) {
  const UnixSeconds now = context.time.Now();
  RightHead head;
  head.right = request.handed_in.right;
  head.requester = request.handed_in.requester;
  head.channel = request.handed_in.channel;
  head.received_at = request.received_at.value == 0 ? now : request.received_at;
  head.carried_by = "officer " + call.principal.name;
  head.policy_version = context.policy.VersionText();
  head.state = RightState::kDecided;
  head.decision.outcome = RightOutcome::kRefused;
  head.decision.at = now;
  head.decision.by = std::string(kDecidedByPolicy);
  head.decision.ground = std::string(kGround);
  const auto explained = policy::Explain(context.policy, kGround);
  if (explained) head.decision.clauses = explained->clauses;
  return head;
}

}  // namespace

Status KeepForReview(ServiceContext& context, const Call& call, const ReceiveRightRequest& request,
                     const Status& refusal) {
  RightHead head = HeadFor(context, call, request);
  NOREN_ASSIGN_OR_RETURN(head.request, IdOf(call, request.idempotency_key));
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    audit::EntryDraft& entry = attempt.change.entry;
    entry.operation = audit::Operation::kReceiveRight;
    entry.principal = call.principal;
    entry.object = head.request.ToString();
    entry.decision = audit::Decision::kRefused;
    entry.outcome = model::CodeOf(refusal);
    entry.clause_ids = head.decision.clauses;
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, RightKey(head.request)));
    if (stored) return attempt;
    NOREN_RETURN_IF_ERROR(StageRightHead(context, head, std::nullopt, attempt.change.staged));
    return attempt;
  });
  return recorded.ok() ? refusal : recorded.status();
}

}  // namespace noren::operations
