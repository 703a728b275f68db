// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_plan.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/rights_record.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/retention_due.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using State = PlanRecord::State;

constexpr std::int64_t kHourSeconds = 3600;
constexpr std::size_t kPartsPerChange = 8;
constexpr std::size_t kMaxReasonBytes = 1200;

bool IsOfLevel(const DestructionRule& rule) {
  switch (rule.level) {
    case DestructionLevel::kPeople:
      return rule.by == SelectBy::kRequests || rule.by == SelectBy::kHandles ||
             rule.by == SelectBy::kIdleSince;
    case DestructionLevel::kItems:
      return rule.by == SelectBy::kItems || rule.by == SelectBy::kKindOlderThan;
    case DestructionLevel::kFile:
      return rule.by == SelectBy::kFile;
    case DestructionLevel::kHeld:
      return rule.by == SelectBy::kDueHolds || rule.by == SelectBy::kHolds;
    case DestructionLevel::kMedium:
      break;
  }
  return false;
}

Status CheckRequest(ServiceContext& context, const Call& call, const PlanRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.reason.size() < 3 || request.reason.size() > kMaxReasonBytes)
    return MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..300 characters");
  if (!IsOfLevel(request.rule)) return MakeFieldError(ErrorCode::kBadRequest, "by");
  if (request.rule.by == SelectBy::kFile && context.policy.FindFile(request.rule.file) == nullptr)
    return MakeFieldError(ErrorCode::kNotFound, "file");
  return OkStatus();
}

Bytes EncodeRequest(const PlanRequest& request) {
  const DestructionRule& rule = request.rule;
  RecordWriter writer;
  writer.U8(static_cast<std::uint8_t>(rule.level)).U8(static_cast<std::uint8_t>(rule.by));
  writer.I64(rule.older_than.value).Field(rule.file).Field(request.reason);
  writer.U8(rule.kind ? static_cast<std::uint8_t>(*rule.kind) : std::uint8_t{0});
  const auto size = [&writer](std::size_t count) { writer.U32(static_cast<std::uint32_t>(count)); };
  size(rule.requests.size());
  for (const model::RequestId& id : rule.requests) writer.Raw(id.bytes());
  size(rule.people.size());
  for (const NamedPerson& one : rule.people) writer.Field(one.portal).Raw(one.handle.bytes());
  size(rule.items.size());
  for (const NamedItem& one : rule.items)
    writer.Field(one.person.portal).Raw(one.person.handle.bytes()).Raw(one.item.bytes());
  for (const model::HoldId& id : rule.holds) writer.Raw(id.bytes());
  return writer.Take();
}

void WriteStatement(ServiceContext& context, const Hash256& targets, PlanRecord& plan) {
  personal_data::PlanStatement statement;
  statement.plan = plan.plan;
  statement.level = std::string(DestructionLevelName(plan.level));
  statement.by = std::string(SelectByName(plan.by));
  statement.file = plan.file;
  statement.targets = targets;
  statement.totals = {plan.counts.people, plan.counts.items, plan.counts.held_people,
                      plan.counts.held_items};
  statement.created_at = plan.created_at;
  statement.expires_at = plan.expires_at;
  statement.planned_by = plan.planner.key;
  statement.policy_version = context.policy.VersionText();
  plan.statement = personal_data::TextOf(statement);
  plan.digest = primitives::Sha256(AsBytes(plan.statement));
}

PlanRecord MakePlan(ServiceContext& context, const Call& call, const PlanRequest& request,
                    const Selection& selection) {
  PlanRecord plan;
  plan.plan = model::PlanId::Generate(context.random);
  plan.level = request.rule.level;
  plan.by = request.rule.by;
  plan.older_than = request.rule.older_than;
  plan.kind = request.rule.kind;
  plan.file = request.rule.file;
  plan.reason = request.reason;
  plan.planner = {call.principal.name, call.key};
  plan.created_at = context.time.Now();
  plan.expires_at = {plan.created_at.value +
                     context.policy.destruction.plan_valid_hours * kHourSeconds};
  plan.counts = selection.counts;
  const std::size_t count = selection.targets.size();
  plan.parts = static_cast<std::uint32_t>((count + kTargetsPerPart - 1) / kTargetsPerPart);
  WriteStatement(context, selection.digest, plan);
  return plan;
}

// Before the plan's own record: a crash leaves parts that no plan names, deleted at the next start.
Status StoreParts(ServiceContext& context, const Call& call, const PlanRecord& plan,
                  const std::vector<DestructionTarget>& targets) {
  for (std::uint32_t part = 0; part < plan.parts;) {
    Change change;
    change.entry = PlanDraft(call, audit::Operation::kPlanDestruction, plan);
    for (std::size_t i = 0; i < kPartsPerChange && part < plan.parts; ++i, ++part) {
      const auto begin = targets.begin() + static_cast<std::ptrdiff_t>(part * kTargetsPerPart);
      const auto left = static_cast<std::size_t>(targets.end() - begin);
      const auto end = begin + static_cast<std::ptrdiff_t>(std::min(left, kTargetsPerPart));
      NOREN_ASSIGN_OR_RETURN(
          Bytes stored, EncodePart({plan.plan, part}, {begin, end}, context.keys, context.random));
      change.staged.Put(keyspaces::DestructionPartKey(plan.plan, part), std::move(stored));
    }
    NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  }
  return OkStatus();
}

bool IsSameOfficer(const Call& call, const OfficerMark& planner) {
  const bool is_known = call.key != Hash256{} && planner.key != Hash256{};
  return call.principal.name == planner.name || !is_known || call.key == planner.key;
}

Status Refuse(ServiceContext& context, const Call& call, const PlanRecord& plan,
              const Status& why) {
  return RecordRefusal(context, PlanDraft(call, audit::Operation::kApproveDestruction, plan), why);
}

Status CheckApproval(ServiceContext& context, const Call& call, const LoadedPlan& plan,
                     const Hash256& digest) {
  const PlanRecord& record = plan.record;
  if (record.state == State::kVoid) return MakeError(ErrorCode::kPlanVoid);
  if (record.state != State::kPlanned) return MakeError(ErrorCode::kStateConflict);
  if (IsSameOfficer(call, record.planner))
    return Refuse(context, call, record, MakeError(ErrorCode::kApprovalRequired));
  if (digest != record.digest)
    return Refuse(context, call, record, MakeFieldError(ErrorCode::kStateConflict, "digest"));
  if (context.time.Now() >= record.expires_at)
    return VoidPlan(context, call, plan, MakeError(ErrorCode::kPlanVoid, "expired"));
  const Status same = SelectAgain(context, record).status();
  if (model::CodeOf(same) == ErrorCode::kPlanVoid) return VoidPlan(context, call, plan, same);
  return same;
}

}  // namespace

audit::EntryDraft PlanDraft(const Call& call, audit::Operation operation, const PlanRecord& plan) {
  audit::EntryDraft draft;
  draft.operation = operation;
  draft.principal = call.principal;
  draft.object = plan.plan.ToString();
  draft.statement_digest = plan.digest;
  return draft;
}

Status StagePlan(ServiceContext& context, const LoadedPlan& before, const PlanRecord& next,
                 personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Bytes stored, EncodePlan(next, context.keys, context.random));
  staged.Replace(keyspaces::DestructionPlanKey(next.plan), before.stored, std::move(stored));
  return OkStatus();
}

Status StageFileState(ServiceContext& context, const PlanRecord& plan, bool open,
                      personal_data::Staged& staged) {
  if (plan.level != DestructionLevel::kFile) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(auto file, LoadFile(context, plan.file));
  if (!file || file->key.state == FileKey::State::kDestroyed) return OkStatus();
  file->key.state = open ? FileKey::State::kOpen : FileKey::State::kClosed;
  file->key.since = context.time.Now();
  NOREN_ASSIGN_OR_RETURN(Bytes stored,
                         EncodeFileKey(plan.file, file->key, context.keys, context.random));
  staged.Replace(keyspaces::FileKeyKey(plan.file), std::move(file->stored), std::move(stored));
  return OkStatus();
}

Status VoidPlan(ServiceContext& context, const Call& call, const LoadedPlan& plan,
                const Status& why) {
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    PlanRecord next = plan.record;
    next.state = State::kVoid;
    NOREN_RETURN_IF_ERROR(StagePlan(context, plan, next, attempt.change.staged));
    if (plan.record.state == State::kApproved)
      NOREN_RETURN_IF_ERROR(StageFileState(context, next, true, attempt.change.staged));
    for (std::uint32_t part = 0; part < next.parts; ++part)
      attempt.change.staged.Delete(keyspaces::DestructionPartKey(next.plan, part));
    attempt.change.entry = PlanDraft(call, audit::Operation::kVoidDestruction, next);
    return attempt;
  });
  return recorded.ok() ? why : recorded.status();
}

StatusOr<PlannedDestruction> DryRunDestruction(ServiceContext& context, const Call& call,
                                               const PlanRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckRequest(context, call, request));
  NOREN_ASSIGN_OR_RETURN(const Selection selection, Select(context, request.rule));
  PlannedDestruction planned;
  planned.plan.level = request.rule.level;
  planned.plan.by = request.rule.by;
  planned.plan.counts = selection.counts;
  planned.targets = selection.digest;
  return planned;
}

namespace {

// What a plan may not do is in the log, with the clauses it is refused by.
Status RefusePlan(ServiceContext& context, const Call& call, const Status& why) {
  audit::EntryDraft entry;
  entry.operation = audit::Operation::kPlanDestruction;
  entry.principal = call.principal;
  return RecordRefusal(context, std::move(entry), why);
}

// Whether a word of the text is a request or a complaint on record, by its id or its number.
StatusOr<bool> CitesComplaint(ServiceContext& context, const std::string& text) {
  constexpr std::string_view kComplaint = "complaints/";
  std::string word;
  std::istringstream words(text);
  while (words >> word) {
    while (word.ends_with('.') || word.ends_with(',') || word.ends_with(')')) word.pop_back();
    std::string key;
    if (const auto request = model::RequestId::Parse(word); request.ok()) key = RightKey(*request);
    std::uint64_t number = 0;
    const char* const end = word.data() + word.size();
    if (word.starts_with(kComplaint) &&
        std::from_chars(word.data() + kComplaint.size(), end, number).ptr == end)
      key = keyspaces::RegisterKey("complaints", number);
    if (key.empty()) continue;
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
    if (stored) return true;
  }
  return false;
}

// Whoever complains, or uses their rights, is not destroyed for it.
Status CheckGround(ServiceContext& context, const Call& call, const PlanRequest& request) {
  if (request.rule.by != SelectBy::kHandles) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const bool cites, CitesComplaint(context, request.reason));
  if (!cites) return OkStatus();
  std::string detail = "a complaint or a request is no reason";
  for (const std::string& clause : policy::ClausesOfCancellation(context.policy, "yes"))
    detail += " " + clause;
  return RefusePlan(context, call, MakeFieldError(ErrorCode::kPolicyForbids, "reason", detail));
}

}  // namespace

StatusOr<PlannedDestruction> PlanDestruction(ServiceContext& context, const Call& call,
                                             const PlanRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckRequest(context, call, request));
  NOREN_RETURN_IF_ERROR(CheckGround(context, call, request));
  const auto identity =
      IdentifyRequest(request.idempotency_key, "plan_destruction", EncodeRequest(request));
  std::optional<PlanRecord> plan;
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        if (!plan) {
          const auto selected = Select(context, request.rule);
          if (model::CodeOf(selected.status()) == ErrorCode::kOnHold)
            return RefusePlan(context, call, selected.status());
          NOREN_RETURN_IF_ERROR(selected.status());
          const Selection& selection = *selected;
          if (selection.targets.empty()) return MakeError(ErrorCode::kNotFound, "nothing selected");
          PlanRecord made = MakePlan(context, call, request, selection);
          NOREN_RETURN_IF_ERROR(StoreParts(context, call, made, selection.targets));
          plan = std::move(made);
        }
        Attempt attempt;
        NOREN_ASSIGN_OR_RETURN(Bytes stored, EncodePlan(*plan, context.keys, context.random));
        attempt.change.staged.Replace(keyspaces::DestructionPlanKey(plan->plan), std::nullopt,
                                      std::move(stored));
        attempt.change.entry = PlanDraft(call, audit::Operation::kPlanDestruction, *plan);
        attempt.answer = {plan->plan.ToString()};
        return attempt;
      }));
  NOREN_ASSIGN_OR_RETURN(const auto id, model::PlanId::Parse(run.answer.at(0)));
  NOREN_ASSIGN_OR_RETURN(LoadedPlan loaded, LoadPlan(context, id));
  return PlannedDestruction{std::move(loaded.record), {}, std::move(run.position)};
}

StatusOr<EntryPosition> ApproveDestruction(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           const model::PlanId& id, const Hash256& digest) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  RecordWriter encoded;
  encoded.Raw(id.bytes()).Raw(digest);
  const auto identity = IdentifyRequest(idempotency_key, "approve_destruction", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const LoadedPlan plan, LoadPlan(context, id));
        NOREN_RETURN_IF_ERROR(CheckApproval(context, call, plan, digest));
        PlanRecord next = plan.record;
        next.state = State::kApproved;
        next.approver = {call.principal.name, call.key};
        next.approved_at = context.time.Now();
        Attempt attempt;
        NOREN_RETURN_IF_ERROR(StagePlan(context, plan, next, attempt.change.staged));
        NOREN_RETURN_IF_ERROR(StageFileState(context, next, false, attempt.change.staged));
        attempt.change.deadline = plan.record.expires_at;
        attempt.change.entry = PlanDraft(call, audit::Operation::kApproveDestruction, next);
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<std::vector<PlanRecord>> ListPlans(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  std::vector<PlanRecord> plans;
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, keyspaces::kDestructionPlan, [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto id,
                               personal_data::keyspaces::IdOfKey<model::PlanId>(one.key, 0));
        NOREN_ASSIGN_OR_RETURN(PlanRecord plan, DecodePlan(id, one.value, context.keys));
        plans.push_back(std::move(plan));
        return OkStatus();
      }));
  std::stable_sort(plans.begin(), plans.end(), [](const PlanRecord& a, const PlanRecord& b) {
    return a.created_at > b.created_at;
  });
  return plans;
}

StatusOr<PlanRecord> ReadPlan(ServiceContext& context, const Call& call,
                              const model::PlanId& plan) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(LoadedPlan loaded, LoadPlan(context, plan));
  return std::move(loaded.record);
}

StatusOr<std::vector<ListedReceipt>> ListRunReceipts(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  std::vector<ListedReceipt> receipts;
  NOREN_RETURN_IF_ERROR(VisitAll(
      context, keyspaces::kDestructionReceipt, [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto id,
                               personal_data::keyspaces::IdOfKey<model::ReceiptId>(one.key, 0));
        NOREN_ASSIGN_OR_RETURN(auto stored,
                               personal_data::DecodeRunReceipt(one.key, one.value, context.keys));
        receipts.push_back({id, std::move(stored)});
        return OkStatus();
      }));
  std::sort(receipts.begin(), receipts.end(), [](const ListedReceipt& a, const ListedReceipt& b) {
    return a.stored.audit_sequence < b.stored.audit_sequence;
  });
  return receipts;
}

StatusOr<ReceiptProof> ProveRunReceipt(ServiceContext& context, const Call& call,
                                       const model::ReceiptId& receipt) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::string key = keyspaces::DestructionReceiptKey(receipt);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  ReceiptProof proof;
  NOREN_ASSIGN_OR_RETURN(proof.stored, personal_data::DecodeRunReceipt(key, *stored, context.keys));
  proof.state = context.pipeline.log_state();
  const audit::LogReader reader(context.store, kEmbeddedPartition);
  NOREN_ASSIGN_OR_RETURN(proof.index,
                         audit::IndexOfSequence(proof.state, proof.stored.audit_sequence));
  NOREN_ASSIGN_OR_RETURN(const auto entries, reader.ReadEntries(proof.index, proof.index + 1));
  if (entries.size() != 1) return MakeError(ErrorCode::kDataCorrupt, "audit entry");
  proof.entry = entries.front().entry;
  NOREN_ASSIGN_OR_RETURN(proof.path,
                         reader.InclusionProof(proof.state, proof.index, proof.state.tree_size));
  return proof;
}

}  // namespace noren::operations
