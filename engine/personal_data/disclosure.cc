// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/disclosure.h"

#include <array>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
StatusOr<Staged> StageDisclosure(PersonContext person, const Disclosure& disclosure,
                                 Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).I64(disclosure.at.value).Field(disclosure.what).Field(disclosure.who);
  WriteId(writer, disclosure.posting);
  writer.Field(disclosure.reason).U32(static_cast<std::uint32_t>(disclosure.items.size()));
  for (const model::ItemId& item : disclosure.items) WriteId(writer, item);
  writer.U64(disclosure.audit_sequence);

  std::array<std::uint8_t, 16> unique{};
  random.Fill(unique);
  std::string key = keyspaces::DisclosureKey(person.person, disclosure.at.value, unique);
  NOREN_ASSIGN_OR_RETURN(Bytes value, SealRecord(person.keys.records, {keyspaces::kDisclosure, key},
                                                 writer.bytes(), random));
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
  if (reader.U8() != kRecordLayout) return DamagedRecord();
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
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return disclosure;
}

}  // namespace noren::personal_data
