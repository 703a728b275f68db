// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/legal_holds.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destruction_record.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_hold_acts.h"
#include "engine/operations/scan.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/retention_due.h"
#include "engine/policy/stated/holds.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::HoldAddress;
using personal_data::HoldRecord;

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kAccessLifeSeconds = 3600;
constexpr std::size_t kMaxAuthorityBytes = 200;
constexpr std::size_t kMaxReasonBytes = 1200;
constexpr std::size_t kMaxChunkBytes = std::size_t{256} << 10;

Status CheckReason(const std::string& reason) {
  if (reason.size() >= 3 && reason.size() <= kMaxReasonBytes) return OkStatus();
  return MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..300 characters");
}

Status CheckPlace(ServiceContext& context, const PlaceHoldRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckReason(request.reason));
  if (request.authority.size() < 3 || request.authority.size() > kMaxAuthorityBytes)
    return MakeFieldError(ErrorCode::kBadRequest, "authority", "law and article, 3..200 bytes");
  const policy::HoldRules& rules = context.policy.holds;
  if (request.kinds.empty()) return MakeFieldError(ErrorCode::kBadRequest, "kinds");
  for (const model::ItemKind kind : request.kinds) {
    if (std::find(rules.items.begin(), rules.items.end(), kind) == rules.items.end())
      return MakeFieldError(ErrorCode::kPolicyForbids, "kinds", model::ItemKindName(kind));
  }
  const std::int64_t now = context.time.Now().value;
  if (request.until.value <= now || request.until.value > now + rules.max_days * kDaySeconds)
    return MakeFieldError(ErrorCode::kOutOfRange, "until");
  return OkStatus();
}

struct LoadedHold {
  HoldRecord record;
  std::shared_ptr<const personal_data::PersonKeys> keys;
  Bytes stored;
};

//   errors   kNotFound: none, or its copy is destroyed
StatusOr<LoadedHold> LoadHold(ServiceContext& context, const model::HoldId& hold) {
  const std::string key = keyspaces::HoldKey(hold);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const HoldAddress address,
                         personal_data::OpenHoldAddress(key, *stored, context.keys));
  LoadedHold loaded;
  NOREN_ASSIGN_OR_RETURN(loaded.keys, context.keyring.Open(address.leaf));
  NOREN_ASSIGN_OR_RETURN(loaded.record,
                         personal_data::DecodeHold(key, *stored, *loaded.keys, context.keys));
  loaded.stored = std::move(*stored);
  return loaded;
}

// Raises the count of changes that a beginning destruction is conditional on.
Status StageEpoch(ServiceContext& context, personal_data::Staged& staged) {
  const std::string key = HoldEpochKey();
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  RecordReader reader(stored ? ByteSpan(*stored) : ByteSpan());
  const std::uint64_t epoch = stored ? reader.U64() : 0;
  staged.Replace(key, std::move(stored), RecordWriter().U64(epoch + 1).Take());
  return OkStatus();
}

audit::EntryDraft DraftFor(const Call& call, audit::Operation operation, const HoldRecord& record,
                           const model::HoldId& hold) {
  audit::EntryDraft draft;
  draft.operation = operation;
  draft.principal = call.principal;
  draft.subject = record.address.person.ToString();
  draft.object = hold.ToString();
  return draft;
}

StatusOr<Attempt> StagePlacing(ServiceContext& context, const Call& call,
                               const PlaceHoldRequest& request, const model::HoldId& hold,
                               const personal_data::AddedLeaf& leaf) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, request.portal, request.handle));
  Attempt attempt;
  NOREN_RETURN_IF_ERROR(RequireNoDestruction(context, attempt.change.staged));
  NOREN_RETURN_IF_ERROR(StageEpoch(context, attempt.change.staged));
  HoldRecord record;
  record.address = {HoldAddress::State::kActive, leaf.leaf,     person.person,
                    context.time.Now(),          request.until, request.authority};
  record.content.handle_commitment = personal_data::CommitToHeldHandle(hold, request.handle);
  record.content.reason = request.reason;
  NOREN_ASSIGN_OR_RETURN(record.content.items,
                         CopyItems(context, person, {request.kinds, *leaf.keys}));
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  NOREN_RETURN_IF_ERROR(
      StageHold(context, {hold, record, *leaf.keys}, std::nullopt, attempt.change.staged));
  attempt.change.narrowing = MakeHoldAct(
      {hold, record.address, request.kinds, request.reason, record.content.handle_commitment});
  attempt.change.entry = DraftFor(call, audit::Operation::kPlaceHold, record, hold);
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  attempt.answer = {hold.ToString()};
  return attempt;
}

}  // namespace

std::string HoldEpochKey() { return personal_data::keyspaces::StateKey("hold-epoch"); }

StatusOr<PlacedHold> PlaceHold(ServiceContext& context, const Call& call,
                               const PlaceHoldRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckPlace(context, request));
  const policy::Decision may = policy::MayHold(context.policy, request.authority);
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {audit::Operation::kPlaceHold, ""}, may));
  RecordWriter encoded;
  encoded.Field(request.portal).Raw(request.handle.bytes()).I64(request.until.value);
  for (const model::ItemKind kind : request.kinds) encoded.U8(static_cast<std::uint8_t>(kind));
  encoded.Field(request.authority).Field(request.reason);
  const auto identity = IdentifyRequest(request.idempotency_key, "place_hold", encoded.bytes());
  std::optional<personal_data::AddedLeaf> leaf;
  const auto hold = model::HoldId::Generate(context.random);
  const auto stage = [&]() -> StatusOr<Attempt> {
    if (!leaf) {
      NOREN_ASSIGN_OR_RETURN(leaf, context.keyring.AddLeaf());
    }
    NOREN_ASSIGN_OR_RETURN(Attempt attempt, StagePlacing(context, call, request, hold, *leaf));
    attempt.change.entry.clause_ids = may.clauses;
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, stage));
  NOREN_ASSIGN_OR_RETURN(const auto placed, model::HoldId::Parse(run.answer.at(0)));
  return PlacedHold{placed, std::move(run.position)};
}

namespace {

// False when the copy is destroyed.
StatusOr<bool> Summarize(ServiceContext& context, const model::HoldId& hold, HoldSummary& summary) {
  StatusOr<LoadedHold> loaded = LoadHold(context, hold);
  if (model::CodeOf(loaded.status()) == ErrorCode::kNotFound) return false;
  NOREN_RETURN_IF_ERROR(loaded.status());
  summary.hold = hold;
  summary.due = IsDue(context, loaded->record.address);
  // Of a hold that ends at midnight the day before is the last.
  const model::CivilDay last =
      policy::TodayOf(context.policy, {loaded->record.address.until.value - 1});
  NOREN_ASSIGN_OR_RETURN(const auto by, policy::DestructionOfKept(context.policy, last, last));
  summary.destroy_by = by ? by->last_day : last;
  summary.address = std::move(loaded->record.address);
  summary.handle_commitment = loaded->record.content.handle_commitment;
  summary.items = std::move(loaded->record.content.items);
  for (personal_data::HeldItem& held : summary.items) held.header.clear();
  summary.accesses = std::move(loaded->record.content.accesses);
  return true;
}

}  // namespace

StatusOr<std::vector<HoldSummary>> ListHolds(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  std::vector<HoldSummary> holds;
  const auto add = [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto hold,
                           personal_data::keyspaces::IdOfKey<model::HoldId>(item.key, 0));
    HoldSummary summary;
    NOREN_ASSIGN_OR_RETURN(const bool is_there, Summarize(context, hold, summary));
    if (is_there) holds.push_back(std::move(summary));
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, keyspaces::kHold, add));
  return holds;
}

StatusOr<EntryPosition> ReleaseHold(ServiceContext& context, const Call& call,
                                    const std::string& idempotency_key, const model::HoldId& hold,
                                    const std::string& reason) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckReason(reason));
  RecordWriter encoded;
  encoded.Raw(hold.bytes()).Field(reason);
  const auto identity = IdentifyRequest(idempotency_key, "release_hold", encoded.bytes());
  const auto stage = [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(LoadedHold loaded, LoadHold(context, hold));
    if (loaded.record.address.state == HoldAddress::State::kReleased)
      return MakeError(ErrorCode::kStateConflict, "released already");
    Attempt attempt;
    NOREN_RETURN_IF_ERROR(RequireNoDestruction(context, attempt.change.staged));
    NOREN_RETURN_IF_ERROR(StageEpoch(context, attempt.change.staged));
    loaded.record.address.state = HoldAddress::State::kReleased;
    loaded.record.address.until = context.time.Now();
    NOREN_RETURN_IF_ERROR(StageHold(context, {hold, loaded.record, *loaded.keys},
                                    std::move(loaded.stored), attempt.change.staged));
    attempt.change.narrowing = MakeHoldAct(
        {hold, loaded.record.address, {}, reason, loaded.record.content.handle_commitment});
    attempt.change.entry = DraftFor(call, audit::Operation::kReleaseHold, loaded.record, hold);
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, stage));
  return std::move(run.position);
}

StatusOr<OpenedHeld> OpenHeldItem(ServiceContext& context, const Call& call,
                                  const OpenHeldRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckReason(request.reason));
  NOREN_RETURN_IF_ERROR(personal_data::CheckRecipient(request.recipient));
  const policy::Decision may = policy::MayOpenHeld(context.policy, request.reason);
  const AskedOf asked{audit::Operation::kReadHeld, request.hold.ToString()};
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, asked, may));
  OpenedHeld opened;
  const auto stage = [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(LoadedHold loaded, LoadHold(context, request.hold));
    personal_data::HoldContent& content = loaded.record.content;
    const auto held =
        std::find_if(content.items.begin(), content.items.end(),
                     [&](const personal_data::HeldItem& one) { return one.item == request.item; });
    if (held == content.items.end()) return MakeError(ErrorCode::kNotFound);
    opened.header = held->header;
    opened.custody = held->custody;
    if (held->custody == model::Custody::kOperator) {
      NOREN_ASSIGN_OR_RETURN(
          opened.header,
          personal_data::Rewrap(*loaded.keys, held->header, {request.recipient}, context.random));
    }
    opened.payload_size_bytes = held->payload_size_bytes;
    if (content.accesses.size() >= personal_data::kMaxHoldAccesses)
      content.accesses.erase(content.accesses.begin());
    content.accesses.push_back(
        {context.time.Now(), call.principal.name, request.item, request.reason});
    Attempt attempt;
    NOREN_RETURN_IF_ERROR(StageHold(context, {request.hold, loaded.record, *loaded.keys},
                                    std::move(loaded.stored), attempt.change.staged));
    attempt.change.entry = DraftFor(call, audit::Operation::kReadHeld, loaded.record, request.hold);
    attempt.change.entry.clause_ids = may.clauses;
    return attempt;
  };
  NOREN_ASSIGN_OR_RETURN(opened.position, Record(context, stage));
  return opened;
}

StatusOr<Bytes> ReadHeldPayload(ServiceContext& context, const Call& call,
                                const model::HoldId& hold, const model::ItemId& item,
                                std::uint64_t offset) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const LoadedHold loaded, LoadHold(context, hold));
  const personal_data::HoldContent& content = loaded.record.content;
  const std::int64_t since_s = context.time.Now().value - kAccessLifeSeconds;
  const bool is_recorded = std::any_of(
      content.accesses.begin(), content.accesses.end(), [&](const personal_data::HoldAccess& one) {
        return one.officer == call.principal.name && one.item == item && one.at.value >= since_s;
      });
  if (!is_recorded) return MakeFieldError(ErrorCode::kReasonRequired, "reason");
  for (const personal_data::HeldItem& held : content.items) {
    if (held.item == item) return context.blobs.ReadAt(held.payload_sha256, offset, kMaxChunkBytes);
  }
  return MakeError(ErrorCode::kNotFound);
}

StatusOr<std::vector<model::HoldId>> HoldsOf(ServiceContext& context,
                                             const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::HoldOfPrefix(person)));
  std::vector<model::HoldId> holds;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto hold,
                           personal_data::keyspaces::IdOfKey<model::HoldId>(item.key, 1));
    holds.push_back(hold);
  }
  return holds;
}

bool IsDue(ServiceContext& context, const HoldAddress& address) {
  if (address.state == HoldAddress::State::kReleased) return true;
  return context.time.trusted() && address.until <= context.time.Now();
}

Status VisitLeavesOfHolds(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use) {
  return VisitAll(context, keyspaces::kHold, [&](const storage::KeyValue& item) -> Status {
    const auto address = personal_data::OpenHoldAddress(item.key, item.value, context.keys);
    if (address.ok()) use(address->leaf);
    return OkStatus();
  });
}

Status VisitHeldPayloads(ServiceContext& context, const std::function<void(const Hash256&)>& use) {
  return VisitAll(context, keyspaces::kHold, [&](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto hold,
                           personal_data::keyspaces::IdOfKey<model::HoldId>(item.key, 0));
    const StatusOr<LoadedHold> loaded = LoadHold(context, hold);
    if (model::CodeOf(loaded.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(loaded.status());
    for (const personal_data::HeldItem& held : loaded->record.content.items)
      use(held.payload_sha256);
    return OkStatus();
  });
}

}  // namespace noren::operations
