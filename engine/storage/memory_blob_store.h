// The BlobStore in memory: for tests and simulation.
// Source:   engine/storage/blob_store.h
// Threads:  thread-safe; one mutex.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "engine/storage/blob_store.h"

namespace noren::storage {

class MemoryBlobStore final : public BlobStore {
 public:
  // `clock` must outlive the store, and the store its writers.
  explicit MemoryBlobStore(const Clock& clock) : clock_(clock) {}

  StatusOr<std::unique_ptr<BlobWriter>> Begin() override;
  StatusOr<std::uint64_t> Size(const BlobDigest& digest) override;
  StatusOr<Bytes> ReadAt(const BlobDigest& digest, std::uint64_t offset,
                         std::size_t size_bytes) override;
  Status Verify(const BlobDigest& digest) override;
  StatusOr<SweepReport> Sweep(const IsReferenced& is_referenced,
                              std::int64_t grace_seconds) override;

 private:
  class Writer;
  struct Blob {
    Bytes content;
    UnixSeconds written_at;
  };

  const Clock& clock_;
  std::mutex mutex_;
  std::map<BlobDigest, Blob> blobs_;  // guarded by mutex_
};

}  // namespace noren::storage
