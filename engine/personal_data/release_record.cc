// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/release.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

// 2 since the recipient's details and the reason's code are kept, and no free text.
constexpr std::uint8_t kProvisionLayout = 2;

constexpr std::array<std::pair<DownloadReason, std::string_view>, 6> kReasonNames = {{
    {DownloadReason::kScreening, "screening"},
    {DownloadReason::kInterview, "interview"},
    {DownloadReason::kOffer, "offer"},
    {DownloadReason::kOnboarding, "onboarding"},
    {DownloadReason::kAudit, "audit"},
    {DownloadReason::kOther, "other"},
}};

void WriteItem(RecordWriter& writer, const ReleasedItem& item) {
  WriteId(writer, item.item);
  writer.U8(static_cast<std::uint8_t>(item.kind)).Field(item.media_type).Field(item.name);
  writer.Field(item.header).U64(item.payload_size_bytes).Raw(item.payload_sha256);
}

bool IsKnown(model::ItemKind kind) {
  const auto all = model::AllItemKinds();
  return std::find(all.begin(), all.end(), kind) != all.end();
}
bool IsKnown(model::Purpose purpose) {
  const auto all = model::AllPurposes();
  return std::find(all.begin(), all.end(), purpose) != all.end();
}

ReleasedItem ReadItem(RecordReader& reader) {
  ReleasedItem item;
  item.item = ReadId<model::ItemId>(reader);
  item.kind = static_cast<model::ItemKind>(reader.U8());
  item.media_type = ReadText(reader);
  item.name = ReadText(reader);
  item.header = ReadBytes(reader);
  item.payload_size_bytes = reader.U64();
  item.payload_sha256 = ReadHash(reader);
  return item;
}

void WriteTexts(RecordWriter& writer, const std::vector<std::string>& texts) {
  writer.U32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) writer.Field(text);
}

std::vector<std::string> ReadTexts(RecordReader& reader) {
  std::vector<std::string> texts;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) texts.push_back(ReadText(reader));
  return texts;
}

Bytes ProvisionBytes(const ProvisionRecord& record) {
  RecordWriter writer;
  writer.U8(kProvisionLayout);
  WriteId(writer, record.release);
  writer.I64(record.at.value).Field(record.company);
  WriteId(writer, record.posting);
  WriteId(writer, record.candidate);
  WriteId(writer, record.consent);
  writer.U32(static_cast<std::uint32_t>(record.item_kinds.size()));
  for (const model::ItemKind kind : record.item_kinds) writer.U8(static_cast<std::uint8_t>(kind));
  writer.U8(static_cast<std::uint8_t>(record.purpose));
  writer.U8(static_cast<std::uint8_t>(record.proof)).Raw(record.statement_sha256);
  writer.U32(record.retention_days).Field(record.policy_version);
  WriteTexts(writer, record.clauses);
  writer.U8(static_cast<std::uint8_t>(record.reason_code)).Field(record.recipient.name);
  writer.Field(record.recipient.address).Field(record.recipient.representative);
  writer.I64(record.access_ends_at.value);
  return writer.Take();
}

}  // namespace

std::string_view DownloadReasonName(DownloadReason reason) {
  for (const auto& [known, name] : kReasonNames) {
    if (known == reason) return name;
  }
  return "";
}

std::optional<DownloadReason> FindDownloadReason(std::string_view name) {
  for (const auto& [known, known_name] : kReasonNames) {
    if (known_name == name) return known;
  }
  return std::nullopt;
}

std::string ReasonText(DownloadReason reason, std::string_view text) {
  if (reason == DownloadReason::kOther) return std::string(text);
  std::string said(DownloadReasonName(reason));
  if (!text.empty()) said.append(": ").append(text);
  return said;
}

StatusOr<Bytes> EncodeRelease(PersonContext person, std::string_view store_key,
                              const ReleaseRecord& record, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, record.release);
  WriteId(writer, record.consent);
  writer.U64(record.consent_version).I64(record.released_at.value);
  writer.Field(record.manifest).Field(record.signature);
  writer.U32(static_cast<std::uint32_t>(record.items.size()));
  for (const ReleasedItem& item : record.items) WriteItem(writer, item);
  return SealRecord(person.keys.records, {keyspaces::kRelease, store_key}, writer.bytes(), random);
}

StatusOr<ReleaseRecord> DecodeRelease(PersonContext person, std::string_view store_key,
                                      ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(person.keys.records, {keyspaces::kRelease, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  ReleaseRecord record;
  record.release = ReadId<model::ReleaseId>(reader);
  record.consent = ReadId<model::ConsentId>(reader);
  record.consent_version = reader.U64();
  record.released_at = ReadTime(reader);
  record.manifest = ReadText(reader);
  record.signature = ReadBytes(reader);
  const std::uint32_t items_count = reader.U32();
  for (std::uint32_t i = 0; i < items_count && reader.ok(); ++i) {
    record.items.push_back(ReadItem(reader));
    if (!IsKnown(record.items.back().kind)) return DamagedRecord();
  }
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return record;
}

StatusOr<Bytes> EncodeProvision(const ProvisionRecord& record, const PurposeKeys& purpose_keys,
                                Random& random) {
  const std::string key = keyspaces::ProvisionKey(record.at.value, record.release);
  return SealRecord(purpose_keys.record(), {keyspaces::kProvision, key}, ProvisionBytes(record),
                    random);
}

StatusOr<ProvisionRecord> DecodeProvision(std::string_view store_key, ByteSpan stored,
                                          const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      OpenRecord(purpose_keys.record(), {keyspaces::kProvision, store_key}, stored));
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  bool known = layout == kRecordLayout || layout == kProvisionLayout;
  ProvisionRecord record;
  record.release = ReadId<model::ReleaseId>(reader);
  record.at = ReadTime(reader);
  record.company = ReadText(reader);
  record.posting = ReadId<model::PostingId>(reader);
  record.candidate = ReadId<model::CandidateRef>(reader);
  record.consent = ReadId<model::ConsentId>(reader);
  const std::uint32_t kinds_count = reader.U32();
  for (std::uint32_t i = 0; i < kinds_count && reader.ok(); ++i) {
    record.item_kinds.push_back(static_cast<model::ItemKind>(reader.U8()));
    known = known && IsKnown(record.item_kinds.back());
  }
  record.purpose = static_cast<model::Purpose>(reader.U8());
  if (layout == kRecordLayout) record.reason = ReadText(reader);
  record.proof = static_cast<ProofLevel>(reader.U8());
  record.statement_sha256 = ReadHash(reader);
  record.retention_days = reader.U32();
  record.policy_version = ReadText(reader);
  record.clauses = ReadTexts(reader);
  if (layout == kProvisionLayout) {
    record.reason_code = static_cast<DownloadReason>(reader.U8());
    record.recipient = {ReadText(reader), ReadText(reader), ReadText(reader)};
    record.access_ends_at = ReadTime(reader);
  }
  known = known && !DownloadReasonName(record.reason_code).empty() && IsKnown(record.purpose) &&
          !ProofLevelName(record.proof).empty();
  if (!known) return DamagedRecord();
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return record;
}

}  // namespace noren::personal_data
