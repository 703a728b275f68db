// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_select.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/model/profile.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::string_view kDigestDomain = "noren/destruction-targets/1";

// Every hold of every person, read once.
class HoldMarks {
 public:
  static StatusOr<HoldMarks> Read(ServiceContext& context) {
    std::map<model::PersonId, std::vector<model::HoldId>> holds;
    NOREN_RETURN_IF_ERROR(
        VisitAll(context, keyspaces::kHoldOf, [&](const storage::KeyValue& item) -> Status {
          NOREN_ASSIGN_OR_RETURN(const auto person,
                                 person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
          NOREN_ASSIGN_OR_RETURN(const auto hold,
                                 person_keyspaces::IdOfKey<model::HoldId>(item.key, 1));
          holds[person].push_back(hold);
          return OkStatus();
        }));
    HoldMarks marks;
    for (const auto& [person, of_person] : holds) {
      primitives::Sha256Hasher hasher;
      for (const model::HoldId& hold : of_person) hasher.Update(hold.bytes());
      const Hash256 hash = hasher.Finish();
      marks.marks_[person] = RecordReader(hash).U64() | 1;  // never 0, which is "none"
    }
    return marks;
  }
  std::uint64_t Of(const model::PersonId& person) const {
    const auto found = marks_.find(person);
    return found == marks_.end() ? 0 : found->second;
  }

 private:
  std::map<model::PersonId, std::uint64_t> marks_;
};

StatusOr<DestructionTarget> TargetOf(ServiceContext& context, const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, person_keyspaces::PersonKey(person)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const auto address,
                         personal_data::OpenPersonAddress(person, *stored, context.keys));
  return DestructionTarget{person, {}, {}, address.leaf, 0};
}

StatusOr<DestructionTarget> TargetOf(ServiceContext& context, const model::PersonId& person,
                                     const model::ItemId& item) {
  const std::string key = person_keyspaces::ItemKey(person, item);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const auto placed,
                         personal_data::ReadPlacedItem(key, *stored, context.keys));
  return DestructionTarget{person, item, {}, placed.place.leaf, 0};
}

// kOnHold until its end date.
StatusOr<DestructionTarget> TargetOf(ServiceContext& context, const model::HoldId& hold) {
  const std::string key = keyspaces::HoldKey(hold);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const auto address,
                         personal_data::OpenHoldAddress(key, *stored, context.keys));
  if (!IsDue(context, address)) return MakeError(ErrorCode::kOnHold, hold.ToString());
  return DestructionTarget{address.person, {}, hold, address.leaf, 0};
}

StatusOr<model::PersonId> PersonOf(ServiceContext& context, const NamedPerson& named) {
  const std::string key = person_keyspaces::HandleKey(named.portal, named.handle);
  NOREN_ASSIGN_OR_RETURN(const auto pointer, ReadOne(context, key));
  if (!pointer) return MakeError(ErrorCode::kNotFound);
  return personal_data::DecodePersonPointer(key, *pointer, context.keys);
}

using Targets = std::vector<DestructionTarget>;

Status AddRequests(ServiceContext& context, const DestructionRule& rule, Targets& targets) {
  for (const model::RequestId& id : rule.requests) {
    NOREN_ASSIGN_OR_RETURN(const auto stored,
                           ReadOne(context, person_keyspaces::ErasureRequestKey(id)));
    if (!stored) return MakeError(ErrorCode::kNotFound, id.ToString());
    NOREN_ASSIGN_OR_RETURN(const ErasureRequest request,
                           DecodeErasureRequest(id, *stored, context.keys));
    if (request.state != ErasureRequest::State::kOpen)
      return MakeError(ErrorCode::kStateConflict, id.ToString());
    NOREN_ASSIGN_OR_RETURN(auto target, TargetOf(context, request.person));
    targets.push_back(target);
  }
  return OkStatus();
}

Status AddHandles(ServiceContext& context, const DestructionRule& rule, Targets& targets) {
  for (const NamedPerson& named : rule.people) {
    NOREN_ASSIGN_OR_RETURN(const auto person, PersonOf(context, named));
    NOREN_ASSIGN_OR_RETURN(auto target, TargetOf(context, person));
    targets.push_back(target);
  }
  return OkStatus();
}

Status AddItems(ServiceContext& context, const DestructionRule& rule, Targets& targets) {
  for (const NamedItem& named : rule.items) {
    NOREN_ASSIGN_OR_RETURN(const auto person, PersonOf(context, named.person));
    NOREN_ASSIGN_OR_RETURN(auto target, TargetOf(context, person, named.item));
    targets.push_back(target);
  }
  return OkStatus();
}

Status AddIdle(ServiceContext& context, UnixSeconds since, Targets& targets) {
  return VisitAll(context, person_keyspaces::kPerson, [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PersonId>(one.key, 0));
    const StatusOr<LoadedPerson> person = LoadPerson(context, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(person.status());
    NOREN_ASSIGN_OR_RETURN(const UnixSeconds active_at, ActiveAt(context, *person));
    if (active_at >= since) return OkStatus();
    targets.push_back({id, {}, {}, person->record.address.leaf, 0});
    return targets.size() > kMaxTargets ? MakeError(ErrorCode::kTooLarge, "targets") : OkStatus();
  });
}

Status AddOfKind(ServiceContext& context, model::ItemKind kind, UnixSeconds before,
                 Targets& targets) {
  return VisitAll(context, person_keyspaces::kItem, [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto person_id,
                           person_keyspaces::IdOfKey<model::PersonId>(one.key, 0));
    NOREN_ASSIGN_OR_RETURN(const auto item_id,
                           person_keyspaces::IdOfKey<model::ItemId>(one.key, 1));
    const StatusOr<LoadedPerson> person = LoadPerson(context, person_id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(person.status());
    const auto item = OpenStoredItem(context, *person, item_id, one.value);
    if (model::CodeOf(item.status()) == ErrorCode::kNotFound) return OkStatus();
    NOREN_RETURN_IF_ERROR(item.status());
    if (item->record.kind != kind || item->record.created_at >= before) return OkStatus();
    targets.push_back({person_id, item_id, {}, item->place.leaf, 0});
    return targets.size() > kMaxTargets ? MakeError(ErrorCode::kTooLarge, "targets") : OkStatus();
  });
}

Status AddHolds(ServiceContext& context, const DestructionRule& rule, Targets& targets) {
  for (const model::HoldId& hold : rule.holds) {
    NOREN_ASSIGN_OR_RETURN(auto target, TargetOf(context, hold));
    targets.push_back(target);
  }
  return OkStatus();
}

Status AddDueHolds(ServiceContext& context, Targets& targets) {
  return VisitAll(context, keyspaces::kHold, [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto hold, person_keyspaces::IdOfKey<model::HoldId>(one.key, 0));
    StatusOr<DestructionTarget> target = TargetOf(context, hold);
    if (model::CodeOf(target.status()) == ErrorCode::kOnHold) return OkStatus();
    NOREN_RETURN_IF_ERROR(target.status());
    targets.push_back(*target);
    return OkStatus();
  });
}

Status AddFile(ServiceContext& context, const std::string& name, Targets& targets) {
  NOREN_ASSIGN_OR_RETURN(const auto file, LoadFile(context, name));
  if (!file || file->key.state == FileKey::State::kDestroyed)
    return MakeError(ErrorCode::kNotFound, "file");
  targets.push_back({{}, {}, {}, file->key.leaf, 0});
  return OkStatus();
}

bool IsByTime(SelectBy by) {
  return by == SelectBy::kIdleSince || by == SelectBy::kKindOlderThan || by == SelectBy::kDueHolds;
}

Status AddTargets(ServiceContext& context, const DestructionRule& rule, Targets& targets) {
  if (IsByTime(rule.by) && !context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  switch (rule.by) {
    case SelectBy::kRequests:
      return AddRequests(context, rule, targets);
    case SelectBy::kHandles:
      return AddHandles(context, rule, targets);
    case SelectBy::kIdleSince:
      return AddIdle(context, rule.older_than, targets);
    case SelectBy::kItems:
      return AddItems(context, rule, targets);
    case SelectBy::kKindOlderThan:
      if (!rule.kind) return MakeFieldError(ErrorCode::kBadRequest, "kind");
      return AddOfKind(context, *rule.kind, rule.older_than, targets);
    case SelectBy::kFile:
      return AddFile(context, rule.file, targets);
    case SelectBy::kDueHolds:
      return AddDueHolds(context, targets);
    case SelectBy::kHolds:
      return AddHolds(context, rule, targets);
  }
  return MakeFieldError(ErrorCode::kBadRequest, "by");
}

auto IdsOf(const DestructionTarget& target) {
  return std::tie(target.person, target.item, target.hold);
}

Hash256 DigestOf(const DestructionRule& rule, Targets targets) {
  std::sort(targets.begin(), targets.end(),
            [](const auto& a, const auto& b) { return IdsOf(a) < IdsOf(b); });
  primitives::Sha256Hasher hasher;
  RecordWriter head;
  head.Field(kDigestDomain).U8(static_cast<std::uint8_t>(rule.level)).Field(rule.file);
  hasher.Update(head.bytes());
  for (const DestructionTarget& target : targets) {
    RecordWriter writer;
    writer.Raw(target.person.bytes()).Raw(target.item.bytes()).Raw(target.hold.bytes());
    hasher.Update(writer.U64(target.holds_mark).bytes());
  }
  return hasher.Finish();
}

StatusOr<Selection> Finish(ServiceContext& context, const DestructionRule& rule, Targets targets) {
  NOREN_ASSIGN_OR_RETURN(const HoldMarks marks, HoldMarks::Read(context));
  for (DestructionTarget& target : targets) target.holds_mark = marks.Of(target.person);
  std::sort(targets.begin(), targets.end(),
            [](const auto& a, const auto& b) { return a.leaf < b.leaf; });
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  if (targets.size() > kMaxTargets) return MakeError(ErrorCode::kTooLarge, "targets");
  Selection selection;
  selection.targets = std::move(targets);
  selection.digest = DigestOf(rule, selection.targets);
  NOREN_RETURN_IF_ERROR(CountSelection(context, rule, selection));
  return selection;
}

// Of what a plan lists, what is still there; kOnHold cannot come: a due copy stays due.
StatusOr<std::optional<DestructionTarget>> StillThere(ServiceContext& context,
                                                      DestructionLevel level,
                                                      const DestructionTarget& planned) {
  StatusOr<DestructionTarget> now = MakeError(ErrorCode::kNotFound);
  if (level == DestructionLevel::kPeople) now = TargetOf(context, planned.person);
  if (level == DestructionLevel::kItems) now = TargetOf(context, planned.person, planned.item);
  if (level == DestructionLevel::kHeld) now = TargetOf(context, planned.hold);
  if (model::CodeOf(now.status()) == ErrorCode::kNotFound)
    return std::optional<DestructionTarget>();
  // A record that does not open is still there, and so is its leaf.
  if (model::CodeOf(now.status()) == ErrorCode::kDataCorrupt) return std::optional(planned);
  NOREN_RETURN_IF_ERROR(now.status());
  return std::optional(*now);
}

DestructionRule RuleOf(const PlanRecord& plan) {
  DestructionRule rule;
  rule.level = plan.level;
  rule.by = plan.by;
  rule.kind = plan.kind;
  rule.older_than = plan.older_than;
  rule.file = plan.file;
  return rule;
}

Status Void(std::string_view why) { return MakeError(ErrorCode::kPlanVoid, why); }

// Both without marks. What is only in `planned` and still there was left out by the rule.
bool HasSameIds(const Targets& planned, const Targets& now) {
  const auto ids = [](const Targets& targets) {
    std::vector<std::tuple<model::PersonId, model::ItemId, model::HoldId>> sorted;
    for (const DestructionTarget& target : targets) sorted.push_back(IdsOf(target));
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  };
  return ids(planned) == ids(now);
}

}  // namespace

StatusOr<UnixSeconds> ActiveAt(ServiceContext& context, const LoadedPerson& person) {
  const personal_data::PersonRecord& record = person.record;
  UnixSeconds at = std::max(record.registered_at, record.discoverability.given_at);
  const StatusOr<model::Profile> profile = model::DecodeProfile(record.profile);
  if (profile.ok() && profile->confirmed_on)
    at = std::max(at, UnixSeconds{profile->confirmed_on->days_since_1970 * kDaySeconds});
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    const auto consent = LoadConsentOf(context, person, invitation.consent);
    // Who answered cannot be told then; nobody is idle because of that.
    if (model::CodeOf(consent.status()) == ErrorCode::kDataCorrupt) return context.time.Now();
    NOREN_RETURN_IF_ERROR(consent.status());
    at = std::max({at, consent->consent.answered_at, consent->consent.withdrawn_at});
  }
  return at;
}

StatusOr<Selection> Select(ServiceContext& context, const DestructionRule& rule) {
  Targets targets;
  NOREN_RETURN_IF_ERROR(AddTargets(context, rule, targets));
  return Finish(context, rule, std::move(targets));
}

StatusOr<Selection> SelectAgain(ServiceContext& context, const PlanRecord& plan) {
  const DestructionRule rule = RuleOf(plan);
  Targets planned, there;
  for (std::uint32_t part = 0; part < plan.parts; ++part) {
    NOREN_ASSIGN_OR_RETURN(const Targets of_part, LoadPart(context, {plan.plan, part}));
    planned.insert(planned.end(), of_part.begin(), of_part.end());
  }
  if (plan.level == DestructionLevel::kFile) {
    NOREN_RETURN_IF_ERROR(AddFile(context, plan.file, there));
    return Finish(context, rule, std::move(there));  // whole, whatever is in it
  }
  Targets kept;
  for (const DestructionTarget& one : planned) {
    NOREN_ASSIGN_OR_RETURN(auto now, StillThere(context, plan.level, one));
    if (!now) continue;
    there.push_back(*now);
    kept.push_back(one);
  }
  if (IsByTime(plan.by)) {
    Targets by_rule;
    NOREN_RETURN_IF_ERROR(AddTargets(context, rule, by_rule));
    if (!HasSameIds(there, by_rule)) return Void("the rule selects others now");
  }
  NOREN_ASSIGN_OR_RETURN(Selection now, Finish(context, rule, std::move(there)));
  std::map<personal_data::LeafIndex, std::uint64_t> marks;
  for (const DestructionTarget& one : kept) marks[one.leaf] = one.holds_mark;
  for (const DestructionTarget& one : now.targets) {
    if (marks[one.leaf] != one.holds_mark) return Void("a hold was placed or has ended");
  }
  return now;
}

}  // namespace noren::operations
