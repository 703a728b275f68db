// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/enrolment_record.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/aead.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using State = EnrolmentKeyRecord::State;

constexpr std::string_view kPersonPart = "enrolment/person";
constexpr std::string_view kSeedLabel = "noren/enrolment-seed/v1";
constexpr std::size_t kMaxStoreKeyBytes = 256;

Bytes SeedContext(std::uint32_t version) {
  return RecordWriter().Field(kSeedLabel).U32(version).Take();
}

struct OuterSubject {
  LeafIndex leaf = 0;
  Bytes inner;
};

StatusOr<OuterSubject> OpenOuter(std::string_view store_key, ByteSpan stored,
                                 const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(keys.store_seal(), {keyspaces::kEnrolment, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  OuterSubject outer;
  outer.leaf = reader.U32();
  outer.inner = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return outer;
}

}  // namespace

std::string_view EnrolmentKeyStateName(State state) {
  return state == State::kLive ? "live" : "retired";
}

StatusOr<Bytes> EncodeEnrolmentKey(const EnrolmentKeyRecord& record, const PurposeKeys& keys,
                                   Random& random) {
  const std::string store_key = keyspaces::EnrolmentKeyKey(record.version);
  const Bytes context = SeedContext(record.version);
  const Bytes seed =
      record.seed.empty()
          ? Bytes()
          : primitives::SealSecret(keys.Of(KeyPurpose::kEnrolmentSeal),
                                   primitives::AssociatedData{context}, record.seed, random);
  RecordWriter writer;
  writer.U8(kRecordLayout).U8(static_cast<std::uint8_t>(record.state));
  writer.I64(record.made_at.value).I64(record.retired_at.value);
  writer.Raw(record.public_key).Field(seed);
  return SealRecord(keys.store_seal(), {keyspaces::kEnrolmentKey, store_key}, writer.bytes(),
                    random);
}

StatusOr<EnrolmentKeyRecord> DecodeEnrolmentKey(std::uint32_t version, ByteSpan stored,
                                                const PurposeKeys& keys) {
  const std::string store_key = keyspaces::EnrolmentKeyKey(version);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(keys.store_seal(), {keyspaces::kEnrolmentKey, store_key}, stored));
  RecordReader reader(plaintext);
  const bool known = reader.U8() == kRecordLayout;
  const std::uint8_t state = reader.U8();
  EnrolmentKeyRecord record;
  record.version = version;
  record.made_at = ReadTime(reader);
  record.retired_at = ReadTime(reader);
  const Hash256 public_key = ReadHash(reader);
  std::copy(public_key.begin(), public_key.end(), record.public_key.begin());
  const Bytes seed = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  if (!known || state < 1 || state > 3) return DamagedRecord();
  record.state = static_cast<State>(state);
  if ((record.state == State::kLive) == seed.empty()) return DamagedRecord();
  if (seed.empty()) return record;
  const Bytes context = SeedContext(version);
  StatusOr<SecretBytes> opened = primitives::OpenSecret(keys.Of(KeyPurpose::kEnrolmentSeal),
                                                        primitives::AssociatedData{context}, seed);
  if (!opened.ok()) return DamagedRecord();
  record.seed = std::move(*opened);
  return record;
}

StatusOr<Bytes> EncodeSubject(std::string_view store_key, const SubjectRecord& record,
                              const PersonKeys& person_keys, const PurposeKeys& keys,
                              Random& random) {
  RecordWriter inner;
  WriteId(inner, record.person);
  inner.I64(record.seen_at.value);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes sealed,
      SealRecord(person_keys.records, {kPersonPart, store_key}, inner.bytes(), random));
  RecordWriter writer;
  writer.U8(kRecordLayout).U32(record.leaf).Field(sealed);
  return SealRecord(keys.store_seal(), {keyspaces::kEnrolment, store_key}, writer.bytes(), random);
}

StatusOr<LeafIndex> SubjectLeaf(std::string_view store_key, ByteSpan stored,
                                const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const OuterSubject outer, OpenOuter(store_key, stored, keys));
  return outer.leaf;
}

StatusOr<SubjectRecord> DecodeSubject(std::string_view store_key, ByteSpan stored,
                                      const PersonKeys& person_keys, const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const OuterSubject outer, OpenOuter(store_key, stored, keys));
  NOREN_ASSIGN_OR_RETURN(const Bytes inner,
                         OpenRecord(person_keys.records, {kPersonPart, store_key}, outer.inner));
  RecordReader reader(inner);
  SubjectRecord record;
  record.leaf = outer.leaf;
  record.person = ReadId<model::PersonId>(reader);
  record.seen_at = ReadTime(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return record;
}

StatusOr<Bytes> EncodeSubjectPlace(std::string_view store_key, std::string_view subject_key,
                                   const PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).Field(subject_key);
  return SealRecord(keys.store_seal(), {keyspaces::kEnrolmentOf, store_key}, writer.bytes(),
                    random);
}

StatusOr<std::string> DecodeSubjectPlace(std::string_view store_key, ByteSpan stored,
                                         const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(keys.store_seal(), {keyspaces::kEnrolmentOf, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  std::string subject_key = reader.Text(kMaxStoreKeyBytes);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return subject_key;
}

StatusOr<Bytes> EncodeEnrolmentContact(std::string_view store_key, const EnrolmentContact& contact,
                                       const PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, contact.person);
  writer.I64(contact.at.value);
  writer.U8(static_cast<std::uint8_t>(contact.tokens.size()));
  for (const VersionedToken& token : contact.tokens) writer.U32(token.version).Raw(token.token);
  return SealRecord(keys.store_seal(), {keyspaces::kEnrolmentContact, store_key}, writer.bytes(),
                    random);
}

StatusOr<EnrolmentContact> DecodeEnrolmentContact(std::string_view store_key, ByteSpan stored,
                                                  const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(keys.store_seal(), {keyspaces::kEnrolmentContact, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  EnrolmentContact contact;
  contact.person = ReadId<model::PersonId>(reader);
  contact.at = ReadTime(reader);
  const std::size_t count = reader.U8();
  if (count < 1 || count > kMaxLiveEnrolmentVersions) return DamagedRecord();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t version = reader.U32();
    contact.tokens.push_back({version, ReadHash(reader)});
  }
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return contact;
}

StatusOr<Bytes> EncodeEnrolmentCount(std::string_view store_key, const EnrolmentCount& count,
                                     const PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).I64(count.day).U64(count.elements);
  return SealRecord(keys.store_seal(), {keyspaces::kEnrolmentQuota, store_key}, writer.bytes(),
                    random);
}

StatusOr<EnrolmentCount> DecodeEnrolmentCount(std::string_view store_key, ByteSpan stored,
                                              const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(keys.store_seal(), {keyspaces::kEnrolmentQuota, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  EnrolmentCount count;
  count.day = static_cast<std::int32_t>(reader.I64());
  count.elements = reader.U64();
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return count;
}

}  // namespace noren::personal_data
