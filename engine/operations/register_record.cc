// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/register_record.h"

#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint32_t kMaxTexts = 256;
constexpr std::size_t kMaxNameBytes = 256;

Status Damaged() { return model::MakeError(model::ErrorCode::kDataCorrupt, "register entry"); }

void WriteTexts(const std::vector<std::string>& texts, RecordWriter& writer) {
  writer.U32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) writer.Field(text);
}

bool ReadTexts(RecordReader& reader, std::vector<std::string>& texts) {
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || count > kMaxTexts) return false;
  for (std::uint32_t i = 0; i < count; ++i)
    texts.push_back(reader.Text(policy::kMaxRegisterTextBytes));
  return reader.ok();
}

bool ReadFields(RecordReader& reader, std::map<std::string, std::string>& fields) {
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || count > kMaxTexts) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name = reader.Text(kMaxNameBytes);
    if (!fields.emplace(name, reader.Text(policy::kMaxRegisterTextBytes)).second) return false;
  }
  return reader.ok();
}

}  // namespace

std::string RegisterEntryName(const RegisterEntry& entry) {
  return std::string(policy::RowOf(entry.step.kind).name) + "-" + std::to_string(entry.step.number);
}

Bytes EncodeRegisterEntry(const RegisterEntry& entry) {
  const policy::RegisteredStep& step = entry.step;
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(step.kind)).U64(step.number);
  writer.U64(step.case_number).U64(entry.follows);
  writer.I64(step.at.value).I64(entry.recorded_at.value);
  writer.Field(entry.officer).Field(entry.policy_version).Field(step.subject).Field(step.step);
  WriteTexts(step.clauses, writer);
  WriteTexts(step.parts, writer);
  writer.U32(static_cast<std::uint32_t>(step.fields.size()));
  for (const auto& [name, value] : step.fields) writer.Field(name).Field(value);
  return writer.Take();
}

StatusOr<RegisterEntry> DecodeRegisterEntry(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  const std::uint8_t kind = reader.U8();
  if (format != kFormat || !policy::IsRegisterNumber(kind)) return Damaged();
  RegisterEntry entry;
  entry.step.kind = static_cast<policy::RegisterKind>(kind);
  entry.step.number = reader.U64();
  entry.step.case_number = reader.U64();
  entry.follows = reader.U64();
  entry.step.at = {reader.I64()};
  entry.recorded_at = {reader.I64()};
  entry.officer = reader.Text(kMaxNameBytes);
  entry.policy_version = reader.Text(kMaxNameBytes);
  entry.step.subject = reader.Text(policy::kMaxRegisterTextBytes);
  entry.step.step = reader.Text(kMaxNameBytes);
  const bool is_read = ReadTexts(reader, entry.step.clauses) &&
                       ReadTexts(reader, entry.step.parts) && ReadFields(reader, entry.step.fields);
  if (!is_read || !reader.Finish().ok()) return Damaged();
  return entry;
}

StatusOr<Bytes> SealRegisterEntry(const RegisterEntry& entry,
                                  const personal_data::PurposeKeys& keys, Random& random) {
  const std::string key =
      keyspaces::RegisterKey(policy::RowOf(entry.step.kind).name, entry.step.number);
  return personal_data::SealRecord(keys.record(), {keyspaces::kRegister, key},
                                   EncodeRegisterEntry(entry), random);
}

StatusOr<RegisterEntry> OpenRegisterEntry(std::string_view store_key, ByteSpan stored,
                                          const personal_data::PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      personal_data::OpenRecord(keys.record(), {keyspaces::kRegister, std::string(store_key)},
                                stored));
  NOREN_ASSIGN_OR_RETURN(RegisterEntry entry, DecodeRegisterEntry(plaintext));
  const std::string key =
      keyspaces::RegisterKey(policy::RowOf(entry.step.kind).name, entry.step.number);
  if (key != store_key) return Damaged();
  return entry;
}

}  // namespace noren::operations
