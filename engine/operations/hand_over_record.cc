// How hand-overs are stored and read.
// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "engine/operations/act_run.h"
#include "engine/operations/hand_over.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxItems = 255;

}  // namespace

StatusOr<Bytes> SealHandOver(personal_data::PersonContext person, std::string_view store_key,
                             const HandOverRecord& record, Random& random) {
  RecordWriter writer;
  writer.U8(kLayout).I64(record.at.value);
  writer.U32(static_cast<std::uint32_t>(record.day.days_since_1970));
  writer.Field(record.recipient_kind).Field(record.recipient);
  writer.Field(record.purpose).Field(record.means);
  writer.U32(static_cast<std::uint32_t>(record.items.size()));
  for (const std::string& item : record.items) writer.Field(item);
  writer.Field(record.kind).U64(record.entry).Field(record.policy_version);
  return personal_data::SealRecord(person.keys.records, {keyspaces::kHandOver, store_key},
                                   writer.bytes(), random);
}

StatusOr<HandOverRecord> OpenHandOver(personal_data::PersonContext person,
                                      std::string_view store_key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      personal_data::OpenRecord(person.keys.records, {keyspaces::kHandOver, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kLayout) return personal_data::DamagedRecord();
  HandOverRecord record;
  record.at = personal_data::ReadTime(reader);
  record.day = {static_cast<std::int32_t>(reader.U32())};
  record.recipient_kind = personal_data::ReadText(reader);
  record.recipient = personal_data::ReadText(reader);
  record.purpose = personal_data::ReadText(reader);
  record.means = personal_data::ReadText(reader);
  const std::uint32_t items = reader.U32();
  if (items > kMaxItems) return personal_data::DamagedRecord();
  for (std::uint32_t i = 0; i < items && reader.ok(); ++i)
    record.items.push_back(personal_data::ReadText(reader));
  record.kind = personal_data::ReadText(reader);
  record.entry = reader.U64();
  record.policy_version = personal_data::ReadText(reader);
  NOREN_RETURN_IF_ERROR(personal_data::FinishRecord(reader));
  return record;
}

StatusOr<std::vector<HandOverRecord>> LoadHandOvers(ServiceContext& context,
                                                    const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::HandOverPrefix(person.person)));
  std::vector<HandOverRecord> records;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(records.emplace_back(),
                           OpenHandOver(person.context(), item.key, item.value));
  }
  return records;
}

StatusOr<std::vector<HandOverRecord>> ReadOwnHandOvers(ServiceContext& context, const Call& call,
                                                       const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  return LoadHandOvers(context, reader);
}

}  // namespace noren::operations
