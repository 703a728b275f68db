// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/person_record.h"

#include <algorithm>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

// What the layout with blocked employers has, and when the last was blocked.
constexpr std::uint8_t kBarredLayout = kBlocksLayout + 1;
// That, and what the operator's notice asked of the registration.
constexpr std::uint8_t kAskedLayout = kBarredLayout + 1;
constexpr std::string_view kRecordsPart = "person/records";
constexpr std::string_view kProfilePart = "person/profile";

struct OuterPart {
  PersonAddress address;
  Bytes records;  // sealed
  Bytes profile;  // sealed
};

Bytes EncodeRecordsPart(const PersonRecord& record) {
  RecordWriter writer;
  const bool bars = record.blocked_at.value != 0;
  const bool blocks = bars || !record.blocked_employers.empty();
  const bool held = record.custody != model::Custody::kOperator;
  const bool stated = record.stated != StatedFacts{};
  writer.U8(stated   ? kAskedLayout
            : bars   ? kBarredLayout
            : blocks ? kBlocksLayout
            : held   ? kCustodyLayout
                     : kRecordLayout);
  writer.U8(record.person_key ? 1 : 0);
  if (record.person_key) writer.Raw(*record.person_key);
  writer.Field(record.language).I64(record.registered_at.value);
  writer.U8(record.discoverability.live ? 1 : 0)
      .Field(record.discoverability.companies_class)
      .I64(record.discoverability.given_at.value)
      .U64(record.discoverability.consent_version);
  writer.Field(record.contact);
  if (blocks || stated) {
    writer.U8(static_cast<std::uint8_t>(record.blocked_employers.size()));
    for (const Hash256& employer : record.blocked_employers) writer.Raw(employer);
    if (bars || stated) writer.I64(record.blocked_at.value);
    writer.U8(held ? 1 : 0);
  }
  if (held) writer.U8(static_cast<std::uint8_t>(record.custody)).Field(record.age_recipient);
  if (stated) {
    writer.Field(record.stated.subject).Raw(record.stated.notice);
    writer.U8(record.stated.child ? 1 : 0);
  }
  return writer.Take();
}

// Only where the time of the last block stands may there be none of them.
Status ReadBlocks(RecordReader& reader, bool has_time, PersonRecord& record) {
  std::vector<Hash256>& employers = record.blocked_employers;
  const std::uint8_t count = reader.U8();
  if ((count == 0 && !has_time) || count > kMaxBlockedEmployers) return DamagedRecord();
  for (std::uint8_t i = 0; i < count; ++i) {
    Hash256 employer{};
    const ByteSpan token = reader.Raw(employer.size());
    if (token.size() != employer.size()) return DamagedRecord();
    std::copy(token.begin(), token.end(), employer.begin());
    if (!employers.empty() && !(employers.back() < employer)) return DamagedRecord();
    employers.push_back(employer);
  }
  if (has_time) record.blocked_at = ReadTime(reader);
  return OkStatus();
}

Status ReadStated(RecordReader& reader, StatedFacts& stated) {
  stated.subject = ReadText(reader);
  stated.notice = ReadHash(reader);
  const std::uint8_t child = reader.U8();
  stated.child = child == 1;
  // What says nothing has another layout.
  const bool says = stated != StatedFacts{};
  return child > 1 || !says || stated.subject.size() > kMaxSubjectSizeBytes ? DamagedRecord()
                                                                            : OkStatus();
}

Status DecodeRecordsPart(ByteSpan bytes, PersonRecord& record) {
  RecordReader reader(bytes);
  const std::uint8_t layout = reader.U8();
  if (layout < kRecordLayout || layout > kAskedLayout) return DamagedRecord();
  const std::uint8_t has_key = reader.U8();
  if (has_key > 1) return DamagedRecord();
  if (has_key == 1) {
    record.person_key.emplace();
    const ByteSpan key = reader.Raw(record.person_key->size());
    if (key.size() != record.person_key->size()) return DamagedRecord();
    std::copy(key.begin(), key.end(), record.person_key->begin());
  }
  record.language = ReadText(reader);
  record.registered_at = ReadTime(reader);
  const std::uint8_t live = reader.U8();
  record.discoverability.live = live == 1;
  record.discoverability.companies_class = ReadText(reader);
  record.discoverability.given_at = ReadTime(reader);
  record.discoverability.consent_version = reader.U64();
  record.contact = ReadText(reader);
  const bool blocks = layout >= kBlocksLayout;
  const bool stated = layout == kAskedLayout;
  if (blocks) {
    NOREN_RETURN_IF_ERROR(ReadBlocks(reader, layout >= kBarredLayout, record));
  }
  const std::uint8_t held = blocks ? reader.U8() : layout == kCustodyLayout;
  if (held > 1) return DamagedRecord();
  if (held == 1) {
    NOREN_RETURN_IF_ERROR(ReadCustody(reader, record.custody));
    record.age_recipient = ReadText(reader);
  }
  if (stated) NOREN_RETURN_IF_ERROR(ReadStated(reader, record.stated));
  if (live > 1) return DamagedRecord();
  return FinishRecord(reader);
}

StatusOr<OuterPart> OpenOuterPart(std::string_view store_key, ByteSpan stored,
                                  const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      OpenRecordOfAnyVersion(purpose_keys.store_seal(), {keyspaces::kPerson, store_key}, stored));
  RecordReader reader(opened.plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  OuterPart outer;
  outer.address.version = opened.version;
  outer.address.leaf = reader.U32();
  outer.address.portal = ReadText(reader);
  outer.address.handle = ReadId<model::SeekerHandle>(reader);
  outer.records = ReadBytes(reader);
  outer.profile = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return outer;
}

}  // namespace

StatusOr<Bytes> EncodePersonRecord(const PersonRecord& record, const PersonKeys& keys,
                                   const PurposeKeys& purpose_keys, Random& random) {
  const std::string store_key = keyspaces::PersonKey(record.person);
  const std::uint64_t version = record.address.version;
  NOREN_ASSIGN_OR_RETURN(const Bytes records,
                         SealRecord(keys.records, {kRecordsPart, store_key, version},
                                    EncodeRecordsPart(record), random));
  NOREN_ASSIGN_OR_RETURN(
      const Bytes profile,
      SealRecord(keys.profile, {kProfilePart, store_key, version}, record.profile, random));
  RecordWriter writer;
  writer.U8(kRecordLayout).U32(record.address.leaf).Field(record.address.portal);
  WriteId(writer, record.address.handle);
  writer.Field(records).Field(profile);
  return SealRecord(purpose_keys.store_seal(), {keyspaces::kPerson, store_key, version},
                    writer.bytes(), random);
}

StatusOr<PersonAddress> OpenPersonAddress(const model::PersonId& person, ByteSpan stored,
                                          const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(OuterPart outer,
                         OpenOuterPart(keyspaces::PersonKey(person), stored, purpose_keys));
  return std::move(outer.address);
}

StatusOr<PersonRecord> DecodePersonRecord(PersonContext context, ByteSpan stored,
                                          const PurposeKeys& purpose_keys) {
  const std::string store_key = keyspaces::PersonKey(context.person);
  NOREN_ASSIGN_OR_RETURN(OuterPart outer, OpenOuterPart(store_key, stored, purpose_keys));
  const std::uint64_t version = outer.address.version;
  PersonRecord record;
  record.person = context.person;
  record.address = std::move(outer.address);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes records,
      OpenRecord(context.keys.records, {kRecordsPart, store_key, version}, outer.records));
  NOREN_RETURN_IF_ERROR(DecodeRecordsPart(records, record));
  NOREN_ASSIGN_OR_RETURN(
      record.profile,
      OpenRecord(context.keys.profile, {kProfilePart, store_key, version}, outer.profile));
  return record;
}

StatusOr<Bytes> EncodePersonPointer(std::string_view store_key, const model::PersonId& person,
                                    const PurposeKeys& purpose_keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, person);
  return SealRecord(purpose_keys.store_seal(), {"person-pointer", store_key}, writer.bytes(),
                    random);
}

StatusOr<model::PersonId> DecodePersonPointer(std::string_view store_key, ByteSpan stored,
                                              const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext, OpenRecord(purpose_keys.store_seal(),
                                                           {"person-pointer", store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  const auto person = ReadId<model::PersonId>(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return person;
}

}  // namespace noren::personal_data
