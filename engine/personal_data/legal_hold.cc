// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/legal_hold.h"

#include <algorithm>

#include "crypto/primitives/hash.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr std::string_view kOuter = "hold/";
constexpr std::string_view kInner = "hold/content";
constexpr std::string_view kCommitmentDomain = "noren/hold-commitment/1";

Bytes EncodeContent(const HoldContent& content) {
  RecordWriter writer;
  writer.U8(kRecordLayout).Raw(content.handle_commitment).Field(content.reason);
  writer.U16(static_cast<std::uint16_t>(content.items.size()));
  for (const HeldItem& item : content.items) {
    WriteId(writer, item.item);
    writer.U8(static_cast<std::uint8_t>(item.kind)).Field(item.media_type).Field(item.name);
    writer.Field(item.header).Raw(item.payload_sha256).U64(item.payload_size_bytes);
    writer.U8(static_cast<std::uint8_t>(item.custody));
  }
  writer.U16(static_cast<std::uint16_t>(content.accesses.size()));
  for (const HoldAccess& access : content.accesses) {
    writer.I64(access.at.value).Field(access.officer);
    WriteId(writer, access.item);
    writer.Field(access.reason);
  }
  return writer.Take();
}

StatusOr<HoldContent> DecodeContent(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  HoldContent content;
  content.handle_commitment = ReadHash(reader);
  content.reason = ReadText(reader);
  const std::size_t items = std::min<std::size_t>(reader.U16(), kMaxHeldItems);
  for (std::size_t i = 0; i < items; ++i) {
    HeldItem item;
    item.item = ReadId<model::ItemId>(reader);
    item.kind = static_cast<model::ItemKind>(reader.U8());
    item.media_type = ReadText(reader);
    item.name = ReadText(reader);
    item.header = ReadBytes(reader);
    item.payload_sha256 = ReadHash(reader);
    item.payload_size_bytes = reader.U64();
    const std::uint8_t custody = reader.U8();
    if (custody < 1 || custody > 2) return DamagedRecord();
    item.custody = static_cast<model::Custody>(custody);
    content.items.push_back(std::move(item));
  }
  const std::size_t accesses = std::min<std::size_t>(reader.U16(), kMaxHoldAccesses);
  for (std::size_t i = 0; i < accesses; ++i) {
    HoldAccess access;
    access.at = ReadTime(reader);
    access.officer = ReadText(reader);
    access.item = ReadId<model::ItemId>(reader);
    access.reason = ReadText(reader);
    content.accesses.push_back(std::move(access));
  }
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return content;
}

struct OpenedHold {
  HoldAddress address;
  Bytes content;  // sealed
};

StatusOr<OpenedHold> OpenOuter(std::string_view store_key, ByteSpan stored,
                               const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext, OpenRecord(purpose_keys.Of(KeyPurpose::kHold),
                                                           {kOuter, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  OpenedHold opened;
  const std::uint8_t state = reader.U8();
  opened.address.state = static_cast<HoldAddress::State>(state);
  opened.address.leaf = reader.U32();
  opened.address.person = ReadId<model::PersonId>(reader);
  opened.address.placed_at = ReadTime(reader);
  opened.address.until = ReadTime(reader);
  opened.address.authority = ReadText(reader);
  opened.content = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  if (state < 1 || state > 2) return DamagedRecord();
  return opened;
}

}  // namespace

Hash256 CommitToHeldHandle(const model::HoldId& hold, const model::SeekerHandle& handle) {
  RecordWriter writer;
  writer.Field(kCommitmentDomain).Raw(hold.bytes()).Raw(handle.bytes());
  return primitives::Sha256(writer.bytes());
}

StatusOr<Bytes> EncodeHold(std::string_view store_key, const HoldRecord& record,
                           const PersonKeys& leaf_keys, const PurposeKeys& purpose_keys,
                           Random& random) {
  NOREN_ASSIGN_OR_RETURN(const Bytes content, SealRecord(leaf_keys.records, {kInner, store_key},
                                                         EncodeContent(record.content), random));
  RecordWriter writer;
  writer.U8(kRecordLayout).U8(static_cast<std::uint8_t>(record.address.state));
  writer.U32(record.address.leaf);
  WriteId(writer, record.address.person);
  writer.I64(record.address.placed_at.value).I64(record.address.until.value);
  writer.Field(record.address.authority).Field(content);
  return SealRecord(purpose_keys.Of(KeyPurpose::kHold), {kOuter, store_key}, writer.bytes(),
                    random);
}

StatusOr<HoldAddress> OpenHoldAddress(std::string_view store_key, ByteSpan stored,
                                      const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(OpenedHold opened, OpenOuter(store_key, stored, purpose_keys));
  return std::move(opened.address);
}

StatusOr<HoldRecord> DecodeHold(std::string_view store_key, ByteSpan stored,
                                const PersonKeys& leaf_keys, const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(OpenedHold opened, OpenOuter(store_key, stored, purpose_keys));
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(leaf_keys.records, {kInner, store_key}, opened.content));
  HoldRecord record;
  record.address = std::move(opened.address);
  NOREN_ASSIGN_OR_RETURN(record.content, DecodeContent(plaintext));
  return record;
}

}  // namespace noren::personal_data
