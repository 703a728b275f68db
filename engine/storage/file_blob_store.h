// The BlobStore in a directory: one file per blob, up to 256 shards, modes 0600 and 0700.
// Source:   engine/storage/blob_store.h, docs/formats/blob.md
// Threads:  thread-safe.
// Why safe: a blob is written under a temporary name, synced, renamed, and its directory synced
//           before its digest is told; a crash leaves a temporary file that the next Open removes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <mutex>
#include <string>

#include "engine/storage/blob_store.h"

namespace noren::storage {

class FileBlobStore final : public BlobStore {
 public:
  // Makes the directory when it is missing and removes what an earlier crash left
  // unfinished. `clock` must outlive the store, and the store its writers.
  //   errors   kPermissionDenied, kResourceExhausted, kUnavailable
  static StatusOr<std::unique_ptr<FileBlobStore>> Open(const std::string& directory,
                                                       const Clock& clock);

  StatusOr<std::unique_ptr<BlobWriter>> Begin() override;
  StatusOr<std::uint64_t> Size(const BlobDigest& digest) override;
  StatusOr<Bytes> ReadAt(const BlobDigest& digest, std::uint64_t offset,
                         std::size_t size_bytes) override;
  Status Verify(const BlobDigest& digest) override;
  StatusOr<SweepReport> Sweep(const IsReferenced& is_referenced,
                              std::int64_t grace_seconds) override;

  // Where a blob's file is; for backup, which copies the files.
  std::string PathOf(const BlobDigest& digest) const;

 private:
  class Writer;
  FileBlobStore(std::string directory, const Clock& clock);
  Status Prepare();
  Status Publish(const std::string& temporary, const BlobDigest& digest);
  Status SyncOrFail(const std::string& directory);
  Status SweepShard(const std::string& shard, const IsReferenced& is_referenced,
                    std::int64_t grace_seconds, SweepReport& report);
  StatusOr<bool> RemoveIfOld(const std::string& path, std::int64_t grace_seconds,
                             SweepReport& report);

  std::string directory_;
  const Clock& clock_;
  std::mutex mutex_;  // held while a name appears or disappears, so that a sweep cannot remove a
                      // blob just committed
  std::uint64_t next_temporary_ = 0;          // guarded by mutex_
  std::array<bool, 256> is_shard_durable_{};  // guarded by mutex_; its directory entry is synced
  bool is_failed_ = false;                    // guarded by mutex_
};

}  // namespace noren::storage
