// The BlobStore: immutable byte strings named by their SHA-256, for document payloads
// (ciphertext). A batch refers to a blob by digest after it is durable; what nothing refers to is
// swept.
// Source:   docs/design/0001-the-doorway.md, docs/formats/blob.md
// Threads:  thread-safe; one BlobWriter is externally synchronised.
// Why safe: the content is authenticated by whoever opens it (age STREAM); Verify is for
//           scrubbing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/status.h"

namespace noren::storage {

using BlobDigest = Hash256;  // SHA-256 of the content

// Takes one blob as a stream. Destroyed without Commit, it leaves nothing behind.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual Status Append(ByteSpan bytes) = 0;
  // Makes the blob durable and readable. Further calls on this writer fail with
  // kFailedPrecondition.
  //   returns  its digest; content that was there already is kept once, and its age starts again
  //   errors   kResourceExhausted: no space; kUnavailable: I/O error; nothing is left behind either
  //            way
  virtual StatusOr<BlobDigest> Commit() = 0;
};

struct SweepReport {
  std::uint64_t kept_count = 0;
  std::uint64_t removed_count = 0;
  std::uint64_t removed_bytes = 0;
};

// Says whether anything refers to the blob. An error ends the sweep and removes nothing more.
using IsReferenced = std::function<StatusOr<bool>(const BlobDigest&)>;

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual StatusOr<std::unique_ptr<BlobWriter>> Begin() = 0;
  //   errors   kNotFound
  virtual StatusOr<std::uint64_t> Size(const BlobDigest& digest) = 0;
  // The bytes [offset, offset + size_bytes) as far as they exist; empty at or after the end.
  //   errors   kNotFound, kUnavailable
  virtual StatusOr<Bytes> ReadAt(const BlobDigest& digest, std::uint64_t offset,
                                 std::size_t size_bytes) = 0;
  // Reads the whole blob and compares its digest.
  //   errors   kNotFound, kDataLoss
  virtual Status Verify(const BlobDigest& digest) = 0;
  // Removes blobs that nothing refers to and that were written more than `grace_seconds` ago. The
  // grace must be longer than the longest time between a Commit here and the batch that refers to
  // it.
  virtual StatusOr<SweepReport> Sweep(const IsReferenced& is_referenced,
                                      std::int64_t grace_seconds) = 0;
};

}  // namespace noren::storage
