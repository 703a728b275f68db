// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/registers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/announcements.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/media.h"
#include "engine/operations/personal_numbers.h"
#include "engine/operations/stated_gate.h"
#include "engine/policy/register_cases.h"
#include "engine/policy/register_gates.h"
#include "engine/policy/register_provisions.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using policy::RegisteredStep;
using policy::RegisterKind;

Status RecordReading(ServiceContext& context, const Call& call, std::string object) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kReadRegister;
                  attempt.change.entry.principal = call.principal;
                  attempt.change.entry.object = object;
                  return attempt;
                })
      .status();
}

RequestIdentity Identify(const AddRegisterEntryRequest& request) {
  RegisterEntry entry;
  entry.step = {request.kind,
                0,
                0,
                request.at,
                request.subject,
                request.step,
                request.clauses,
                request.parts,
                request.fields};
  entry.follows = request.follows;
  return IdentifyRequest(request.idempotency_key, "add_register_entry", EncodeRegisterEntry(entry));
}

// Numbers of documents are long numbers of somebody else's making, and no numbers of people.
constexpr std::string_view kNumberOf = "_number";

Status CheckWritten(ServiceContext& context, const AddRegisterEntryRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(context.policy, request.subject, "subject"));
  for (const auto& [name, value] : request.fields) {
    if (name.ends_with(kNumberOf)) continue;
    NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(context.policy, value, "fields"));
  }
  return OkStatus();
}

Status CheckRequest(ServiceContext& context, const AddRegisterEntryRequest& request) {
  if (request.at > context.time.Now())
    return MakeFieldError(ErrorCode::kBadRequest, "at", "in the future");
  if (!request.subject.empty() && !policy::IsRegisterLine(request.subject))
    return MakeFieldError(ErrorCode::kBadRequest, "subject");
  NOREN_RETURN_IF_ERROR(CheckWritten(context, request));
  // The register names people by a hash that an officer cannot write.
  if (request.kind == RegisterKind::kCases && request.step == "opened")
    return MakeFieldError(ErrorCode::kBadRequest, "step", "a case is opened by open_case");
  for (const auto* texts : {&request.clauses, &request.parts}) {
    if (texts->size() > audit::kMaxClauses)
      return MakeFieldError(ErrorCode::kTooLarge, texts == &request.parts ? "parts" : "clauses");
  }
  return RequireNoMediumKey(context, request);
}

// It is given access, and not because people consented to its task.
bool IsNewProcessor(const std::vector<RegisteredStep>& before, const RegisteredStep& next) {
  if (next.kind != RegisterKind::kProcessors || next.step != "enabled") return false;
  bool is_consented = false;
  for (const RegisteredStep& one : before) {
    const bool is_contract =
        one.kind == next.kind && one.subject == next.subject && one.step == "contracted";
    if (!is_contract) continue;
    const auto consent = one.fields.find("consent");
    is_consented = consent != one.fields.end() && !consent->second.empty();
  }
  return !is_consented;
}

// The entry as it would be stored now, which the policy lets be recorded, and the clauses that let
// it.
struct JudgedEntry {
  RegisterEntry entry;
  std::vector<std::string> clauses;
};
StatusOr<JudgedEntry> EntryOf(ServiceContext& context, const Call& call,
                              const AddRegisterEntryRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const auto entries, LoadRegister(context, request.kind));
  RegisterEntry entry;
  entry.step.kind = request.kind;
  entry.step.at = request.at;
  entry.step.subject = request.subject;
  entry.step.step = request.step;
  entry.step.clauses = request.clauses;
  entry.step.parts = request.parts;
  entry.step.fields = request.fields;
  entry.follows = request.follows;
  if (request.follows > entries.size())
    return MakeFieldError(ErrorCode::kBadRequest, "follows", "there is no such entry");
  if (request.follows > 0) {
    const RegisteredStep& earlier = entries[request.follows - 1].step;
    entry.step.case_number = earlier.case_number;
    if (entry.step.subject.empty()) entry.step.subject = earlier.subject;
  }
  entry.step.officer = call.principal.name;
  policy::CompleteComplaint(context.policy, entry.step);
  NOREN_RETURN_IF_ERROR(CountIncident(context, entry.step));
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> before, LoadRegisters(context));
  NOREN_RETURN_IF_ERROR(policy::MayRecord(context.policy, before, entry.step));
  if (IsNewProcessor(before, entry.step))
    NOREN_RETURN_IF_ERROR(RequireMadeKnown(context, entry.step.subject));
  std::vector<std::string> clauses = request.clauses;
  if (policy::IsOfProvision(request.kind)) {
    clauses = JoinClauses(std::move(clauses),
                          policy::MayRecordProvision(context.policy, before, entry.step).clauses);
  }
  entry.step.number = entries.size() + 1;
  if (entry.step.case_number == 0) entry.step.case_number = entry.step.number;
  entry.recorded_at = context.time.Now();
  entry.officer = call.principal.name;
  entry.policy_version = context.policy.VersionText();
  return JudgedEntry{std::move(entry), std::move(clauses)};
}

// A provision, or a use, that is refused by a clause is in the log before anybody hears of it.
Status Refused(ServiceContext& context, const Call& call, const AddRegisterEntryRequest& request,
               const Status& refusal) {
  const std::vector<std::string> clauses = policy::ClausesOf(refusal);
  const bool is_use =
      policy::IsOfProvision(request.kind) || request.kind == RegisterKind::kAdditionalUse;
  if (!is_use || clauses.empty()) return refusal;
  return RequireStated(
      context, call,
      {audit::Operation::kAddRegisterEntry, std::string(policy::RowOf(request.kind).name)},
      {false, model::CodeOf(refusal), clauses});
}

}  // namespace

StatusOr<Attempt> StageRegisterEntry(ServiceContext& context, const Call& call,
                                     const AddRegisterEntryRequest& request) {
  NOREN_ASSIGN_OR_RETURN(JudgedEntry judged, EntryOf(context, call, request));
  const RegisterEntry& entry = judged.entry;
  NOREN_ASSIGN_OR_RETURN(Bytes value, SealRegisterEntry(entry, context.keys, context.random));
  Attempt attempt;
  const std::string_view name = policy::RowOf(entry.step.kind).name;
  attempt.change.staged.Replace(keyspaces::RegisterKey(name, entry.step.number), std::nullopt,
                                std::move(value));
  attempt.change.entry.operation = audit::Operation::kAddRegisterEntry;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = RegisterEntryName(entry);
  attempt.change.entry.clause_ids = std::move(judged.clauses);
  attempt.change.entry.statement_digest = primitives::Sha256(EncodeRegisterEntry(entry));
  attempt.answer = {std::to_string(entry.step.number)};
  return attempt;
}

StatusOr<AddedRegisterEntry> AddRegisterEntry(ServiceContext& context, const Call& call,
                                              const AddRegisterEntryRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckRequest(context, request));
  StatusOr<RunResult> added = RunOnce(context, call, Identify(request),
                                      [&] { return StageRegisterEntry(context, call, request); });
  if (!added.ok()) return Refused(context, call, request, added.status());
  RunResult run = *std::move(added);
  if (run.answer.size() != 1) return MakeError(ErrorCode::kDataCorrupt, "register answer");
  return AddedRegisterEntry{std::stoull(run.answer[0]), std::move(run.position)};
}

StatusOr<std::vector<RegisterEntry>> ListRegister(ServiceContext& context, const Call& call,
                                                  policy::RegisterKind kind) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(RecordReading(context, call, std::string(policy::RowOf(kind).name)));
  return LoadRegister(context, kind);
}

StatusOr<std::vector<policy::DueRow>> ListDue(ServiceContext& context, const Call& call,
                                              model::Language language) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(RecordReading(context, call, "due"));
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> steps, LoadRegisters(context));
  return policy::DueInRegisters(context.policy, steps, context.time.Now(), language);
}

StatusOr<std::vector<RegisteredStep>> StepsOf(ServiceContext& context, RegisterKind kind) {
  NOREN_ASSIGN_OR_RETURN(auto entries, LoadRegister(context, kind));
  std::vector<RegisteredStep> steps;
  for (RegisterEntry& entry : entries) {
    entry.step.officer = std::move(entry.officer);
    steps.push_back(std::move(entry.step));
  }
  return steps;
}

// Of all registers, in the order of what happened.
StatusOr<std::vector<RegisteredStep>> LoadRegisters(ServiceContext& context) {
  std::vector<RegisteredStep> steps;
  for (const policy::RegisterRow& row : policy::AllRegisters()) {
    NOREN_ASSIGN_OR_RETURN(auto of_one, StepsOf(context, row.kind));
    std::ranges::move(of_one, std::back_inserter(steps));
  }
  std::ranges::stable_sort(steps, {}, &RegisteredStep::at);
  return steps;
}

StatusOr<std::vector<RegisterEntry>> LoadRegister(ServiceContext& context,
                                                  policy::RegisterKind kind) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::RegisterPrefix(policy::RowOf(kind).name)));
  std::vector<RegisterEntry> entries;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(entries.emplace_back(),
                           OpenRegisterEntry(item.key, item.value, context.keys));
    if (entries.back().step.number != entries.size())
      return MakeError(ErrorCode::kDataCorrupt, "a register lacks an entry");
  }
  return entries;
}

}  // namespace noren::operations
