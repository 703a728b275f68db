// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/held_item.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/header.h"
#include "crypto/agefile/header_parser.h"
#include "crypto/agefile/payload.h"
#include "crypto/agefile/recipient.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::string_view kFile = "file";
constexpr std::uint64_t kMaxPayloadSizeBytes = agefile::PayloadSize(kMaxItemSizeBytes);

Status StorageError() { return MakeError(ErrorCode::kStorage, "blob"); }

// True when the line of the MAC may still come: then there is nothing to parse yet.
bool HeaderMayContinue(std::string_view text) {
  if (text.size() >= agefile::kHeaderMaxSizeBytes) return false;
  const std::string_view begin = text.substr(0, agefile::kVersionLine.size());
  if (begin != agefile::kVersionLine.substr(0, begin.size())) return false;
  const std::size_t mac_line = text.find("\n--- ");
  return mac_line == std::string_view::npos ||
         text.find('\n', mac_line + 1) == std::string_view::npos;
}

}  // namespace

struct HeldItemWriter::Stream {
  // The header is complete in `header`, with the beginning of the payload behind it.
  Status CutHeader() {
    const StatusOr<agefile::HeaderForm> form = agefile::InspectHeader(header);
    if (!form.ok()) return MakeFieldError(ErrorCode::kNotAgeFile, kFile);
    if (form->other_stanzas != 0) {
      return MakeFieldError(ErrorCode::kAgeRecipients, kFile, "a stanza that is not X25519");
    }
    if (form->shares.size() > kMaxHeldItemStanzas) {
      return MakeFieldError(ErrorCode::kAgeRecipients, kFile, "at most 8 recipients");
    }
    const auto end = header.begin() + static_cast<std::ptrdiff_t>(form->size_bytes);
    const Bytes payload(end, header.end());
    header.erase(end, header.end());
    cut = true;
    return AppendPayload(payload);
  }

  Status AppendPayload(ByteSpan payload) {
    if (payload.size() > kMaxPayloadSizeBytes - payload_size_bytes) {
      return MakeFieldError(ErrorCode::kTooLarge, kFile);
    }
    if (payload.empty()) return OkStatus();
    payload_size_bytes += payload.size();
    return blob->Append(payload).ok() ? OkStatus() : StorageError();
  }

  Status Take(ByteSpan file) {
    if (cut) return AppendPayload(file);
    header.insert(header.end(), file.begin(), file.end());
    return HeaderMayContinue(AsText(header)) ? OkStatus() : CutHeader();
  }

  std::unique_ptr<storage::BlobWriter> blob;
  primitives::Sha256Hasher hasher;
  Bytes header;      // until it is cut, whatever has come
  bool cut = false;  // from then on `header` is the header
  std::uint64_t size_bytes = 0;
  std::uint64_t payload_size_bytes = 0;
  bool failed = false;  // or finished: nothing more may come
};

HeldItemWriter::HeldItemWriter(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
HeldItemWriter::HeldItemWriter(HeldItemWriter&&) noexcept = default;
HeldItemWriter& HeldItemWriter::operator=(HeldItemWriter&&) noexcept = default;
HeldItemWriter::~HeldItemWriter() = default;

StatusOr<HeldItemWriter> HeldItemWriter::Begin(storage::BlobStore& blobs) {
  StatusOr<std::unique_ptr<storage::BlobWriter>> blob = blobs.Begin();
  if (!blob.ok()) return StorageError();
  auto stream = std::make_unique<Stream>();
  stream->blob = std::move(*blob);
  return HeldItemWriter(std::move(stream));
}

Status HeldItemWriter::Update(ByteSpan file) {
  Stream& stream = *stream_;
  if (stream.failed) return MakeError(ErrorCode::kStateConflict, "item writer");
  stream.size_bytes += file.size();
  stream.hasher.Update(file);
  Status taken = stream.Take(file);
  stream.failed = !taken.ok();
  return taken;
}

std::uint64_t HeldItemWriter::size_bytes() const { return stream_->size_bytes; }

std::uint64_t HeldItemWriter::plain_size_at_least() const {
  const std::uint64_t size = stream_->payload_size_bytes;
  const std::uint64_t chunks = size / agefile::kSealedChunkSizeBytes + 1;
  const std::uint64_t overhead = agefile::PayloadSize(0) + 16 * chunks;
  return size > overhead ? size - overhead : 0;
}

StatusOr<WrittenItem> HeldItemWriter::Finish() {
  Stream& stream = *stream_;
  if (stream.failed) return MakeError(ErrorCode::kStateConflict, "item writer");
  stream.failed = true;
  if (!stream.cut) return MakeFieldError(ErrorCode::kNotAgeFile, kFile, "the header ends early");
  const StatusOr<std::uint64_t> plain_size = agefile::PlaintextSize(stream.payload_size_bytes);
  if (!plain_size.ok()) return MakeFieldError(ErrorCode::kAgeLength, kFile);
  const StatusOr<storage::BlobDigest> digest = stream.blob->Commit();
  if (!digest.ok()) return StorageError();
  return WrittenItem{.header = std::move(stream.header),
                     .payload_sha256 = *digest,
                     .payload_size_bytes = stream.payload_size_bytes,
                     .plain_size_bytes = *plain_size,
                     .sent_sha256 = stream.hasher.Finish()};
}

Status CheckPersonRecipient(std::string_view text) {
  const StatusOr<agefile::Recipient> recipient = agefile::Recipient::Parse(text);
  const bool usable = recipient.ok() && recipient->IsUsable();
  return usable ? OkStatus()
                : MakeFieldError(ErrorCode::kBadRequest, "age_recipient", "no X25519 recipient");
}

Status AddShares(ByteSpan header, HeaderShares& shares) {
  const StatusOr<agefile::HeaderForm> form = agefile::InspectHeader(header);
  if (!form.ok()) return MakeError(ErrorCode::kDataCorrupt, "header");
  shares.insert(form->shares.begin(), form->shares.end());
  return OkStatus();
}

Status CheckHeader(ByteSpan header, const HeaderCheck& check, HeaderShares& used) {
  const StatusOr<agefile::HeaderForm> form = agefile::InspectHeader(header);
  if (!form.ok() || form->size_bytes != header.size()) {
    return MakeFieldError(ErrorCode::kNotAgeFile, check.field);
  }
  const HeaderShares own(form->shares.begin(), form->shares.end());
  // The same share twice would be one recipient twice, in the place of another one.
  if (form->other_stanzas != 0 || form->shares.size() != check.recipients_count ||
      own.size() != form->shares.size()) {
    return MakeFieldError(
        ErrorCode::kAgeRecipients, check.field,
        "one X25519 stanza for each of " + std::to_string(check.recipients_count) + " keys");
  }
  for (const auto& share : own) {
    if (!used.insert(share).second) return MakeFieldError(ErrorCode::kHeaderReused, check.field);
  }
  return OkStatus();
}

StatusOr<std::vector<ItemHeader>> MatchHeaders(const std::vector<ConsentItem>& items,
                                               const std::vector<Hash256>& headers_sha256,
                                               std::vector<ItemHeader> carried) {
  const Status mismatch = MakeFieldError(ErrorCode::kHeaderMismatch, "act.headers");
  if (headers_sha256.size() != items.size()) {
    return MakeFieldError(ErrorCode::kHeaderMismatch, "statement.items", "header_sha256");
  }
  if (carried.size() != items.size()) return mismatch;
  std::sort(carried.begin(), carried.end(),
            [](const ItemHeader& a, const ItemHeader& b) { return a.item < b.item; });
  // The statement's items ascend too, so that a header twice leaves another one without.
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (carried[i].item != items[i].item) return mismatch;
    if (primitives::Sha256(carried[i].header) != headers_sha256[i]) return mismatch;
  }
  return carried;
}

}  // namespace noren::personal_data
