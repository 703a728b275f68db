// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/vault.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/header.h"
#include "crypto/agefile/payload.h"
#include "crypto/agefile/recipient.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

Status DamagedItem() { return MakeError(ErrorCode::kDataCorrupt, "item"); }

// Errors of the BlobStore carry no code of ours.
Status StorageError(const Status& status) {
  if (status.code() == StatusCode::kNotFound) return DamagedItem();
  return MakeError(ErrorCode::kStorage, "blob");
}

StatusOr<agefile::Identity> IdentityOf(const PersonKeys& keys) {
  return agefile::Identity::FromScalar(keys.items_identity.Clone());
}

}  // namespace

StatusOr<Bytes> EncodeItem(PersonContext person, const ItemRecord& record, Random& random) {
  RecordWriter writer;
  const bool held = record.custody != model::Custody::kOperator;
  writer.U8(held ? kCustodyLayout : kRecordLayout).U8(static_cast<std::uint8_t>(record.kind));
  writer.Field(record.media_type).Field(record.name).Field(record.header);
  writer.Raw(record.payload_sha256).U64(record.payload_size_bytes).U64(record.plain_size_bytes);
  writer.I64(record.created_at.value);
  if (held) writer.U8(static_cast<std::uint8_t>(record.custody));
  const std::string key = keyspaces::ItemKey(person.person, record.item);
  return SealRecord(person.keys.records, {keyspaces::kItem, key, record.version}, writer.bytes(),
                    random);
}

StatusOr<ItemRecord> DecodeItem(PersonContext person, const model::ItemId& item, ByteSpan stored) {
  const std::string key = keyspaces::ItemKey(person.person, item);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      OpenRecordOfAnyVersion(person.keys.records, {keyspaces::kItem, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t layout = reader.U8();
  if (layout != kRecordLayout && layout != kCustodyLayout) return DamagedRecord();
  ItemRecord record;
  record.item = item;
  record.version = opened.version;
  record.kind = static_cast<model::ItemKind>(reader.U8());
  record.media_type = ReadText(reader);
  record.name = ReadText(reader);
  record.header = ReadBytes(reader);
  record.payload_sha256 = ReadHash(reader);
  record.payload_size_bytes = reader.U64();
  record.plain_size_bytes = reader.U64();
  record.created_at = ReadTime(reader);
  if (layout == kCustodyLayout) NOREN_RETURN_IF_ERROR(ReadCustody(reader, record.custody));
  const auto kinds = model::AllItemKinds();
  if (std::find(kinds.begin(), kinds.end(), record.kind) == kinds.end()) return DamagedRecord();
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return record;
}

struct ItemWriter::Stream {
  Stream(std::unique_ptr<storage::BlobWriter> blob_writer, const SecretBytes& file_key,
         Random& random)
      : blob(std::move(blob_writer)), encryptor(file_key, random) {}

  Status Append(const Bytes& payload) {
    if (payload.empty()) return OkStatus();
    payload_size_bytes += payload.size();
    const Status status = blob->Append(payload);
    if (!status.ok()) failed = true;
    return status.ok() ? status : StorageError(status);
  }

  std::unique_ptr<storage::BlobWriter> blob;
  agefile::PayloadEncryptor encryptor;
  primitives::Sha256Hasher plain_hasher;
  Bytes header;
  std::uint64_t plain_size_bytes = 0;
  std::uint64_t payload_size_bytes = 0;
  bool failed = false;  // or finished: nothing more may come
};

ItemWriter::ItemWriter(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
ItemWriter::ItemWriter(ItemWriter&&) noexcept = default;
ItemWriter& ItemWriter::operator=(ItemWriter&&) noexcept = default;
ItemWriter::~ItemWriter() = default;

StatusOr<ItemWriter> ItemWriter::Begin(storage::BlobStore& blobs, const PersonKeys& keys,
                                       Random& random) {
  NOREN_ASSIGN_OR_RETURN(const agefile::Recipient person,
                         agefile::Recipient::Parse(keys.items_recipient));
  const SecretBytes file_key = agefile::GenerateFileKey(random);
  NOREN_ASSIGN_OR_RETURN(Bytes header, agefile::EncryptHeader(file_key, {&person, 1}, random));
  StatusOr<std::unique_ptr<storage::BlobWriter>> blob = blobs.Begin();
  if (!blob.ok()) return StorageError(blob.status());
  auto stream = std::make_unique<Stream>(std::move(*blob), file_key, random);
  stream->header = std::move(header);
  return ItemWriter(std::move(stream));
}

Status ItemWriter::Update(ByteSpan plaintext) {
  Stream& stream = *stream_;
  if (stream.failed) return MakeError(ErrorCode::kStateConflict, "item writer");
  if (plaintext.size() > kMaxItemSizeBytes - stream.plain_size_bytes) {
    stream.failed = true;
    return MakeFieldError(ErrorCode::kTooLarge, "chunk");
  }
  stream.plain_size_bytes += plaintext.size();
  stream.plain_hasher.Update(plaintext);
  return stream.Append(stream.encryptor.Update(plaintext));
}

std::uint64_t ItemWriter::size_bytes() const { return stream_->plain_size_bytes; }

StatusOr<WrittenItem> ItemWriter::Finish() {
  Stream& stream = *stream_;
  if (stream.failed) return MakeError(ErrorCode::kStateConflict, "item writer");
  NOREN_RETURN_IF_ERROR(stream.Append(stream.encryptor.Finish()));
  stream.failed = true;
  const StatusOr<storage::BlobDigest> digest = stream.blob->Commit();
  if (!digest.ok()) return StorageError(digest.status());
  return WrittenItem{.header = std::move(stream.header),
                     .payload_sha256 = *digest,
                     .payload_size_bytes = stream.payload_size_bytes,
                     .plain_size_bytes = stream.plain_size_bytes,
                     .sent_sha256 = stream.plain_hasher.Finish()};
}

Status CheckRecipient(std::string_view text) {
  const bool valid = agefile::Recipient::Parse(text).ok();
  return valid ? OkStatus() : MakeFieldError(ErrorCode::kBadRequest, "recipient");
}

Hash256 FingerprintOf(std::vector<std::string> recipients) {
  std::sort(recipients.begin(), recipients.end());
  recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
  RecordWriter writer;
  writer.Field("noren/company-key/1");
  for (const std::string& recipient : recipients) writer.Field(recipient);
  return primitives::Sha256(writer.bytes());
}

StatusOr<Bytes> Rewrap(const PersonKeys& keys, ByteSpan header,
                       const std::vector<std::string>& recipients, Random& random) {
  if (recipients.empty()) return MakeError(ErrorCode::kNoRecipientKey);
  std::vector<agefile::Recipient> parsed;
  for (const std::string& text : recipients) {
    const StatusOr<agefile::Recipient> recipient = agefile::Recipient::Parse(text);
    if (!recipient.ok()) return MakeFieldError(ErrorCode::kBadRequest, "recipient");
    parsed.push_back(*recipient);
  }
  NOREN_ASSIGN_OR_RETURN(const agefile::Identity identity, IdentityOf(keys));
  const StatusOr<SecretBytes> file_key = agefile::OpenHeader(header, identity);
  if (!file_key.ok()) return DamagedItem();
  StatusOr<Bytes> wrapped = agefile::EncryptHeader(*file_key, parsed, random);
  if (!wrapped.ok()) return MakeFieldError(ErrorCode::kBadRequest, "recipient");
  return wrapped;
}

StatusOr<ItemRecord> Reencrypt(storage::BlobStore& blobs, const PersonKeys& keys,
                               const ItemRecord& record, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const agefile::Identity identity, IdentityOf(keys));
  const StatusOr<SecretBytes> file_key = agefile::OpenHeader(record.header, identity);
  if (!file_key.ok()) return DamagedItem();
  agefile::PayloadDecryptor decryptor(*file_key);
  NOREN_ASSIGN_OR_RETURN(ItemWriter writer, ItemWriter::Begin(blobs, keys, random));
  for (std::uint64_t offset = 0;;) {
    const StatusOr<Bytes> sealed =
        blobs.ReadAt(record.payload_sha256, offset, agefile::kSealedChunkSizeBytes);
    if (!sealed.ok()) return StorageError(sealed.status());
    if (sealed->empty()) break;
    offset += sealed->size();
    const StatusOr<Bytes> plaintext = decryptor.Update(*sealed);
    if (!plaintext.ok()) return DamagedItem();
    NOREN_RETURN_IF_ERROR(writer.Update(*plaintext));
  }
  const StatusOr<Bytes> rest = decryptor.Finish();
  if (!rest.ok()) return DamagedItem();
  NOREN_RETURN_IF_ERROR(writer.Update(*rest));
  NOREN_ASSIGN_OR_RETURN(WrittenItem written, writer.Finish());
  if (written.plain_size_bytes != record.plain_size_bytes) return DamagedItem();

  ItemRecord renewed = record;
  ++renewed.version;
  renewed.header = std::move(written.header);
  renewed.payload_sha256 = written.payload_sha256;
  renewed.payload_size_bytes = written.payload_size_bytes;
  return renewed;
}

}  // namespace noren::personal_data
