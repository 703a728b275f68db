// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_record.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using personal_data::ReadHash;
using personal_data::ReadId;

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kActFormat = 5;  // of the journal's payloads
constexpr std::size_t kMaxTextBytes = 8192;

constexpr std::array<std::string_view, 5> kLevelNames = {"people", "items", "file", "held",
                                                         "medium"};
constexpr std::array<std::string_view, 8> kByNames = {
    "requests", "handles", "idle_since", "items", "kind_older_than", "file", "due_holds", "holds"};
constexpr std::array<std::string_view, 5> kStateNames = {"planned", "approved", "executing", "done",
                                                         "void"};

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "destruction plan"); }

template <typename Enum, std::size_t kCount>
std::string_view NameIn(const std::array<std::string_view, kCount>& names, Enum value) {
  return names[std::min(static_cast<std::size_t>(value) - 1, kCount - 1)];
}

void WriteOfficer(const OfficerMark& officer, RecordWriter& writer) {
  writer.Field(officer.name).Raw(officer.key);
}
OfficerMark ReadOfficer(RecordReader& reader) {
  OfficerMark officer;
  officer.name = reader.Text(kMaxTextBytes);
  officer.key = ReadHash(reader);
  return officer;
}

void WriteCounts(const DestructionCounts& counts, RecordWriter& writer) {
  writer.U64(counts.people).U64(counts.items).U64(counts.held_people).U64(counts.held_items);
}
DestructionCounts ReadCounts(RecordReader& reader) {
  DestructionCounts counts;
  counts.people = reader.U64();
  counts.items = reader.U64();
  counts.held_people = reader.U64();
  counts.held_items = reader.U64();
  return counts;
}

void WriteTarget(DestructionLevel level, const DestructionTarget& target, RecordWriter& writer) {
  writer.Raw(target.person.bytes());
  writer.Raw(level == DestructionLevel::kHeld ? ByteSpan(target.hold.bytes())
                                              : ByteSpan(target.item.bytes()));
  writer.U32(target.leaf);
}
DestructionTarget ReadTarget(DestructionLevel level, RecordReader& reader) {
  DestructionTarget target;
  target.person = ReadId<model::PersonId>(reader);
  if (level == DestructionLevel::kHeld) {
    target.hold = ReadId<model::HoldId>(reader);
  } else {
    target.item = ReadId<model::ItemId>(reader);
  }
  target.leaf = reader.U32();
  return target;
}

}  // namespace

std::string_view DestructionLevelName(DestructionLevel level) { return NameIn(kLevelNames, level); }
std::optional<DestructionLevel> FindDestructionLevel(std::string_view name) {
  const auto found = std::find(kLevelNames.begin(), kLevelNames.end(), name);
  if (found == kLevelNames.end() || name == "medium") return std::nullopt;
  return static_cast<DestructionLevel>(found - kLevelNames.begin() + 1);
}
std::string_view SelectByName(SelectBy by) { return NameIn(kByNames, by); }
std::string_view PlanStateName(PlanRecord::State state) { return NameIn(kStateNames, state); }

StatusOr<Bytes> EncodePlan(const PlanRecord& plan, const personal_data::PurposeKeys& keys,
                           Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(plan.state));
  writer.U8(static_cast<std::uint8_t>(plan.level)).U8(static_cast<std::uint8_t>(plan.by));
  writer.I64(plan.older_than.value);
  writer.U8(plan.kind ? static_cast<std::uint8_t>(*plan.kind) : std::uint8_t{0});
  writer.Field(plan.file).Field(plan.reason);
  WriteOfficer(plan.planner, writer);
  WriteOfficer(plan.approver, writer);
  writer.I64(plan.created_at.value).I64(plan.expires_at.value);
  writer.I64(plan.approved_at.value).I64(plan.begun_at.value);
  writer.Field(plan.statement).Raw(plan.digest);
  WriteCounts(plan.counts, writer);
  writer.U32(plan.parts).U32(plan.next_part).U64(plan.spared).Field(plan.cursor);
  writer.U8(plan.scanned ? 1 : 0).U64(plan.generation_before).U64(plan.generation_after);
  writer.Raw(plan.receipt.bytes());
  const std::string key = keyspaces::DestructionPlanKey(plan.plan);
  return personal_data::SealRecord(keys.record(), {keyspaces::kDestructionPlan, key},
                                   writer.bytes(), random);
}

StatusOr<PlanRecord> DecodePlan(const model::PlanId& id, ByteSpan stored,
                                const personal_data::PurposeKeys& keys) {
  const std::string key = keyspaces::DestructionPlanKey(id);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      personal_data::OpenRecord(keys.record(), {keyspaces::kDestructionPlan, key}, stored));
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  const std::uint8_t state = reader.U8();
  const std::uint8_t level = reader.U8();
  const std::uint8_t by = reader.U8();
  PlanRecord plan;
  plan.plan = id;
  plan.older_than = {reader.I64()};
  if (const std::uint8_t kind = reader.U8(); kind != 0)
    plan.kind = static_cast<model::ItemKind>(kind);
  plan.file = reader.Text(kMaxTextBytes);
  plan.reason = reader.Text(kMaxTextBytes);
  plan.planner = ReadOfficer(reader);
  plan.approver = ReadOfficer(reader);
  plan.created_at = {reader.I64()};
  plan.expires_at = {reader.I64()};
  plan.approved_at = {reader.I64()};
  plan.begun_at = {reader.I64()};
  plan.statement = reader.Text(kMaxTextBytes);
  plan.digest = ReadHash(reader);
  plan.counts = ReadCounts(reader);
  plan.parts = reader.U32();
  plan.next_part = reader.U32();
  plan.spared = reader.U64();
  plan.cursor = reader.Text(kMaxTextBytes);
  plan.scanned = reader.U8() == 1;
  plan.generation_before = reader.U64();
  plan.generation_after = reader.U64();
  plan.receipt = ReadId<model::ReceiptId>(reader);
  const bool is_known = format == kFormat && state >= 1 && state <= kStateNames.size() &&
                        level >= 1 && level <= kLevelNames.size() && by >= 1 &&
                        by <= kByNames.size();
  if (!reader.Finish().ok() || !is_known) return Damaged();
  plan.state = static_cast<PlanRecord::State>(state);
  plan.level = static_cast<DestructionLevel>(level);
  plan.by = static_cast<SelectBy>(by);
  return plan;
}

StatusOr<LoadedPlan> LoadPlan(ServiceContext& context, const model::PlanId& plan) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, keyspaces::DestructionPlanKey(plan)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(PlanRecord record, DecodePlan(plan, *stored, context.keys));
  return LoadedPlan{std::move(record), std::move(*stored)};
}

StatusOr<Bytes> EncodePart(const PartAddress& address,
                           const std::vector<DestructionTarget>& targets,
                           const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).U32(static_cast<std::uint32_t>(targets.size()));
  for (const DestructionTarget& target : targets) {
    writer.Raw(target.person.bytes()).Raw(target.item.bytes()).Raw(target.hold.bytes());
    writer.U32(target.leaf).U64(target.holds_mark);
  }
  const std::string key = keyspaces::DestructionPartKey(address.plan, address.part);
  return personal_data::SealRecord(keys.record(), {keyspaces::kDestructionPart, key},
                                   writer.bytes(), random);
}

StatusOr<std::vector<DestructionTarget>> LoadPart(ServiceContext& context,
                                                  const PartAddress& address) {
  const std::string key = keyspaces::DestructionPartKey(address.plan, address.part);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return Damaged();
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         personal_data::OpenRecord(context.keys.record(),
                                                   {keyspaces::kDestructionPart, key}, *stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kFormat) return Damaged();
  const std::uint32_t count = reader.U32();
  if (count > kTargetsPerPart) return Damaged();
  std::vector<DestructionTarget> targets(count);
  for (DestructionTarget& target : targets) {
    target.person = ReadId<model::PersonId>(reader);
    target.item = ReadId<model::ItemId>(reader);
    target.hold = ReadId<model::HoldId>(reader);
    target.leaf = reader.U32();
    target.holds_mark = reader.U64();
  }
  if (!reader.Finish().ok()) return Damaged();
  return targets;
}

std::string RunningPlanKey() { return personal_data::keyspaces::StateKey("destruction"); }

StatusOr<std::optional<model::PlanId>> RunningPlan(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, RunningPlanKey()));
  if (!stored) return std::optional<model::PlanId>();
  const auto plan = model::PlanId::FromBytes(*stored);
  if (!plan.ok()) return Damaged();
  return std::optional(*plan);
}

Status RequireNoDestruction(ServiceContext& context, personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto running, RunningPlan(context));
  if (running) return MakeError(ErrorCode::kRetryLater, "a destruction is running");
  staged.Require(RunningPlanKey(), std::nullopt);
  return OkStatus();
}

storage::NarrowingAct MakeDestructionAct(const DestructionAct& act) {
  RecordWriter writer;
  writer.U8(kActFormat).U8(static_cast<std::uint8_t>(act.level)).Raw(act.plan.bytes());
  writer.I64(act.at.value).U64(act.generation_after).Field(act.file);
  writer.U32(static_cast<std::uint32_t>(act.targets.size()));
  for (const DestructionTarget& target : act.targets) WriteTarget(act.level, target, writer);
  storage::NarrowingAct made;
  made.kind = storage::NarrowingKind::kErasure;
  made.payload = writer.Take();
  return made;
}

bool IsDestructionAct(const storage::NarrowingAct& act) {
  return act.kind == storage::NarrowingKind::kErasure && !act.payload.empty() &&
         act.payload.front() == kActFormat;
}

StatusOr<DestructionAct> DestructionActOf(ByteSpan payload) {
  RecordReader reader(payload);
  const std::uint8_t format = reader.U8();
  const std::uint8_t level = reader.U8();
  DestructionAct act;
  act.plan = ReadId<model::PlanId>(reader);
  act.at = {reader.I64()};
  act.generation_after = reader.U64();
  act.file = reader.Text(kMaxTextBytes);
  const std::uint32_t count = reader.U32();
  if (format != kActFormat || level < 1 || level > kLevelNames.size() || count > kTargetsPerPart)
    return MakeError(ErrorCode::kDataCorrupt, "destruction act");
  act.level = static_cast<DestructionLevel>(level);
  for (std::uint32_t i = 0; i < count; ++i) act.targets.push_back(ReadTarget(act.level, reader));
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "destruction act");
  return act;
}

}  // namespace noren::operations
