// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/legal_hold_acts.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::HoldAddress;

constexpr std::uint8_t kHoldFormat = 6;
constexpr std::size_t kMaxTextBytes = 4096;

}  // namespace

StatusOr<std::vector<personal_data::HeldItem>> CopyItems(ServiceContext& context,
                                                         const LoadedPerson& person,
                                                         const CopyTarget& target) {
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  std::vector<personal_data::HeldItem> held;
  for (const personal_data::ItemRecord& item : items) {
    if (std::find(target.kinds.begin(), target.kinds.end(), item.kind) == target.kinds.end())
      continue;
    if (held.size() == personal_data::kMaxHeldItems)
      return model::MakeFieldError(ErrorCode::kTooLarge, "kinds", "too many items");
    personal_data::HeldItem copy{item.item, item.kind, item.media_type, item.name, item.header,
                                 {},        0,         item.custody};
    // In person custody nobody here has the key: the ciphertext is kept as it is.
    if (item.custody == model::Custody::kOperator) {
      NOREN_ASSIGN_OR_RETURN(
          copy.header, personal_data::Rewrap(*person.keys, item.header,
                                             {target.leaf_keys.items_recipient}, context.random));
    }
    copy.payload_sha256 = item.payload_sha256;
    copy.payload_size_bytes = item.payload_size_bytes;
    held.push_back(std::move(copy));
  }
  return held;
}

Status StageHold(ServiceContext& context, const HoldToStage& hold, std::optional<Bytes> previous,
                 personal_data::Staged& staged) {
  const std::string key = keyspaces::HoldKey(hold.hold);
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodeHold(key, hold.record, hold.leaf_keys,
                                                                 context.keys, context.random));
  staged.Replace(key, std::move(previous), std::move(stored));
  staged.Put(keyspaces::HoldOfKey(hold.record.address.person, hold.hold), Bytes{1});
  return OkStatus();
}

storage::NarrowingAct MakeHoldAct(const HoldAct& act) {
  RecordWriter writer;
  writer.U8(kHoldFormat).Raw(act.hold.bytes()).U8(static_cast<std::uint8_t>(act.address.state));
  writer.U32(act.address.leaf).Raw(act.address.person.bytes());
  writer.I64(act.address.placed_at.value).I64(act.address.until.value);
  writer.Field(act.address.authority).Field(act.reason).Raw(act.handle_commitment);
  writer.U8(static_cast<std::uint8_t>(act.kinds.size()));
  for (const model::ItemKind kind : act.kinds) writer.U8(static_cast<std::uint8_t>(kind));
  storage::NarrowingAct made;
  made.kind = storage::NarrowingKind::kHold;
  made.payload = writer.Take();
  return made;
}

StatusOr<HoldAct> HoldActOf(const storage::NarrowingAct& stored) {
  RecordReader reader(stored.payload);
  const std::uint8_t format = reader.U8();
  HoldAct act;
  act.hold = personal_data::ReadId<model::HoldId>(reader);
  const std::uint8_t state = reader.U8();
  act.address.leaf = reader.U32();
  act.address.person = personal_data::ReadId<model::PersonId>(reader);
  act.address.placed_at = {reader.I64()};
  act.address.until = {reader.I64()};
  act.address.authority = reader.Text(kMaxTextBytes);
  act.reason = reader.Text(kMaxTextBytes);
  act.handle_commitment = personal_data::ReadHash(reader);
  for (std::size_t left = reader.U8(); left > 0; --left)
    act.kinds.push_back(static_cast<model::ItemKind>(reader.U8()));
  if (!reader.Finish().ok() || format != kHoldFormat || state < 1 || state > 2)
    return model::MakeError(ErrorCode::kDataCorrupt, "hold act");
  act.address.state = static_cast<HoldAddress::State>(state);
  return act;
}

namespace {

struct OpenedHold {
  personal_data::HoldRecord record;
  std::shared_ptr<const personal_data::PersonKeys> keys;
};

// From the restored records, as far as they open, under a leaf of its own: the one of then is gone
// with a lost disk, or may be somebody else's by now. Of a copy that was destroyed since, a later
// act of the journal takes this one away again.
StatusOr<OpenedHold> PlaceAgain(ServiceContext& context, const HoldAct& act) {
  NOREN_ASSIGN_OR_RETURN(personal_data::AddedLeaf leaf, context.keyring.AddLeaf());
  OpenedHold hold{{act.address, {}}, std::move(leaf.keys)};
  hold.record.address.leaf = leaf.leaf;
  hold.record.content.handle_commitment = act.handle_commitment;
  hold.record.content.reason = act.reason;
  const StatusOr<LoadedPerson> person = LoadPerson(context, act.address.person);
  if (person.ok()) {
    NOREN_ASSIGN_OR_RETURN(hold.record.content.items,
                           CopyItems(context, *person, {act.kinds, *hold.keys}));
  }
  return hold;
}

// Nothing: its key is gone.
StatusOr<std::optional<OpenedHold>> OpenIfThere(ServiceContext& context, const std::string& key,
                                                const Bytes& stored) {
  NOREN_ASSIGN_OR_RETURN(const HoldAddress address,
                         personal_data::OpenHoldAddress(key, stored, context.keys));
  auto keys = context.keyring.Open(address.leaf);
  if (model::CodeOf(keys.status()) == ErrorCode::kNotFound) return std::optional<OpenedHold>();
  NOREN_RETURN_IF_ERROR(keys.status());
  NOREN_ASSIGN_OR_RETURN(personal_data::HoldRecord record,
                         personal_data::DecodeHold(key, stored, **keys, context.keys));
  return std::optional(OpenedHold{std::move(record), std::move(*keys)});
}

}  // namespace

StatusOr<bool> ReapplyHold(ServiceContext& context, const storage::NarrowingAct& stored_act,
                           Change& change) {
  NOREN_ASSIGN_OR_RETURN(HoldAct act, HoldActOf(stored_act));
  const std::string key = keyspaces::HoldKey(act.hold);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  std::optional<OpenedHold> hold;
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(hold, OpenIfThere(context, key, *stored));
  }
  if (hold) {
    // What is released stays so, though the journal may have its placing once more after it.
    HoldAddress& address = hold->record.address;
    if (address.state == act.address.state || address.state == HoldAddress::State::kReleased)
      return false;
    address.state = act.address.state;
    address.until = act.address.until;
  } else {
    if (act.address.state == HoldAddress::State::kReleased) return false;  // of none
    if (stored) {
      NOREN_ASSIGN_OR_RETURN(const HoldAddress before,
                             personal_data::OpenHoldAddress(key, *stored, context.keys));
      act.address.state = before.state;
      act.address.until = before.until;
    }
    NOREN_ASSIGN_OR_RETURN(hold, PlaceAgain(context, act));
  }
  // A newer backup may be restored later, with the hold under a leaf that is gone by then.
  act.address.leaf = hold->record.address.leaf;
  change.narrowing = MakeHoldAct(act);
  NOREN_RETURN_IF_ERROR(
      StageHold(context, {act.hold, hold->record, *hold->keys}, std::move(stored), change.staged));
  return true;
}

}  // namespace noren::operations
