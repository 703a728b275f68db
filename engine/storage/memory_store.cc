// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/memory_store.h"

#include <algorithm>

namespace noren::storage {
namespace {

Status NoSuchPartition() { return InvalidArgument("store: no such partition"); }

}  // namespace

MemoryStore::MemoryStore(std::uint32_t partition_count)
    : partitions_(std::clamp<std::uint32_t>(partition_count, 1, kMaxPartitions)) {}

std::uint32_t MemoryStore::partition_count() const {
  return static_cast<std::uint32_t>(partitions_.size());
}

CommitResult MemoryStore::Commit(const Batch& batch) {
  if (Status allowed = CheckBatch(batch, partition_count()); !allowed.ok()) {
    return {Outcome::kUnavailable, 0, std::string(MessageOf(allowed))};
  }
  std::lock_guard lock(mutex_);
  PartitionState& state = partitions_[batch.partition.index];
  for (const Condition& condition : batch.if_all) {
    auto found = state.values.find(condition.key);
    const bool is_present = found != state.values.end();
    if (is_present != condition.equals.has_value()) return {Outcome::kConditionFailed, 0, ""};
    if (is_present && found->second != *condition.equals) return {Outcome::kConditionFailed, 0, ""};
  }
  for (const Mutation& mutation : batch.mutations) {
    if (mutation.value) {
      state.values[mutation.key] = *mutation.value;
    } else {
      state.values.erase(mutation.key);
    }
  }
  if (batch.feed_entry.empty()) return {Outcome::kCommitted, 0, ""};
  state.feed[++state.last_sequence] = batch.feed_entry;
  return {Outcome::kCommitted, state.last_sequence, ""};
}

StatusOr<std::vector<std::optional<Bytes>>> MemoryStore::Read(
    Partition partition, const std::vector<std::string>& keys) {
  if (partition.index >= partition_count()) return NoSuchPartition();
  std::lock_guard lock(mutex_);
  const PartitionState& state = partitions_[partition.index];
  std::vector<std::optional<Bytes>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    auto found = state.values.find(key);
    values.push_back(found == state.values.end() ? std::nullopt : std::optional(found->second));
  }
  return values;
}

StatusOr<Page> MemoryStore::Scan(Partition partition, const std::string& prefix,
                                 const std::string& after, std::size_t limit) {
  if (partition.index >= partition_count()) return NoSuchPartition();
  std::lock_guard lock(mutex_);
  const auto& values = partitions_[partition.index].values;
  // std::string compares as unsigned bytes, which is the order the contract asks for.
  auto at = after < prefix ? values.lower_bound(prefix) : values.upper_bound(after);
  Page page;
  for (; at != values.end() && at->first.starts_with(prefix); ++at) {
    if (page.items.size() == limit) {
      page.more = true;
      break;
    }
    page.items.push_back({at->first, at->second});
  }
  return page;
}

StatusOr<FeedPage> MemoryStore::ReadFeed(Partition partition, std::uint64_t after_sequence,
                                         std::size_t limit) {
  if (partition.index >= partition_count()) return NoSuchPartition();
  std::lock_guard lock(mutex_);
  const PartitionState& state = partitions_[partition.index];
  FeedPage page;
  page.gap = after_sequence < state.trimmed_up_to;
  if (page.gap) return page;
  for (auto at = state.feed.upper_bound(after_sequence); at != state.feed.end(); ++at) {
    if (page.items.size() == limit) break;
    page.items.push_back({at->first, at->second});
  }
  return page;
}

Status MemoryStore::TrimFeed(Partition partition, std::uint64_t up_to_sequence) {
  if (partition.index >= partition_count()) return NoSuchPartition();
  std::lock_guard lock(mutex_);
  PartitionState& state = partitions_[partition.index];
  const std::uint64_t last = std::min(up_to_sequence, state.last_sequence);
  state.feed.erase(state.feed.begin(), state.feed.upper_bound(last));
  state.trimmed_up_to = std::max(state.trimmed_up_to, last);
  return OkStatus();
}

Health MemoryStore::CheckHealth() {
  Health health;
  health.readable = true;
  health.writable = true;
  return health;
}

}  // namespace noren::storage
