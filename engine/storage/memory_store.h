// The Store in memory: for tests, simulation and tools. It loses everything with the process.
// Source:   engine/storage/store.h
// Threads:  thread-safe; one mutex.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "engine/storage/store.h"

namespace noren::storage {

class MemoryStore final : public Store {
 public:
  // `partition_count` is 1..kMaxPartitions; other values are clamped.
  explicit MemoryStore(std::uint32_t partition_count = 1);

  std::uint32_t partition_count() const override;
  CommitResult Commit(const Batch& batch) override;
  StatusOr<std::vector<std::optional<Bytes>>> Read(Partition partition,
                                                   const std::vector<std::string>& keys) override;
  StatusOr<Page> Scan(Partition partition, const std::string& prefix, const std::string& after,
                      std::size_t limit) override;
  StatusOr<FeedPage> ReadFeed(Partition partition, std::uint64_t after_sequence,
                              std::size_t limit) override;
  Status TrimFeed(Partition partition, std::uint64_t up_to_sequence) override;
  void Compact() override {}
  Health CheckHealth() override;

 private:
  struct PartitionState {
    std::map<std::string, Bytes> values;
    std::map<std::uint64_t, Bytes> feed;
    std::uint64_t last_sequence = 0;
    std::uint64_t trimmed_up_to = 0;
  };

  std::mutex mutex_;
  std::vector<PartitionState> partitions_;  // guarded by mutex_; its size never changes
};

}  // namespace noren::storage
