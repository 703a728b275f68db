// Lists of codes in a stored record: a 16-bit count, then the items. Shared by the codecs of
// profile and posting.
// Source:   docs/formats/profile.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/model/profile.h"

namespace noren::model {

// More than any list may hold; a larger count is refused before anything is allocated.
inline constexpr std::size_t kMaxListCount = 64;

template <typename Item, typename WriteItem>
void WriteList(const std::vector<Item>& items, RecordWriter* writer, WriteItem write_item) {
  writer->U16(static_cast<std::uint16_t>(items.size()));
  for (const Item& item : items) write_item(item, writer);
}

template <typename Item, typename ReadItem>
bool ReadList(RecordReader* reader, std::vector<Item>* items, ReadItem read_item) {
  const std::size_t count = reader->U16();
  if (count > kMaxListCount) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!read_item(reader, &items->emplace_back())) return false;
  }
  return reader->ok();
}

template <typename CodeType>
void WriteCode(const CodeType& code, RecordWriter* writer) {
  writer->Field(code.text());
}

template <typename CodeType>
bool ReadCode(RecordReader* reader, CodeType* code) {
  auto parsed = CodeType::Parse(reader->Text(CodeType::kMaxSizeBytes));
  if (!parsed.ok()) return false;
  *code = *std::move(parsed);
  return true;
}

// Flag byte 0 or 1, then the value when 1.
template <typename Value, typename WriteValue>
void WriteOptional(const std::optional<Value>& value, RecordWriter* writer,
                   WriteValue write_value) {
  writer->U8(value.has_value() ? 1 : 0);
  if (value.has_value()) write_value(*value, writer);
}

template <typename Value, typename ReadValue>
bool ReadOptional(RecordReader* reader, std::optional<Value>* value, ReadValue read_value) {
  const std::uint8_t flag = reader->U8();
  if (flag > 1) return false;
  if (flag == 1) *value = read_value(reader);
  return reader->ok();
}

// A weight, 0 to 10; kWeightNotSaid where nothing is said. Any other byte is refused by validation.
inline constexpr std::uint8_t kWeightNotSaid = 255;
inline void WriteWeight(const std::optional<std::uint8_t>& weight, RecordWriter* writer) {
  writer->U8(weight.value_or(kWeightNotSaid));
}
inline std::optional<std::uint8_t> ReadWeight(RecordReader* reader) {
  const std::uint8_t weight = reader->U8();
  return weight == kWeightNotSaid ? std::nullopt : std::optional(weight);
}

void WriteSkillLevel(const SkillLevel& skill, RecordWriter* writer);
bool ReadSkillLevel(RecordReader* reader, SkillLevel* skill);
void WriteLanguageLevel(const LanguageLevel& language, RecordWriter* writer);
bool ReadLanguageLevel(RecordReader* reader, LanguageLevel* language);
void WriteDay(CivilDay day, RecordWriter* writer);
CivilDay ReadDay(RecordReader* reader);
bool ReadEmploymentTypes(RecordReader* reader, EmploymentTypes* types);

}  // namespace noren::model
