// The anchor: a small sealed record outside the database that commits to everything acknowledged.
// A store that does not extend it stays sealed, so a restored disk or a damaged log cannot bring a
// withdrawn consent back.
// Source:   docs/design/0001-the-doorway.md, docs/formats/anchor.md
// Secrets:  key_tree_root_key; wiped with the record.
// Threads:  an Anchor is thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/storage/store.h"

namespace noren::storage {

struct PartitionHead {
  std::uint64_t sequence = 0;  // 0: nothing committed, and the head is all zero
  Hash256 head{};
  bool operator==(const PartitionHead&) const = default;
};
struct LogCheckpoint {
  std::uint64_t size = 0;
  Hash256 root{};
  bool operator==(const LogCheckpoint&) const = default;
};
struct JournalHead {
  std::uint64_t count = 0;  // 0: no record, and the chain hash is all zero
  Hash256 chain{};
  bool operator==(const JournalHead&) const = default;
};

struct AnchorRecord {
  std::uint64_t epoch = 0;  // rises with every Store; the first stored one is at least 1
  std::vector<PartitionHead> partitions;
  LogCheckpoint log;
  JournalHead journal;  // the narrowing journal's state, so that a cut-off tail is noticed
  UnixSeconds time_floor;
  std::uint64_t key_tree_generation = 0;
  SecretBytes key_tree_root_key;  // 32 bytes, or empty before the tree exists

  AnchorRecord Clone() const;
};

// What destroying a root key by overwriting the anchor reaches.
enum class ErasureClaim {
  kBackupsOnly,  // the anchor shares a device with the data: an image of the disk holds both
  kDevice        // it does not: older images of the data disk do not open either
};
std::string_view NameOf(ErasureClaim claim);  // "backups-only", "device"

class Anchor {
 public:
  virtual ~Anchor() = default;
  // The record with the highest epoch that is valid.
  //   errors   kNotFound: none was ever stored; kDataLoss: what is there cannot be opened;
  //            kUnavailable
  virtual StatusOr<AnchorRecord> Load() = 0;
  // Durable when it returns ok. After a failed write every later call fails: only a new start can
  // tell.
  //   errors   kFailedPrecondition: epoch not above the last one; kInvalidArgument: too many
  //            partitions; kUnavailable, kResourceExhausted: not known to be durable
  virtual Status Store(const AnchorRecord& record) = 0;
  // As Store, and afterwards nothing that was stored before is left: no slot holds an older root
  // key.
  virtual Status StoreAndOverwriteAll(const AnchorRecord& record) = 0;
  virtual ErasureClaim erasure_claim() const = 0;
};

// The two things VerifyExtends asks about the store's audit chain.
class HeadReader {
 public:
  virtual ~HeadReader() = default;
  virtual StatusOr<std::uint64_t> LastSequence(Partition partition) = 0;
  // The chain head after the entry `sequence`.
  //   errors   kNotFound
  virtual StatusOr<Hash256> HeadAt(Partition partition, std::uint64_t sequence) = 0;
};

// Holds iff the store contains everything the anchor commits to: each partition's sequence is at
// least the anchored one and its head at that sequence is the anchored head.
//   errors   kDataLoss: it does not; the message says what happened and what to do (the daemon
//            exits 78). kFailedPrecondition: another number of partitions. Errors of `heads` come
//            through.
Status VerifyExtends(const AnchorRecord& anchored, std::uint32_t partition_count,
                     HeadReader& heads);

// Holds iff nothing was ever committed: the only store that may start without an anchor.
//   errors   kDataLoss: the store has entries, so its anchor is missing (exit 78)
Status VerifyNothingCommitted(std::uint32_t partition_count, HeadReader& heads);

}  // namespace noren::storage
