// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/payload.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/header.h"
#include "crypto/base/check.h"
#include "crypto/primitives/chacha20poly1305.h"
#include "crypto/primitives/hkdf.h"

namespace noren::agefile {
namespace {

constexpr std::size_t kTag = primitives::kChaChaTagSizeBytes;
static_assert(kSealedChunkSizeBytes == kChunkSizeBytes + kTag);

SecretBytes PayloadKey(const SecretBytes& file_key, ByteSpan nonce) {
  NOREN_CHECK(file_key.size() == kFileKeySizeBytes, "an age file key has 16 bytes");
  return primitives::HkdfSha256Key(file_key, {.salt = nonce, .info = AsBytes("payload")});
}

// STREAM: 11 bytes of big-endian counter, then 1 for the last chunk. The counter's upper three
// bytes stay zero: 2^64 chunks are more than any payload has.
primitives::ChaChaNonce ChunkNonce(std::uint64_t index, bool last) {
  primitives::ChaChaNonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) {
    nonce[10 - i] = static_cast<std::uint8_t>(index >> (8 * i));
  }
  nonce[11] = last ? 1 : 0;
  return nonce;
}

Status DoesNotOpen() { return DataLoss("age payload does not open"); }

// Moves bytes from the front of `input` until `pending` has `wanted` bytes.
void FillUp(Bytes& pending, std::size_t wanted, ByteSpan& input) {
  const std::size_t take = std::min(input.size(), wanted - pending.size());
  pending.insert(pending.end(), input.begin(), input.begin() + static_cast<std::ptrdiff_t>(take));
  input = input.subspan(take);
}

}  // namespace

PayloadEncryptor::PayloadEncryptor(const SecretBytes& file_key, Random& random)
    : nonce_(kPayloadNonceSizeBytes) {
  random.Fill(nonce_);
  payload_key_ = PayloadKey(file_key, nonce_);
}

void PayloadEncryptor::SealChunk(ByteSpan plaintext, bool last, Bytes& out) {
  primitives::UncheckedChaChaSeal(payload_key_, ChunkNonce(chunk_index_, last), plaintext, out);
  ++chunk_index_;
}

Bytes PayloadEncryptor::Update(ByteSpan plaintext) {
  NOREN_CHECK(!finished_, "age payload: Update after Finish");
  Bytes out = std::exchange(nonce_, {});
  // A full chunk is sealed only when more follows, because the last one is marked.
  while (pending_.size() + plaintext.size() > kChunkSizeBytes) {
    if (pending_.empty()) {
      SealChunk(plaintext.first(kChunkSizeBytes), false, out);
      plaintext = plaintext.subspan(kChunkSizeBytes);
      continue;
    }
    FillUp(pending_, kChunkSizeBytes, plaintext);
    SealChunk(pending_, false, out);
    pending_.clear();
  }
  FillUp(pending_, kChunkSizeBytes, plaintext);
  return out;
}

Bytes PayloadEncryptor::Finish() {
  NOREN_CHECK(!finished_, "age payload: Finish twice");
  finished_ = true;
  Bytes out = std::exchange(nonce_, {});
  SealChunk(pending_, true, out);
  pending_.clear();
  return out;
}

PayloadDecryptor::PayloadDecryptor(const SecretBytes& file_key) : file_key_(file_key.Clone()) {}

Status PayloadDecryptor::OpenChunk(ByteSpan sealed, bool last, Bytes& out) {
  // An empty chunk is valid only as the single chunk of an empty plaintext.
  const bool empty = sealed.size() <= kTag;
  if (empty && chunk_index_ > 0) return DoesNotOpen();
  const primitives::ChaChaNonce nonce = ChunkNonce(chunk_index_, last);
  if (!primitives::UncheckedChaChaOpen(payload_key_, nonce, sealed, out).ok()) return DoesNotOpen();
  ++chunk_index_;
  return OkStatus();
}

StatusOr<Bytes> PayloadDecryptor::Update(ByteSpan payload) {
  if (failed_) return DoesNotOpen();
  Bytes out;
  if (payload_key_.empty()) {
    FillUp(pending_, kPayloadNonceSizeBytes, payload);
    if (pending_.size() < kPayloadNonceSizeBytes) return out;
    payload_key_ = PayloadKey(file_key_, pending_);
    pending_.clear();
  }
  while (!failed_ && pending_.size() + payload.size() > kSealedChunkSizeBytes) {
    if (pending_.empty()) {
      failed_ = !OpenChunk(payload.first(kSealedChunkSizeBytes), false, out).ok();
      payload = payload.subspan(kSealedChunkSizeBytes);
      continue;
    }
    FillUp(pending_, kSealedChunkSizeBytes, payload);
    failed_ = !OpenChunk(pending_, false, out).ok();
    pending_.clear();
  }
  if (failed_) return DoesNotOpen();
  FillUp(pending_, kSealedChunkSizeBytes, payload);
  return out;
}

StatusOr<Bytes> PayloadDecryptor::Finish() {
  if (failed_ || payload_key_.empty()) return DoesNotOpen();
  failed_ = true;  // nothing may follow
  Bytes out;
  NOREN_RETURN_IF_ERROR(OpenChunk(pending_, true, out));
  return out;
}

namespace {

// Of a payload that has at least its nonce and one tag.
std::uint64_t ChunksOf(std::uint64_t payload_size_bytes) {
  return (payload_size_bytes - kPayloadNonceSizeBytes - 1) / kSealedChunkSizeBytes + 1;
}

}  // namespace

StatusOr<std::uint64_t> PlaintextSize(std::uint64_t payload_size_bytes) {
  if (payload_size_bytes < PayloadSize(0)) return DoesNotOpen();
  const std::uint64_t tags_size_bytes = ChunksOf(payload_size_bytes) * kTag;
  const std::uint64_t sealed_size_bytes = payload_size_bytes - kPayloadNonceSizeBytes;
  if (sealed_size_bytes < tags_size_bytes) return DoesNotOpen();
  const std::uint64_t plaintext_size_bytes = sealed_size_bytes - tags_size_bytes;
  // Rules out a last chunk of less than a tag, and an empty one behind others.
  if (PayloadSize(plaintext_size_bytes) != payload_size_bytes) return DoesNotOpen();
  return plaintext_size_bytes;
}

StatusOr<PayloadReader> PayloadReader::Create(const SecretBytes& file_key, ByteSpan nonce,
                                              std::uint64_t payload_size_bytes) {
  if (nonce.size() != kPayloadNonceSizeBytes) return DoesNotOpen();
  PayloadReader reader;
  NOREN_ASSIGN_OR_RETURN(reader.plaintext_size_bytes_, PlaintextSize(payload_size_bytes));
  reader.payload_key_ = PayloadKey(file_key, nonce);
  reader.chunks_count_ = ChunksOf(payload_size_bytes);
  return reader;
}

std::uint64_t PayloadReader::ChunkOffset(std::uint64_t index) const {
  return kPayloadNonceSizeBytes + index * kSealedChunkSizeBytes;
}

std::size_t PayloadReader::SealedChunkSize(std::uint64_t index) const {
  NOREN_CHECK(index < chunks_count_, "age payload: no such chunk");
  if (index + 1 < chunks_count_) return kSealedChunkSizeBytes;
  return static_cast<std::size_t>(plaintext_size_bytes_ - index * kChunkSizeBytes) + kTag;
}

StatusOr<Bytes> PayloadReader::OpenChunk(std::uint64_t index, ByteSpan sealed) const {
  if (index >= chunks_count_ || sealed.size() != SealedChunkSize(index)) return DoesNotOpen();
  Bytes out;
  const primitives::ChaChaNonce nonce = ChunkNonce(index, index + 1 == chunks_count_);
  if (!primitives::UncheckedChaChaOpen(payload_key_, nonce, sealed, out).ok()) return DoesNotOpen();
  return out;
}

}  // namespace noren::agefile
