// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/sealing.h"

#include <algorithm>

#include "engine/model/errors.h"

namespace noren::personal_data {

StatusOr<Bytes> SealRecord(const SecretBytes& key, const SealAddress& address, ByteSpan plaintext,
                           Random& random) {
  if (plaintext.size() > kMaxRecordSizeBytes) {
    return model::MakeError(model::ErrorCode::kTooLarge, "record");
  }
  return storage::SealValue(key, {address.keyspace, address.store_key}, address.version, plaintext,
                            random);
}

StatusOr<Bytes> OpenRecord(const SecretBytes& key, const SealAddress& address, ByteSpan sealed) {
  StatusOr<Bytes> opened =
      storage::OpenValueAt(key, {address.keyspace, address.store_key}, address.version, sealed);
  if (!opened.ok()) return DamagedRecord();
  return opened;
}

StatusOr<storage::OpenedValue> OpenRecordOfAnyVersion(const SecretBytes& key,
                                                      const SealAddress& address, ByteSpan sealed) {
  StatusOr<storage::OpenedValue> opened =
      storage::OpenValue(key, {address.keyspace, address.store_key}, sealed);
  if (!opened.ok()) return DamagedRecord();
  return opened;
}

Status DamagedRecord() { return model::MakeError(model::ErrorCode::kDataCorrupt, "sealed record"); }

Status FinishRecord(const RecordReader& reader) {
  return reader.Finish().ok() ? OkStatus() : DamagedRecord();
}

void WriteHash(RecordWriter& writer, const Hash256& hash) { writer.Raw(hash); }

Hash256 ReadHash(RecordReader& reader) {
  Hash256 hash{};
  const ByteSpan bytes = reader.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Status ReadCustody(RecordReader& reader, model::Custody& custody) {
  custody = model::Custody::kPerson;
  const bool known = reader.U8() == static_cast<std::uint8_t>(custody);
  return known ? OkStatus() : DamagedRecord();
}

}  // namespace noren::personal_data
