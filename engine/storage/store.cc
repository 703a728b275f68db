// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/store.h"

namespace noren::storage {
namespace {

bool IsKeySizeAllowed(const std::string& key) { return !key.empty() && key.size() <= kMaxKeyBytes; }

}  // namespace

Status CheckBatch(const Batch& batch, std::uint32_t partition_count) {
  if (batch.partition.index >= partition_count) return InvalidArgument("batch: no such partition");
  if (batch.if_all.size() + batch.mutations.size() > kMaxBatchKeys) {
    return InvalidArgument("batch: more than 4096 keys");
  }
  std::size_t size_bytes = batch.feed_entry.size();
  for (const Condition& condition : batch.if_all) {
    if (!IsKeySizeAllowed(condition.key)) return InvalidArgument("batch: key not of 1..1024 bytes");
    size_bytes += condition.key.size() + (condition.equals ? condition.equals->size() : 0);
  }
  for (const Mutation& mutation : batch.mutations) {
    if (!IsKeySizeAllowed(mutation.key)) return InvalidArgument("batch: key not of 1..1024 bytes");
    if (mutation.value && mutation.value->empty()) return InvalidArgument("batch: empty value");
    size_bytes += mutation.key.size() + (mutation.value ? mutation.value->size() : 0);
  }
  if (size_bytes > kMaxBatchBytes) return InvalidArgument("batch: more than 4 MiB");
  return OkStatus();
}

}  // namespace noren::storage
