// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/row_codec.h"

#include "crypto/base/encoding.h"

namespace noren::matching {
namespace {

void Put(RecordWriter& writer, Token token) { writer.U64(token.value); }
void Put(RecordWriter& writer, const LeveledToken& one) {
  writer.U64(one.token.value).U8(one.level);
}
void Put(RecordWriter& writer, const OccupationPath& path) {
  for (const Token level : path.levels) writer.U64(level.value);
}
template <typename T>
void PutList(RecordWriter& writer, const std::vector<T>& list) {
  writer.U32(static_cast<std::uint32_t>(list.size()));
  for (const T& one : list) Put(writer, one);
}
template <typename T>
void PutOptional(RecordWriter& writer, const std::optional<T>& value) {
  writer.U8(value ? 1 : 0);
  if (value) writer.I64(*value);
}

void Take(RecordReader& reader, Token& token) { token.value = reader.U64(); }
void Take(RecordReader& reader, LeveledToken& one) {
  one.token.value = reader.U64();
  one.level = reader.U8();
}
void Take(RecordReader& reader, OccupationPath& path) {
  for (Token& level : path.levels) level.value = reader.U64();
}
template <typename T>
void TakeList(RecordReader& reader, std::vector<T>& list) {
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) Take(reader, list.emplace_back());
}
template <typename T>
void TakeOptional(RecordReader& reader, std::optional<T>& value) {
  if (reader.U8() != 0) value = static_cast<T>(reader.I64());
}

}  // namespace

Bytes EncodeRow(const SeekerRow& row) {
  RecordWriter writer;
  writer.U64(row.id.value);
  PutList(writer, row.occupations);
  PutList(writer, row.skills);
  PutList(writer, row.regions);
  PutList(writer, row.licences);
  PutList(writer, row.languages);
  writer.U16(row.employment_types.bits()).U8(row.wage_floor ? 1 : 0);
  if (row.wage_floor) {
    writer.I64(row.wage_floor->amount_per_month);
    writer.U8(static_cast<std::uint8_t>(row.wage_floor->currency));
  }
  PutOptional(writer, row.experience_months);
  PutOptional(writer, row.education);
  PutOptional(writer, row.available_day);
  PutOptional(writer, row.updated_day);
  for (const std::uint8_t weight : row.weights.of) writer.U8(weight);
  return writer.Take();
}

std::optional<SeekerRow> DecodeRow(ByteSpan bytes) {
  RecordReader reader(bytes);
  SeekerRow row;
  row.id.value = reader.U64();
  TakeList(reader, row.occupations);
  TakeList(reader, row.skills);
  TakeList(reader, row.regions);
  TakeList(reader, row.licences);
  TakeList(reader, row.languages);
  const auto types = model::EmploymentTypes::FromBits(reader.U16());
  if (types.ok()) row.employment_types = *types;
  if (reader.U8() != 0) {
    const std::int64_t amount = reader.I64();
    row.wage_floor = model::Wage{amount, static_cast<model::Currency>(reader.U8())};
  }
  TakeOptional(reader, row.experience_months);
  TakeOptional(reader, row.education);
  TakeOptional(reader, row.available_day);
  TakeOptional(reader, row.updated_day);
  for (std::uint8_t& weight : row.weights.of) weight = reader.U8();
  if (!reader.Finish().ok() || !types.ok()) return std::nullopt;
  return row;
}

}  // namespace noren::matching
