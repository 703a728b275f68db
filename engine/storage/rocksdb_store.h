// The Store on an embedded RocksDB: the default of a single machine.
// Source:   engine/storage/store.h, docs/formats/store.md
// Threads:  thread-safe; the batches of one partition are committed one after another, and share
//           nothing but the write-ahead log with those of other partitions.
// Why safe: conditions are read and the batch is written under the partition's lock; the log is
//           synced before the batch becomes visible; the first failed write latches the store,
//           because a failed sync cannot be retried as a success (the kernel may have dropped the
//           pages).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "engine/storage/backup_source.h"
#include "engine/storage/store.h"

namespace noren::storage {

struct RocksDbOptions {
  std::string directory;
  std::uint32_t partition_count = 1;  // fixed when the store is created
  enum class Missing { kCreate, kRefuse } when_missing = Missing::kCreate;
  std::size_t block_cache_bytes = std::size_t{16} << 20;
  std::size_t write_buffer_bytes = std::size_t{16} << 20;
};

class RocksDbStore final : public Store, public BackupSource {
 public:
  // Opens the store and replays its log. A log that is cut off inside its last record is accepted
  // (that record was never acknowledged, or the anchor will say so); any other damage is refused.
  //   errors   kDataLoss: the files are damaged (the daemon exits 78); kNotFound: nothing there and
  //            kRefuse; kFailedPrecondition: another partition count or a newer format;
  //            kUnavailable: in use, or I/O error
  static StatusOr<std::unique_ptr<RocksDbStore>> Open(const RocksDbOptions& options);
  ~RocksDbStore() override;
  RocksDbStore(const RocksDbStore&) = delete;
  RocksDbStore& operator=(const RocksDbStore&) = delete;

  std::uint32_t partition_count() const override;
  CommitResult Commit(const Batch& batch) override;
  StatusOr<std::vector<std::optional<Bytes>>> Read(Partition partition,
                                                   const std::vector<std::string>& keys) override;
  StatusOr<Page> Scan(Partition partition, const std::string& prefix, const std::string& after,
                      std::size_t limit) override;
  StatusOr<FeedPage> ReadFeed(Partition partition, std::uint64_t after_sequence,
                              std::size_t limit) override;
  Status TrimFeed(Partition partition, std::uint64_t up_to_sequence) override;
  void Compact() override;
  Health CheckHealth() override;

  Status Checkpoint(const std::string& directory) override;
  // Reads every block of every table file and compares its checksum.
  //   errors   kDataLoss
  //   cost     reads the whole store
  Status VerifyChecksums();

 private:
  struct State;
  explicit RocksDbStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noren::storage
