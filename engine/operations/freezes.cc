// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/freezes.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/policy/rights_rules.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::uint8_t kPayloadFormat = 7;
constexpr std::uint8_t kEnded = 0;

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "freeze"); }

bool IsScope(std::uint8_t scope) { return scope == 1 || scope == 2; }
bool IsCause(std::uint8_t cause) { return cause >= 1 && cause <= 4; }

Bytes EncodeAll(const std::vector<Freeze>& all) {
  RecordWriter writer;
  writer.U8(kLayout).U8(static_cast<std::uint8_t>(all.size()));
  for (const Freeze& freeze : all) {
    writer.Raw(freeze.request.bytes()).U8(static_cast<std::uint8_t>(freeze.scope));
    writer.U8(static_cast<std::uint8_t>(freeze.cause)).I64(freeze.since.value);
  }
  return writer.Take();
}

StatusOr<std::vector<Freeze>> DecodeAll(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  if (reader.U8() != kLayout) return Damaged();
  std::vector<Freeze> all;
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left) {
    Freeze freeze;
    freeze.request = personal_data::ReadId<model::RequestId>(reader);
    const std::uint8_t scope = reader.U8();
    const std::uint8_t cause = reader.U8();
    freeze.since = {reader.I64()};
    const bool is_ascending = all.empty() || all.back().request < freeze.request;
    if (!IsScope(scope) || !IsCause(cause) || !is_ascending) return Damaged();
    freeze.scope = static_cast<FreezeScope>(scope);
    freeze.cause = static_cast<FreezeCause>(cause);
    all.push_back(freeze);
  }
  if (!reader.Finish().ok() || all.empty() || all.size() > kMaxFreezes) return Damaged();
  return all;
}

// The end comes first, then what the person asked for, then what only waits.
Status Refusal(ServiceContext& context, const Freezes& freezes) {
  const auto has = [&freezes](FreezeCause cause) {
    return std::ranges::find(freezes.all, cause, &Freeze::cause) != freezes.all.end();
  };
  if (has(FreezeCause::kErasure) || has(FreezeCause::kExpired))
    return policy::RefuseBy(context.policy, "E_EXPIRED");
  return policy::RefuseBy(context.policy,
                          has(FreezeCause::kSuspended) ? "E_SUSPENDED" : "E_PENDING_CORRECTION");
}

}  // namespace

std::string FreezeKey(const model::PersonId& person) {
  return std::string(keyspaces::kFreeze) + HexEncode(person.bytes());
}

bool Freezes::StopUse() const {
  return std::ranges::any_of(
      all, [](const Freeze& freeze) { return freeze.scope == FreezeScope::kUse; });
}

StatusOr<Bytes> SealFreezes(const model::PersonId& person, const std::vector<Freeze>& all,
                            const personal_data::PurposeKeys& keys, Random& random) {
  const std::string key = FreezeKey(person);
  return storage::SealValue(keys.store_seal(), {keyspaces::kFreeze, key}, 1, EncodeAll(all),
                            random);
}

StatusOr<Freezes> OpenFreezes(const model::PersonId& person, std::optional<Bytes> stored,
                              const personal_data::PurposeKeys& keys) {
  Freezes freezes;
  if (!stored) return freezes;
  const std::string key = FreezeKey(person);
  const auto opened = storage::OpenValue(keys.store_seal(), {keyspaces::kFreeze, key}, *stored);
  if (!opened.ok()) return Damaged();
  NOREN_ASSIGN_OR_RETURN(freezes.all, DecodeAll(opened->plaintext));
  freezes.stored = std::move(stored);
  return freezes;
}

StatusOr<Freezes> ReadFreezes(ServiceContext& context, const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, FreezeKey(person)));
  return OpenFreezes(person, std::move(stored), context.keys);
}

Status RequireMayUse(ServiceContext& context, const LoadedPerson& person,
                     personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Freezes freezes, ReadFreezes(context, person.person));
  if (freezes.StopUse()) return Refusal(context, freezes);
  NOREN_RETURN_IF_ERROR(RequireKept(context, person));
  staged.Require(FreezeKey(person.person), std::move(freezes.stored));
  return OkStatus();
}

Status RequireMayProvide(ServiceContext& context, const LoadedPerson& person,
                         personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Freezes freezes, ReadFreezes(context, person.person));
  if (freezes.StopProvision()) return Refusal(context, freezes);
  NOREN_RETURN_IF_ERROR(RequireKept(context, person));
  staged.Require(FreezeKey(person.person), std::move(freezes.stored));
  return OkStatus();
}

StatusOr<bool> StageFreeze(ServiceContext& context, const model::PersonId& person,
                           const model::RequestId& request, const std::optional<Freeze>& freeze,
                           personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Freezes freezes, ReadFreezes(context, person));
  std::vector<Freeze> next = freezes.all;
  std::erase_if(next, [&](const Freeze& one) { return one.request == request; });
  if (freeze) {
    next.push_back(*freeze);
    std::ranges::sort(next, {}, &Freeze::request);
  }
  if (next == freezes.all) return false;
  const bool ends = freeze && freeze->cause == FreezeCause::kErasure;
  if (next.size() > (ends ? kMaxFreezes : kMaxFreezes - 1))
    return MakeError(ErrorCode::kLimitReached, "freezes");
  const std::string key = FreezeKey(person);
  if (next.empty()) {
    staged.Require(key, std::move(freezes.stored));
    staged.Delete(key);
    return true;
  }
  NOREN_ASSIGN_OR_RETURN(Bytes sealed, SealFreezes(person, next, context.keys, context.random));
  staged.Replace(key, std::move(freezes.stored), std::move(sealed));
  return true;
}

StatusOr<bool> StageErasureFreeze(ServiceContext& context, const model::PersonId& person,
                                  const model::RequestId& request, personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const Freezes freezes, ReadFreezes(context, person));
  const auto asked = std::ranges::find(freezes.all, FreezeCause::kErasure, &Freeze::cause);
  if (asked != freezes.all.end()) return false;
  return StageFreeze(context, person, request,
                     Freeze{request, FreezeScope::kUse, FreezeCause::kErasure, context.time.Now()},
                     staged);
}

storage::NarrowingAct MakeFreezeAct(const FreezeAct& act) {
  RecordWriter writer;
  writer.U8(kPayloadFormat).Raw(act.person.bytes()).Raw(act.request.bytes());
  writer.U8(act.freeze ? static_cast<std::uint8_t>(act.freeze->scope) : kEnded);
  writer.U8(act.freeze ? static_cast<std::uint8_t>(act.freeze->cause) : kEnded);
  writer.I64(act.freeze ? act.freeze->since.value : 0).U8(static_cast<std::uint8_t>(act.right));
  writer.I64(act.received_at.value).I64(act.at.value);
  storage::NarrowingAct made;
  made.kind = storage::NarrowingKind::kSuspension;
  made.payload = writer.Take();
  return made;
}

StatusOr<FreezeAct> FreezeActOf(const storage::NarrowingAct& stored) {
  RecordReader reader(stored.payload);
  const std::uint8_t format = reader.U8();
  FreezeAct act;
  act.person = personal_data::ReadId<model::PersonId>(reader);
  act.request = personal_data::ReadId<model::RequestId>(reader);
  const std::uint8_t scope = reader.U8();
  const std::uint8_t cause = reader.U8();
  const UnixSeconds since{reader.I64()};
  act.right = static_cast<model::Right>(reader.U8());
  act.received_at = {reader.I64()};
  act.at = {reader.I64()};
  const bool ended = scope == kEnded && cause == kEnded;
  const bool is_whole =
      reader.Finish().ok() && format == kPayloadFormat && !model::RightName(act.right).empty();
  if (!is_whole || (!ended && (!IsScope(scope) || !IsCause(cause)))) return Damaged();
  if (!ended) {
    act.freeze = Freeze{act.request, static_cast<FreezeScope>(scope),
                        static_cast<FreezeCause>(cause), since};
  }
  return act;
}

}  // namespace noren::operations
