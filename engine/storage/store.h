// The Store: a fixed number of partitions, each an ordered map of bytes with conditional atomic
// batches and a gap-free change feed. Drawn from what operations need; implementations:
// memory_store.h, rocksdb_store.h.
// Source:   docs/design/0001-the-doorway.md, docs/formats/store.md, docs/formats/keyspaces.md
// Threads:  thread-safe.
// Why safe: an implementation that passes tests/engine/storage/store_conformance.h holds G1-G7
//           below.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::storage {

struct Partition {
  std::uint32_t index = 0;
  auto operator<=>(const Partition&) const = default;
};

enum class Outcome {
  kCommitted,        // durable, and visible to every later read
  kConditionFailed,  // nothing was applied
  kUnavailable,      // nothing was applied, and nothing will be (refused before writing)
  kUnknown           // may have been applied: read the version record, never assume
};

struct Condition {
  std::string key;
  std::optional<Bytes> equals;  // nullopt: the key must be absent
};

struct Mutation {
  std::string key;
  std::optional<Bytes> value;  // nullopt: delete; a value is never empty
};

// All of it or nothing, inside one partition. Conditions look at the state before the batch;
// mutations apply in the order given, so the last one of a key wins. A batch that CheckBatch
// refuses is answered kUnavailable with the reason in `detail`; it is a programming error, and
// sending it again changes nothing.
struct Batch {
  Partition partition;
  std::vector<Condition> if_all;
  std::vector<Mutation> mutations;
  Bytes feed_entry;  // may be empty: no feed entry
};

inline constexpr std::size_t kMaxKeyBytes = 1024;
inline constexpr std::size_t kMaxBatchKeys = 4096;  // conditions and mutations together
inline constexpr std::size_t kMaxBatchBytes = std::size_t{4}
                                              << 20;  // keys, values, expected values, feed entry
inline constexpr std::uint32_t kMaxPartitions = 1024;

// What every implementation refuses before it does anything: a partition that does not exist, a key
// that is empty or longer than kMaxKeyBytes, an empty value, a batch over the limits.
//   errors   kInvalidArgument, with which rule
Status CheckBatch(const Batch& batch, std::uint32_t partition_count);

struct CommitResult {
  Outcome outcome = Outcome::kUnavailable;
  std::uint64_t feed_sequence =
      0;  // of this batch's feed entry, from 1; 0 when it had none or was not committed
  std::string detail;  // for the operator; no personal data
};

struct KeyValue {
  std::string key;
  Bytes value;
};
struct Page {
  std::vector<KeyValue> items;
  bool more = false;  // a further page, after the last key here, has at least one item
};
struct FeedEntry {
  std::uint64_t sequence = 0;
  Bytes entry;
};
struct FeedPage {
  std::vector<FeedEntry> items;
  bool gap = false;  // position already trimmed: no items; rescan the partition
};
struct Health {
  bool readable = false;
  bool writable = false;  // false is final: the process ends with exit code 74 and recovery decides
  bool disk_full = false;  // why it is not writable, when that is the reason
  std::string detail;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual std::uint32_t partition_count() const = 0;
  // G1 all or nothing inside one partition, G2 linearizable, G3 durable before kCommitted, G4 feed
  // entry iff committed. After one kUnknown the store takes no further batch: only a new start can
  // tell what is on the disk.
  virtual CommitResult Commit(const Batch& batch) = 0;
  // G5 one atomic view of one partition; absent keys are nullopt, in the order asked.
  //   errors   kInvalidArgument: no such partition; kDataLoss: a stored block is damaged;
  //            kUnavailable
  virtual StatusOr<std::vector<std::optional<Bytes>>> Read(
      Partition partition, const std::vector<std::string>& keys) = 0;
  // G6 unsigned byte order; keys with `prefix` and strictly after `after` (empty: from the start),
  // at most `limit`. One page is one atomic view; successive pages are not one snapshot.
  virtual StatusOr<Page> Scan(Partition partition, const std::string& prefix,
                              const std::string& after, std::size_t limit) = 0;
  // G7 sequences from 1, without gaps per partition, in commit order, kept until trimmed.
  virtual StatusOr<FeedPage> ReadFeed(Partition partition, std::uint64_t after_sequence,
                                      std::size_t limit) = 0;
  // Forgets the entries up to and including `up_to_sequence`; never more than exist.
  virtual Status TrimFeed(Partition partition, std::uint64_t up_to_sequence) = 0;
  // Best-effort physical clean-up; erasure is the destruction of keys, not this call.
  virtual void Compact() = 0;
  virtual Health CheckHealth() = 0;
};

}  // namespace noren::storage
