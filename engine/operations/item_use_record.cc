// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/item_use_record.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/civil_day.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::uint32_t kMaxLines = 1024;
constexpr std::size_t kMaxTextBytes = 600;

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "item use"); }

StatusOr<ItemUseDay> OpenDay(ServiceContext& context, const storage::KeyValue& stored) {
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t day, keyspaces::NumberInKey(stored.key, 1));
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      personal_data::OpenRecord(context.keys.record(), {keyspaces::kItemUse, stored.key},
                                stored.value));
  return DecodeItemUseDay(day, plaintext);
}

ItemUseLine& LineOf(const ItemUseToCount& use, ItemUseDay& day) {
  for (ItemUseLine& line : day.lines) {
    if (line.processor == use.processor && line.task == use.task && line.purpose == use.purpose)
      return line;
  }
  day.lines.push_back(
      {std::string(use.processor), std::string(use.task), std::string(use.purpose), 0, 0});
  return day.lines.back();
}

}  // namespace

std::uint32_t ItemUseDay::Items() const {
  std::uint32_t items = 0;
  for (const ItemUseLine& line : lines) items += line.items;
  return items;
}

Bytes EncodeItemUseDay(const ItemUseDay& day) {
  RecordWriter writer;
  writer.U8(kFormat).I64(day.last_at.value).U32(static_cast<std::uint32_t>(day.lines.size()));
  for (const ItemUseLine& line : day.lines) {
    writer.Field(line.processor).Field(line.task).Field(line.purpose);
    writer.U32(line.uses).U32(line.items);
  }
  return writer.Take();
}

StatusOr<ItemUseDay> DecodeItemUseDay(std::uint64_t day, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  if (reader.U8() != kFormat) return Damaged();
  ItemUseDay decoded;
  decoded.day = day;
  decoded.last_at = {reader.I64()};
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || count > kMaxLines) return Damaged();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    ItemUseLine line;
    line.processor = reader.Text(kMaxTextBytes);
    line.task = reader.Text(kMaxTextBytes);
    line.purpose = reader.Text(kMaxTextBytes);
    line.uses = reader.U32();
    line.items = reader.U32();
    decoded.lines.push_back(std::move(line));
  }
  if (!reader.Finish().ok()) return Damaged();
  return decoded;
}

StatusOr<HandlerUses> LoadUses(ServiceContext& context, std::string_view handler) {
  HandlerUses uses{std::string(handler), {}};
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::ItemUsePrefix(handler)));
  for (const storage::KeyValue& one : stored) {
    NOREN_ASSIGN_OR_RETURN(uses.days.emplace_back(), OpenDay(context, one));
  }
  return uses;
}

StatusOr<std::vector<HandlerUses>> LoadAllUses(ServiceContext& context) {
  std::vector<HandlerUses> all;
  NOREN_RETURN_IF_ERROR(ScanEach(
      context, std::string(keyspaces::kItemUse), [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(std::string handler, keyspaces::TextInKey(one.key, 0));
        if (all.empty() || all.back().handler != handler) all.push_back({std::move(handler), {}});
        NOREN_ASSIGN_OR_RETURN(all.back().days.emplace_back(), OpenDay(context, one));
        return OkStatus();
      }));
  return all;
}

std::uint64_t UseDayOf(ServiceContext& context, UnixSeconds at) {
  const auto day = model::CivilDayAt(at, context.policy.utc_offset_seconds).days_since_1970;
  return day < 0 ? 0 : static_cast<std::uint64_t>(day);
}

StatusOr<personal_data::Staged> CountItemUse(ServiceContext& context, const ItemUseToCount& use) {
  const std::uint64_t today = UseDayOf(context, use.at);
  const std::string key = keyspaces::ItemUseKey(use.handler, today);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  ItemUseDay day;
  day.day = today;
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(day, OpenDay(context, {key, *stored}));
  }
  if (day.Items() + use.items > kMaxItemsOfHandlerAndDay)
    return MakeError(ErrorCode::kLimitReached, "items of a handler on a day");
  ItemUseLine& line = LineOf(use, day);
  ++line.uses;
  line.items += use.items;
  day.last_at = use.at;
  NOREN_ASSIGN_OR_RETURN(
      Bytes value, personal_data::SealRecord(context.keys.record(), {keyspaces::kItemUse, key},
                                             EncodeItemUseDay(day), context.random));
  personal_data::Staged staged;
  staged.Replace(key, std::move(stored), std::move(value));
  return staged;
}

}  // namespace noren::operations
