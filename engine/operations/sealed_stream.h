// A stream of bytes of any length, sealed in chunks: no chunk can be changed, moved, left out or
// taken from another stream, and a stream that was cut off does not end.
// Source:   docs/formats/index_snapshot.md ("Sealed stream")
// Threads:  one owner
// Secrets:  a key derived for this stream; wiped with the object
// Why safe: every stream has a key of its own (HKDF with 32 random bytes as salt), and every chunk
//           is bound to head, number and whether it is the last
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/matching/index/snapshot.h"
#include "engine/operations/snapshot_place.h"

namespace noren::operations {

inline constexpr std::size_t kStreamChunkBytes = std::size_t{1} << 20;

class SealingSink final : public matching::ImageSink {
 public:
  // `generation` says which key the stream is under; it is readable in the head.
  struct Under {
    const SecretBytes& key;
    std::uint64_t generation = 0;
  };
  SealingSink(SnapshotPlace::Writer& to, const Under& under, Random& random);
  Status Write(ByteSpan bytes) override;
  // Ends the stream; it is not finished in the place.
  Status End();
  std::uint64_t bytes_count() const { return bytes_count_; }  // sealed

 private:
  Status WriteChunk(bool last);
  Status Append(ByteSpan bytes);

  SnapshotPlace::Writer& to_;
  Random& random_;
  Bytes head_;
  SecretBytes key_;
  Bytes chunk_;
  std::uint64_t number_ = 0;
  std::uint64_t bytes_count_ = 0;
  bool head_written_ = false;
};

class OpeningSource final : public matching::ImageSource {
 public:
  //   errors   kDataLoss: another format; kFailedPrecondition: under a key of another generation
  static StatusOr<std::unique_ptr<OpeningSource>> Open(SnapshotPlace::Reader& from,
                                                       const SealingSink::Under& under);
  //   errors   kDataLoss: the stream ends, or is not what was sealed under this key
  Status Read(MutableByteSpan out) override;
  // Ok when everything was read and nothing follows.
  Status End();

 private:
  explicit OpeningSource(SnapshotPlace::Reader& from) : from_(from) {}
  Status ReadChunk();

  SnapshotPlace::Reader& from_;
  Bytes head_;
  SecretBytes key_;
  Bytes chunk_;
  std::size_t at_ = 0;  // in chunk_
  std::uint64_t number_ = 0;
  bool last_ = false;
};

}  // namespace noren::operations
