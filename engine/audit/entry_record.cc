// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/entry_record.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/entry.h"

namespace noren::audit {
namespace {
constexpr std::uint8_t kRecordVersion = 1;
}  // namespace

Bytes Encode(const EntryRecord& record) {
  return RecordWriter().U8(kRecordVersion).Raw(record.head).Field(record.entry).Take();
}

StatusOr<EntryRecord> DecodeEntryRecord(ByteSpan bytes) {
  RecordReader in(bytes);
  if (in.U8() != kRecordVersion) return DataLoss("audit entry record: unknown version");
  EntryRecord record;
  const ByteSpan head = in.Raw(record.head.size());
  record.entry = ToBytes(in.Field(kMaxEntrySizeBytes));
  NOREN_RETURN_IF_ERROR(in.Finish());
  std::copy(head.begin(), head.end(), record.head.begin());
  return record;
}

Hash256 NextHead(const Hash256& previous_head, const Hash256& leaf_hash) {
  return primitives::Sha256Hasher().Update(previous_head).Update(leaf_hash).Finish();
}

}  // namespace noren::audit
