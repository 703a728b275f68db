// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_record.h"

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kFormat = 1;

Status Corrupt() { return model::MakeError(model::ErrorCode::kDataCorrupt, "company record"); }

StatusOr<model::CorporateNumber> ReadNumber(RecordReader& reader) {
  const StatusOr<model::CorporateNumber> number = model::ParseCorporateNumber(reader.Text(64));
  if (!number.ok()) return Corrupt();
  return number;
}

}  // namespace

std::string CompanyKeyOf(std::string_view name) {
  return std::string(keyspaces::kCompany) + std::string(name);
}

StatusOr<Bytes> EncodeCompanyRecord(const CompanyRecord& record,
                                    const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).Field(record.legal_name).Field(record.address).Field(record.representative);
  writer.Field(record.number.ToString()).U32(static_cast<std::uint32_t>(record.affiliates.size()));
  for (const model::CorporateNumber& number : record.affiliates) writer.Field(number.ToString());
  writer.U32(static_cast<std::uint32_t>(record.classes.size()));
  for (const std::string& one : record.classes) writer.Field(one);
  writer.I64(record.registered_at.value);
  return storage::SealValue(keys.store_seal(), {keyspaces::kCompany, CompanyKeyOf(record.name)},
                            record.version, writer.bytes(), random);
}

StatusOr<CompanyRecord> DecodeCompanyRecord(std::string_view name, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys) {
  const StatusOr<storage::OpenedValue> opened =
      storage::OpenValue(keys.store_seal(), {keyspaces::kCompany, CompanyKeyOf(name)}, stored);
  if (!opened.ok()) return Corrupt();
  RecordReader reader(opened->plaintext);
  CompanyRecord record;
  record.name = name;
  record.version = opened->version;
  const std::uint8_t format = reader.U8();
  record.legal_name = reader.Text(kMaxCompanyLineBytes);
  record.address = reader.Text(kMaxCompanyLineBytes);
  record.representative = reader.Text(kMaxCompanyLineBytes);
  NOREN_ASSIGN_OR_RETURN(record.number, ReadNumber(reader));
  const std::uint32_t affiliates = reader.U32();
  if (format != kFormat || affiliates > kMaxCompanyAffiliates) return Corrupt();
  for (std::uint32_t i = 0; i < affiliates; ++i) {
    NOREN_ASSIGN_OR_RETURN(record.affiliates.emplace_back(), ReadNumber(reader));
  }
  const std::uint32_t classes = reader.U32();
  if (classes > kMaxCompanyClasses) return Corrupt();
  for (std::uint32_t i = 0; i < classes; ++i) record.classes.push_back(reader.Text(64));
  record.registered_at = {reader.I64()};
  if (!reader.Finish().ok()) return Corrupt();
  return record;
}

}  // namespace noren::operations
