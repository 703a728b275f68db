// The payload of an age file: a 16-byte nonce, then the STREAM of sealed chunks of 64 KiB. Pieces
// are pushed in and come out transformed; how they are cut does not matter.
// Source:   docs/formats/age.md; C2SP age.md, "Payload"
// Threads:  externally synchronised
// Secrets:  the payload key
// Why safe: the payload key is new for every nonce, and chunk nonces count up with a mark on the
//           last one, so that truncation, reordering and extension do not open
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::agefile {

inline constexpr std::size_t kPayloadNonceSizeBytes = 16;
inline constexpr std::size_t kChunkSizeBytes = 64 * 1024;
inline constexpr std::size_t kSealedChunkSizeBytes = kChunkSizeBytes + 16;

// Size of the payload (nonce included) of a plaintext.
constexpr std::uint64_t PayloadSize(std::uint64_t plaintext_size_bytes) {
  const std::uint64_t chunks_count =
      plaintext_size_bytes == 0 ? 1
                                : (plaintext_size_bytes + kChunkSizeBytes - 1) / kChunkSizeBytes;
  return kPayloadNonceSizeBytes + plaintext_size_bytes + chunks_count * 16;
}

// The size of the plaintext behind a payload of this size.
//   errors   kDataLoss: no plaintext has a payload of that size
StatusOr<std::uint64_t> PlaintextSize(std::uint64_t payload_size_bytes);

class PayloadEncryptor {
 public:
  // `file_key` has 16 bytes (a programmer's error otherwise).
  PayloadEncryptor(const SecretBytes& file_key, Random& random);
  // The payload bytes that are complete now; may be empty.
  Bytes Update(ByteSpan plaintext);
  // The rest. Neither function may be called afterwards.
  Bytes Finish();

 private:
  void SealChunk(ByteSpan plaintext, bool last, Bytes& out);
  SecretBytes payload_key_;
  Bytes pending_;  // at most one chunk, which may turn out to be the last
  Bytes nonce_;    // not yet given out
  std::uint64_t chunk_index_ = 0;
  bool finished_ = false;
};

// What Update returns is authentic, but is the whole only once Finish has said so. After a failure
// every call fails.
class PayloadDecryptor {
 public:
  explicit PayloadDecryptor(const SecretBytes& file_key);
  // The plaintext that could be opened so far.
  //   errors   kDataLoss
  StatusOr<Bytes> Update(ByteSpan payload);
  // The rest of the plaintext.
  //   errors   kDataLoss: changed, truncated, extended or reordered
  StatusOr<Bytes> Finish();

 private:
  Status OpenChunk(ByteSpan sealed, bool last, Bytes& out);
  SecretBytes file_key_;
  SecretBytes payload_key_;
  Bytes pending_;
  std::uint64_t chunk_index_ = 0;
  bool failed_ = false;
};

// Opens single chunks of a payload whose size is known: for sending parts of a document.
class PayloadReader {
 public:
  // `nonce`: the payload's first 16 bytes.
  //   errors   kDataLoss: no plaintext has a payload of that size
  static StatusOr<PayloadReader> Create(const SecretBytes& file_key, ByteSpan nonce,
                                        std::uint64_t payload_size_bytes);

  std::uint64_t plaintext_size_bytes() const { return plaintext_size_bytes_; }
  std::uint64_t chunks_count() const { return chunks_count_; }
  // Where chunk `index` lies in the payload.
  std::uint64_t ChunkOffset(std::uint64_t index) const;
  std::size_t SealedChunkSize(std::uint64_t index) const;
  //   errors   kDataLoss: not the bytes of that chunk
  StatusOr<Bytes> OpenChunk(std::uint64_t index, ByteSpan sealed) const;

 private:
  PayloadReader() = default;
  SecretBytes payload_key_;
  std::uint64_t plaintext_size_bytes_ = 0;
  std::uint64_t chunks_count_ = 0;
};

}  // namespace noren::agefile
