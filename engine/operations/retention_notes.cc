// How the notes are stored.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/retention.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using policy::NoticeKind;

constexpr std::uint8_t kLayout = 2;

void WriteDay(const std::optional<model::CivilDay>& day, RecordWriter& writer) {
  writer.U8(day ? 1 : 0);
  if (day) writer.U32(static_cast<std::uint32_t>(day->days_since_1970));
}

// False: damaged.
bool ReadDay(RecordReader& reader, std::optional<model::CivilDay>& day) {
  const std::uint8_t has = reader.U8();
  if (has == 1) day = model::CivilDay{static_cast<std::int32_t>(reader.U32())};
  return has == 0 || (has == 1 && model::IsInRange(*day));
}

}  // namespace

std::string RetentionKey(const model::PersonId& person) {
  return std::string(keyspaces::kRetention) + HexEncode(person.bytes());
}

Bytes EncodeRetentionNotes(const RetentionNotes& notes) {
  RecordWriter writer;
  writer.U8(kLayout).U32(static_cast<std::uint32_t>(notes.graduation_year));
  writer.U8(static_cast<std::uint8_t>(notes.notices.size()));
  for (const SentNotice& notice : notes.notices)
    writer.U8(static_cast<std::uint8_t>(notice.kind)).I64(notice.at.value);
  writer.U8(static_cast<std::uint8_t>(notes.confirmations.size()));
  for (const UnixSeconds at : notes.confirmations) writer.I64(at.value);
  WriteDay(notes.registered_until, writer);
  WriteDay(notes.purpose_achieved, writer);
  return writer.Take();
}

StatusOr<RetentionNotes> DecodeRetentionNotes(ByteSpan plaintext) {
  const Status damaged = MakeError(ErrorCode::kDataCorrupt, "retention notes");
  RecordReader reader(plaintext);
  if (reader.U8() != kLayout) return damaged;
  RetentionNotes notes;
  notes.graduation_year = static_cast<std::int32_t>(reader.U32());
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left) {
    const std::uint8_t kind = reader.U8();
    if (kind < 1 || kind > 2) return damaged;
    notes.notices.push_back({static_cast<NoticeKind>(kind), {reader.I64()}});
  }
  for (std::size_t left = reader.U8(); left > 0 && reader.ok(); --left)
    notes.confirmations.push_back({reader.I64()});
  const bool has_days =
      ReadDay(reader, notes.registered_until) && ReadDay(reader, notes.purpose_achieved);
  const bool is_year =
      notes.graduation_year == 0 || (notes.graduation_year >= kFirstGraduationYear &&
                                     notes.graduation_year <= kLastGraduationYear);
  const bool is_short = notes.notices.size() <= kMaxRetentionNotes &&
                        notes.confirmations.size() <= kMaxRetentionNotes;
  return reader.Finish().ok() && has_days && is_year && is_short
             ? StatusOr<RetentionNotes>(std::move(notes))
             : damaged;
}

}  // namespace noren::operations
