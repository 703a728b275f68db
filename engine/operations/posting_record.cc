// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_record.h"

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxContentBytes = std::size_t{1} << 17;

Status Corrupt() { return model::MakeError(model::ErrorCode::kDataCorrupt, "posting record"); }

}  // namespace

StatusOr<Bytes> EncodePostingRecord(const PostingRecord& record,
                                    const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).Field(record.portal).U8(record.open ? 1 : 0).I64(record.registered_at.value);
  writer.U32(record.invited_count).Field(model::EncodePosting(record.content));
  const std::string key = personal_data::keyspaces::PostingKey(record.posting);
  return storage::SealValue(keys.store_seal(), {personal_data::keyspaces::kPosting, key},
                            record.version, writer.bytes(), random);
}

StatusOr<PostingRecord> DecodePostingRecord(const model::PostingId& posting, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys) {
  const std::string key = personal_data::keyspaces::PostingKey(posting);
  const StatusOr<storage::OpenedValue> opened =
      storage::OpenValue(keys.store_seal(), {personal_data::keyspaces::kPosting, key}, stored);
  if (!opened.ok()) return Corrupt();
  RecordReader reader(opened->plaintext);
  PostingRecord record;
  record.posting = posting;
  record.version = opened->version;
  const std::uint8_t format = reader.U8();
  record.portal = reader.Text(64);
  record.open = reader.U8() == 1;
  record.registered_at = {reader.I64()};
  record.invited_count = reader.U32();
  const ByteSpan content = reader.Field(kMaxContentBytes);
  if (!reader.Finish().ok() || format != kFormat) return Corrupt();
  NOREN_ASSIGN_OR_RETURN(record.content, model::DecodePosting(content));
  return record;
}

}  // namespace noren::operations
