// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/person_record.h"

#include <algorithm>
#include <optional>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr std::string_view kRecordsPart = "person/records";
constexpr std::string_view kProfilePart = "person/profile";
constexpr std::uint8_t kNumbersLayout = 4;  // all that the three before cannot say
constexpr std::uint8_t kAgreedLayout = 5;   // with the policy that was agreed to
constexpr std::uint8_t kFactsLayout = 6;    // with what holds from day to day

struct OuterPart {
  PersonAddress address;
  Bytes records;  // sealed
  Bytes profile;  // sealed
};

bool Says(const StatedFacts& stated) {
  return !stated.subject.empty() || stated.notice != Hash256{} || stated.child;
}

// One record has one text: only what layout 3 cannot say is in layout 4.
std::uint8_t LayoutOf(const PersonRecord& record) {
  if (record.facts != PersonFacts()) return kFactsLayout;
  if (record.stated.agreed != Hash256{}) return kAgreedLayout;
  const bool bare = std::ranges::all_of(record.blocked_employers, [](const BlockedEmployer& one) {
    return !one.leaf && one.number.empty();
  });
  if (!bare || record.blocked_at.value != 0 || Says(record.stated)) {
    return kNumbersLayout;
  }
  if (!record.blocked_employers.empty()) return kBlocksLayout;
  return record.custody == model::Custody::kOperator ? kRecordLayout : kCustodyLayout;
}

void WriteBlocks(const PersonRecord& record, std::uint8_t layout, RecordWriter& writer) {
  const std::vector<BlockedEmployer>& employers = record.blocked_employers;
  if (layout == kBlocksLayout) {
    writer.U8(static_cast<std::uint8_t>(employers.size()));
    for (const BlockedEmployer& one : employers) writer.Raw(one.token);
    return;
  }
  writer.U8(employers.empty() ? 0 : 1);
  if (!employers.empty()) WriteBlockedEmployers(employers, writer);
  writer.I64(record.blocked_at.value);
}

void WriteStated(const StatedFacts& stated, RecordWriter& writer) {
  const bool says = Says(stated);
  writer.U8(says ? 1 : 0);
  if (says) writer.Field(stated.subject).Raw(stated.notice).U8(stated.child ? 1 : 0);
}

Bytes EncodeRecordsPart(const PersonRecord& record) {
  RecordWriter writer;
  const std::uint8_t layout = LayoutOf(record);
  const bool held = record.custody != model::Custody::kOperator;
  writer.U8(layout);
  writer.U8(record.person_key ? 1 : 0);
  if (record.person_key) writer.Raw(*record.person_key);
  writer.Field(record.language).I64(record.registered_at.value);
  writer.U8(record.discoverability.live ? 1 : 0)
      .Field(record.discoverability.companies_class)
      .I64(record.discoverability.given_at.value)
      .U64(record.discoverability.consent_version);
  writer.Field(record.contact);
  if (layout >= kBlocksLayout) WriteBlocks(record, layout, writer);
  if (layout >= kBlocksLayout) writer.U8(held ? 1 : 0);
  if (held) writer.U8(static_cast<std::uint8_t>(record.custody)).Field(record.age_recipient);
  if (layout >= kNumbersLayout) WriteStated(record.stated, writer);
  if (layout >= kAgreedLayout) writer.Raw(record.stated.agreed);
  if (layout == kFactsLayout) WriteFacts(record.facts, writer);
  return writer.Take();
}

Status ReadBareBlocks(RecordReader& reader, std::vector<BlockedEmployer>& employers) {
  const std::uint8_t count = reader.U8();
  if (count == 0 || count > kMaxBlockedEmployers) return DamagedRecord();
  for (std::uint8_t i = 0; i < count; ++i) {
    Hash256 employer{};
    const ByteSpan token = reader.Raw(employer.size());
    if (token.size() != employer.size()) return DamagedRecord();
    std::copy(token.begin(), token.end(), employer.begin());
    if (!employers.empty() && !(employers.back().token < employer)) return DamagedRecord();
    employers.push_back({employer, std::nullopt, {}});
  }
  return OkStatus();
}

Status ReadBlocks(RecordReader& reader, PersonRecord& record) {
  const std::uint8_t blocks = reader.U8();
  if (blocks > 1) return DamagedRecord();
  if (blocks == 1) {
    NOREN_ASSIGN_OR_RETURN(record.blocked_employers,
                           ReadBlockedEmployers(reader, kMaxBlockedEmployers));
  }
  record.blocked_at = ReadTime(reader);
  return OkStatus();
}

Status ReadStated(RecordReader& reader, StatedFacts& stated) {
  const std::uint8_t says = reader.U8();
  if (says == 0) return OkStatus();
  stated.subject = ReadText(reader);
  stated.notice = ReadHash(reader);
  const std::uint8_t child = reader.U8();
  stated.child = child == 1;
  const bool is_empty = !Says(stated);
  return says > 1 || child > 1 || is_empty || stated.subject.size() > kMaxSubjectSizeBytes
             ? DamagedRecord()
             : OkStatus();
}

Status DecodeRecordsPart(ByteSpan bytes, PersonRecord& record) {
  RecordReader reader(bytes);
  const std::uint8_t layout = reader.U8();
  if (layout < kRecordLayout || layout > kFactsLayout) return DamagedRecord();
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
  if (layout == kBlocksLayout) {
    NOREN_RETURN_IF_ERROR(ReadBareBlocks(reader, record.blocked_employers));
  }
  if (layout >= kNumbersLayout) NOREN_RETURN_IF_ERROR(ReadBlocks(reader, record));
  const std::uint8_t held = layout >= kBlocksLayout ? reader.U8() : layout == kCustodyLayout;
  if (held > 1) return DamagedRecord();
  if (held == 1) {
    NOREN_RETURN_IF_ERROR(ReadCustody(reader, record.custody));
    record.age_recipient = ReadText(reader);
  }
  if (layout >= kNumbersLayout) {
    NOREN_RETURN_IF_ERROR(ReadStated(reader, record.stated));
    if (layout >= kAgreedLayout) record.stated.agreed = ReadHash(reader);
    if (layout == kFactsLayout) {
      NOREN_ASSIGN_OR_RETURN(record.facts, ReadFacts(reader));
    }
    if (LayoutOf(record) != layout) return DamagedRecord();  // an earlier one says it
  }
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
