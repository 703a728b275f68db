// The two calls every record of this folder is stored and read with: storage's sealed values, with
// the store's key as address and one error for whatever is wrong. Source:
// docs/formats/sealed_value.md Threads:  concurrently SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/model/custody.h"
#include "engine/storage/sealed_value.h"

namespace noren::personal_data {

// A record begins with the version of its layout.
inline constexpr std::uint8_t kRecordLayout = 1;
// Of records that have a second one, with what person custody adds. What the first can say is
// written in the first; both are read.
inline constexpr std::uint8_t kCustodyLayout = 2;
// Of the person record only: what the second has, and blocked employers.
inline constexpr std::uint8_t kBlocksLayout = 3;
// Of the person record: what the third has, and what the notice asks of a registration. Of the
// invitation: what the first has, and the stated facts.
inline constexpr std::uint8_t kStatedLayout = 4;
// What SealRecord takes, so that no field of a stored record can be larger.
inline constexpr std::size_t kMaxRecordSizeBytes = 256 * 1024;

// `keyspace` names the kind of record; inner parts of one record have names of their own.
struct SealAddress {
  std::string_view keyspace;
  std::string_view store_key;
  std::uint64_t version = 1;
};

//   errors   kTooLarge: above kMaxRecordSizeBytes
StatusOr<Bytes> SealRecord(storage::SealingKey key, const SealAddress& address, ByteSpan plaintext,
                           Random& random);
//   errors   kDataCorrupt, for every way in which it can fail
StatusOr<Bytes> OpenRecord(storage::SealingKey key, const SealAddress& address, ByteSpan sealed);
// Takes any version; address.version is not looked at.
StatusOr<storage::OpenedValue> OpenRecordOfAnyVersion(storage::SealingKey key,
                                                      const SealAddress& address, ByteSpan sealed);

// kDataCorrupt, the one error of a record that does not read.
Status DamagedRecord();
// Ok when the reader took everything and failed nowhere; kDataCorrupt otherwise.
Status FinishRecord(const RecordReader& reader);

// Fixed-size and listed fields, the same in every record.
void WriteHash(RecordWriter& writer, const Hash256& hash);
Hash256 ReadHash(RecordReader& reader);
inline std::string ReadText(RecordReader& reader) { return reader.Text(kMaxRecordSizeBytes); }
inline Bytes ReadBytes(RecordReader& reader) { return ToBytes(reader.Field(kMaxRecordSizeBytes)); }
// Only a custody that layout 1 cannot say: one record has one text.
Status ReadCustody(RecordReader& reader, model::Custody& custody);
inline UnixSeconds ReadTime(RecordReader& reader) { return {reader.I64()}; }
template <typename Id>
void WriteId(RecordWriter& writer, const Id& id) {
  writer.Raw(id.bytes());
}
template <typename Id>
Id ReadId(RecordReader& reader) {
  const StatusOr<Id> id = Id::FromBytes(reader.Raw(Id::kSizeBytes));
  return id.ok() ? *id : Id();
}

}  // namespace noren::personal_data
