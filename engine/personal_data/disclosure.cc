// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/disclosure.h"

#include <array>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr std::uint8_t kFormLayout = 2;
constexpr std::uint8_t kTaskLayout = 3;

}  // namespace

StatusOr<Bytes> EncodeDisclosure(PersonContext person, std::string_view store_key,
                                 const Disclosure& disclosure, Random& random) {
  const bool has_task = !disclosure.processor.empty();
  const bool has_form = has_task || !disclosure.form.empty() || disclosure.people != 1;
  RecordWriter writer;
  writer.U8(has_task ? kTaskLayout : (has_form ? kFormLayout : kRecordLayout))
      .I64(disclosure.at.value)
      .Field(disclosure.what)
      .Field(disclosure.who);
  WriteId(writer, disclosure.posting);
  writer.Field(disclosure.reason).U32(static_cast<std::uint32_t>(disclosure.items.size()));
  for (const model::ItemId& item : disclosure.items) WriteId(writer, item);
  writer.U64(disclosure.audit_sequence);
  if (has_form) writer.Field(disclosure.form).U32(disclosure.people);
  if (has_task) writer.Field(disclosure.processor).Field(disclosure.task);
  return SealRecord(person.keys.records, {keyspaces::kDisclosure, store_key}, writer.bytes(),
                    random);
}

StatusOr<Staged> StageDisclosure(PersonContext person, const Disclosure& disclosure,
                                 Random& random) {
  std::array<std::uint8_t, 16> unique{};
  random.Fill(unique);
  std::string key = keyspaces::DisclosureKey(person.person, disclosure.at.value, unique);
  NOREN_ASSIGN_OR_RETURN(Bytes value, EncodeDisclosure(person, key, disclosure, random));
  Staged staged;
  staged.Put(std::move(key), std::move(value));
  return staged;
}

StatusOr<Disclosure> DecodeDisclosure(PersonContext person, std::string_view store_key,
                                      ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(person.keys.records, {keyspaces::kDisclosure, store_key}, stored));
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  if (layout < kRecordLayout || layout > kTaskLayout) return DamagedRecord();
  Disclosure disclosure;
  disclosure.at = ReadTime(reader);
  disclosure.what = ReadText(reader);
  disclosure.who = ReadText(reader);
  disclosure.posting = ReadId<model::PostingId>(reader);
  disclosure.reason = ReadText(reader);
  const std::uint32_t items_count = reader.U32();
  for (std::uint32_t i = 0; i < items_count && reader.ok(); ++i) {
    disclosure.items.push_back(ReadId<model::ItemId>(reader));
  }
  disclosure.audit_sequence = reader.U64();
  if (layout >= kFormLayout) {
    disclosure.form = ReadText(reader);
    disclosure.people = reader.U32();
  }
  if (layout == kTaskLayout) {
    disclosure.processor = ReadText(reader);
    disclosure.task = ReadText(reader);
  }
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return disclosure;
}

}  // namespace noren::personal_data
