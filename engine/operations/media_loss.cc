// A medium is lost: its key goes, an incident is opened, and both stay so after a restore.
// SPDX-License-Identifier: Apache-2.0
#include <iterator>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/media.h"
#include "engine/operations/root_change.h"
#include "engine/operations/stated_gate.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using policy::RegisterKind;

constexpr std::string_view kLostMedium = "lost medium";

AddRegisterEntryRequest EntryOf(RegisterKind kind, std::string_view step, std::string_view medium,
                                UnixSeconds at) {
  AddRegisterEntryRequest entry;
  entry.kind = kind;
  entry.step = step;
  entry.at = at;
  entry.subject = medium;
  return entry;
}

// In the register of media, and an incident of as many people as are on record. One entry of the
// log has the digests of both.
StatusOr<Attempt> StageEntries(ServiceContext& context, const Call& call, std::string_view medium,
                               UnixSeconds at) {
  NOREN_ASSIGN_OR_RETURN(
      Attempt lost,
      StageRegisterEntry(context, call, EntryOf(RegisterKind::kMedia, "lost", medium, at)));
  AddRegisterEntryRequest found =
      EntryOf(RegisterKind::kIncidents, "found", medium, context.time.Now());
  found.fields["kind"] = kLostMedium;
  NOREN_ASSIGN_OR_RETURN(Attempt incident, StageRegisterEntry(context, call, found));
  lost.change.staged.Append(std::move(incident.change.staged));
  std::ranges::move(incident.answer, std::back_inserter(lost.answer));
  audit::EntryDraft& entry = lost.change.entry;
  entry.clause_ids = JoinClauses(std::move(entry.clause_ids), incident.change.entry.clause_ids);
  RecordWriter digests;
  digests.Raw(entry.statement_digest.value_or(Hash256{}));
  digests.Raw(incident.change.entry.statement_digest.value_or(Hash256{}));
  entry.statement_digest = primitives::Sha256(digests.bytes());
  return lost;
}

Status StageLost(ServiceContext& context, MediumKey medium, std::optional<Bytes> stored,
                 personal_data::Staged& staged) {
  medium.state = MediumKey::State::kLost;
  medium.since = context.time.Now();
  NOREN_ASSIGN_OR_RETURN(Bytes value, EncodeMediumKey(medium, context.keys, context.random));
  staged.Replace(keyspaces::MediumKeyKey(HashOfMedium(medium.name)), std::move(stored),
                 std::move(value));
  return OkStatus();
}

StatusOr<Attempt> StageLoss(ServiceContext& context, const Call& call,
                            const LoseMediumRequest& request, RootChange& change) {
  NOREN_ASSIGN_OR_RETURN(std::optional<LoadedMedium> known, LoadMedium(context, request.medium));
  if (!known) return MakeError(ErrorCode::kNotFound);
  if (known->medium.state == MediumKey::State::kLost)
    return MakeError(ErrorCode::kStateConflict, "the medium is lost");
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageEntries(context, call, request.medium, request.at));
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t people, CountPeopleOnMedium(context, request.medium));
  attempt.answer.push_back(std::to_string(people));
  attempt.change.entry.operation = audit::Operation::kLoseMedium;
  DestructionAct act;
  act.level = DestructionLevel::kMedium;
  act.at = request.at;
  act.file = request.medium;
  act.targets.emplace_back().leaf = known->medium.leaf;
  NOREN_RETURN_IF_ERROR(StageLost(context, std::move(known->medium), std::move(known->stored),
                                  attempt.change.staged));
  const auto plan = change.Begin({act.targets.front().leaf});
  if (plan.ok()) {
    act.generation_after = (*plan)->new_root.generation;
    attempt.change.key_tree_root = (*plan)->new_root.Clone();
  } else if (model::CodeOf(plan.status()) == ErrorCode::kNotFound) {
    NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
    act.generation_after = root.generation;  // a restore had lost it before
  } else {
    return plan.status();
  }
  attempt.change.narrowing = MakeDestructionAct(act);
  return attempt;
}

}  // namespace

StatusOr<LostMedium> LoseMedium(ServiceContext& context, const Call& call,
                                const LoseMediumRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.at > context.time.Now())
    return MakeFieldError(ErrorCode::kBadRequest, "at", "in the future");
  RecordWriter said;
  said.Field(request.medium).I64(request.at.value);
  RootChange change(context);
  const auto identity = IdentifyRequest(request.idempotency_key, "lose_medium", said.bytes());
  StatusOr<RunResult> run =
      RunOnce(context, call, identity, [&] { return StageLoss(context, call, request, change); });
  NOREN_RETURN_IF_ERROR(change.End(run.status()));
  if (run->answer.size() != 3) return MakeError(ErrorCode::kDataCorrupt, "lost medium answer");
  return LostMedium{std::stoull(run->answer[0]), std::stoull(run->answer[1]),
                    std::stoull(run->answer[2]), std::move(run->position)};
}

Status RequireNoMediumKey(ServiceContext& context, const AddRegisterEntryRequest& request) {
  if (request.kind != RegisterKind::kMedia || request.step != "lost") return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto known, LoadMedium(context, request.subject));
  if (!known || known->medium.state == MediumKey::State::kLost) return OkStatus();
  return MakeFieldError(ErrorCode::kBadRequest, "step", "it has a key: lose_medium destroys it");
}

Status CountIncident(ServiceContext& context, policy::RegisteredStep& found) {
  if (found.kind != RegisterKind::kIncidents || found.step != "found") return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto known, LoadMedium(context, found.subject));
  if (!known) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t people, CountPeopleOnMedium(context, found.subject));
  const std::string counted = std::to_string(people);
  std::string& stated = found.fields["people"];
  if (!stated.empty() && stated != counted)
    return MakeFieldError(ErrorCode::kBadRequest, "fields.people", "on record: " + counted);
  stated = counted;
  return OkStatus();
}

StatusOr<std::size_t> LoseMediumAgain(ServiceContext& context, const DestructionAct& act) {
  NOREN_ASSIGN_OR_RETURN(std::optional<LoadedMedium> known, LoadMedium(context, act.file));
  if (known && known->medium.state == MediumKey::State::kLost) return std::size_t{0};
  const Call self{kServiceItself, "", {}};
  // What cannot be recorded under the policy of now is lost all the same.
  StatusOr<Attempt> staged = StageEntries(context, self, act.file, act.at);
  const ErrorCode code = model::CodeOf(staged.status());
  if (code == ErrorCode::kStorage || code == ErrorCode::kDataCorrupt) return staged.status();
  Change change;
  if (staged.ok()) change = std::move(staged->change);
  MediumKey medium;
  medium.name = act.file;
  medium.leaf = act.targets.empty() ? 0 : act.targets.front().leaf;
  if (known) medium = std::move(known->medium);
  NOREN_RETURN_IF_ERROR(StageLost(context, std::move(medium),
                                  known ? std::optional(std::move(known->stored)) : std::nullopt,
                                  change.staged));
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  return std::size_t{1};
}

}  // namespace noren::operations
