// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/rocksdb_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "engine/storage/durable_file.h"
#include "engine/storage/rocksdb_layout.h"

namespace noren::storage {
namespace {

enum class Failure { kNone, kInputOutput, kDiskFull, kDamaged };

Failure FailureOf(const rocksdb::Status& status) {
  if (status.ok()) return Failure::kNone;
  if (status.IsNoSpace()) return Failure::kDiskFull;
  if (status.IsCorruption()) return Failure::kDamaged;
  return Failure::kInputOutput;
}

std::string_view DetailOf(Failure failure) {
  switch (failure) {
    case Failure::kNone:
      return "";
    case Failure::kDiskFull:
      return "store: the disk is full; free space and start again (nothing acknowledged is lost)";
    case Failure::kDamaged:
      return "store: a stored block is damaged; run `noren doctor`, then restore a backup";
    case Failure::kInputOutput:
      break;
  }
  return "store: writing failed with an I/O error; check the disk and start again";
}

// Remembers the first failure for the life of the store. RocksDB's own background work reports here
// too.
class FailureLatch final : public rocksdb::EventListener {
 public:
  void Set(Failure failure) {
    Failure expected = Failure::kNone;
    first_.compare_exchange_strong(expected, failure);
  }
  Failure Get() const { return first_.load(); }

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override {
    Set(FailureOf(*status));
  }

 private:
  std::atomic<Failure> first_{Failure::kNone};
};

// RocksDB's own log is not written: on a full disk its writer aborts a library built with
// assertions, as Debian's is, and it may name keys. What matters arrives as a status or through the
// latch.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::Slice ToSlice(ByteSpan bytes) { return {AsText(bytes).data(), bytes.size()}; }
Bytes FromSlice(const rocksdb::Slice& slice) {
  return ToBytes(std::string_view(slice.data(), slice.size()));
}
std::string_view TextOf(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Status ReadFailure(const rocksdb::Status& status) {
  if (status.IsCorruption()) {
    return DataLoss("store: a stored block is damaged; run `noren doctor`, then restore a backup");
  }
  return Unavailable("store: reading failed with an I/O error");
}

Status OpenFailure(const rocksdb::Status& status) {
  if (status.IsCorruption() || status.IsPathNotFound() || status.IsNotFound()) {
    return DataLoss(
        "The store's files are damaged: its log or a table fails its checksum, or a file is "
        "missing. The service stays sealed, because opening it could bring back what was "
        "withdrawn. Restore the newest backup with `noren backup restore`, which applies the "
        "journal again.");
  }
  if (status.IsNoSpace()) return ResourceExhausted(DetailOf(Failure::kDiskFull));
  return Unavailable("store: cannot be opened: in use by another process, or an I/O error");
}

rocksdb::Options MakeOptions(const RocksDbOptions& options,
                             const std::shared_ptr<FailureLatch>& latch) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;

  rocksdb::Options db;
  db.create_if_missing = options.when_missing == RocksDbOptions::Missing::kCreate;
  db.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  db.compression = rocksdb::kNoCompression;  // values are ciphertext
  db.write_buffer_size = options.write_buffer_bytes;
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.max_open_files = 256;
  db.max_background_jobs = 2;
  // A bit flip anywhere in the log refuses; only a last record that was cut off is forgiven. The
  // manifest's sizes tell when an older log lost its end.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.verify_sst_unique_id_in_manifest = true;
  db.paranoid_checks = true;
  db.max_bgerror_resume_count = 0;  // a failed write is never retried as a success
  db.listeners.push_back(latch);
  db.info_log = std::make_shared<SilentLogger>();
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

// Without its CURRENT file RocksDB would quietly begin a new database beside the old files.
Status CheckDirectory(const RocksDbOptions& options) {
  const bool may_create = options.when_missing == RocksDbOptions::Missing::kCreate;
  if (may_create) NOREN_RETURN_IF_ERROR(MakePrivateDirectory(options.directory));
  StatusOr<std::vector<std::string>> names = ListDirectory(options.directory);
  if (absl::IsNotFound(names.status())) return NotFound("store: no such directory");
  NOREN_RETURN_IF_ERROR(names.status());
  if (std::find(names->begin(), names->end(), "CURRENT") != names->end()) return OkStatus();
  const bool has_files = std::any_of(names->begin(), names->end(), [](const std::string& name) {
    return name.ends_with(".sst") || name.ends_with(".log") || name.starts_with("MANIFEST-");
  });
  // A crash while the store was first made leaves a MANIFEST and no CURRENT, but never a table.
  const bool has_tables = std::any_of(
      names->begin(), names->end(), [](const std::string& name) { return name.ends_with(".sst"); });
  if (has_tables) return OpenFailure(rocksdb::Status::Corruption());
  if (!may_create) {
    return has_files ? OpenFailure(rocksdb::Status::Corruption())
                     : NotFound("store: nothing there");
  }
  return OkStatus();
}

}  // namespace

struct RocksDbStore::State {
  struct PartitionState {
    std::mutex mutex;
    FeedHead feed;  // guarded by mutex
  };

  std::shared_ptr<FailureLatch> latch = std::make_shared<FailureLatch>();
  std::vector<PartitionState> partitions;
  std::unique_ptr<rocksdb::DB> db;

  Status Prepare(std::uint32_t partition_count);
  Status WriteFormat(std::uint32_t partition_count);
  Status LoadFeed(Partition partition, FeedHead& head);
  StatusOr<bool> Holds(Partition partition, const Condition& condition);
  CommitResult Write(Partition partition, const Batch& batch, PartitionState& state);
  bool Has(Partition partition) const { return partition.index < partitions.size(); }
};

// Reads or, in a store just made, writes the format record; then every partition's feed head.
Status RocksDbStore::State::Prepare(std::uint32_t partition_count) {
  std::string encoded;
  const rocksdb::Status found =
      db->Get(rocksdb::ReadOptions(), rocksdb::Slice(kStoreFormatKey), &encoded);
  if (found.IsNotFound()) {
    NOREN_RETURN_IF_ERROR(WriteFormat(partition_count));
    encoded = EncodeStoreFormat({kStoreFormatVersion, partition_count});
  } else if (!found.ok()) {
    return ReadFailure(found);
  }
  NOREN_ASSIGN_OR_RETURN(const StoreFormat format, DecodeStoreFormat(encoded));
  if (format.version != kStoreFormatVersion) {
    return FailedPrecondition("store: written by another version of noren, format " +
                              std::to_string(format.version));
  }
  if (format.partition_count != partition_count) {
    return FailedPrecondition("store: made with " + std::to_string(format.partition_count) +
                              " partitions, configured with " + std::to_string(partition_count));
  }
  partitions = std::vector<PartitionState>(partition_count);
  for (std::uint32_t index = 0; index < partition_count; ++index) {
    NOREN_RETURN_IF_ERROR(LoadFeed(Partition{index}, partitions[index].feed));
  }
  return OkStatus();
}

Status RocksDbStore::State::WriteFormat(std::uint32_t partition_count) {
  const std::unique_ptr<rocksdb::Iterator> all(db->NewIterator(rocksdb::ReadOptions()));
  all->SeekToFirst();
  if (all->Valid()) return OpenFailure(rocksdb::Status::Corruption());
  if (!all->status().ok()) return ReadFailure(all->status());
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const std::string encoded = EncodeStoreFormat({kStoreFormatVersion, partition_count});
  rocksdb::Status status = db->Put(synced, rocksdb::Slice(kStoreFormatKey), encoded);
  // In a table, so that a log deleted later leaves a store that is visibly not new.
  if (status.ok()) status = db->Flush(rocksdb::FlushOptions());
  return status.ok() ? OkStatus() : OpenFailure(status);
}

// Also walks the kept entries: a log that lost a batch in its middle shows as a hole.
Status RocksDbStore::State::LoadFeed(Partition partition, FeedHead& head) {
  std::string encoded;
  const rocksdb::Status found = db->Get(rocksdb::ReadOptions(), FeedHeadKey(partition), &encoded);
  if (!found.ok() && !found.IsNotFound()) return ReadFailure(found);
  if (found.ok()) {
    NOREN_ASSIGN_OR_RETURN(head, DecodeFeedHead(encoded));
  }
  const std::string end = EndOfPrefix(FeedKey(partition, 0).substr(0, 5));
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> at(db->NewIterator(options));
  std::uint64_t expected = head.trimmed_up_to;
  for (at->Seek(FeedKey(partition, 0)); at->Valid(); at->Next()) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t sequence, FeedSequenceOf(TextOf(at->key())));
    if (sequence != ++expected) return OpenFailure(rocksdb::Status::Corruption());
  }
  if (!at->status().ok()) return ReadFailure(at->status());
  return expected == head.last_sequence ? OkStatus() : OpenFailure(rocksdb::Status::Corruption());
}

RocksDbStore::RocksDbStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
RocksDbStore::~RocksDbStore() = default;

StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(const RocksDbOptions& options) {
  if (options.partition_count == 0 || options.partition_count > kMaxPartitions) {
    return InvalidArgument("store: 1 to 1024 partitions");
  }
  NOREN_RETURN_IF_ERROR(CheckDirectory(options));
  auto state = std::make_unique<State>();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened =
      rocksdb::DB::Open(MakeOptions(options, state->latch), options.directory, &db);
  if (!opened.ok()) return OpenFailure(opened);
  state->db.reset(db);
  NOREN_RETURN_IF_ERROR(state->Prepare(options.partition_count));
  return std::unique_ptr<RocksDbStore>(new RocksDbStore(std::move(state)));
}

std::uint32_t RocksDbStore::partition_count() const {
  return static_cast<std::uint32_t>(state_->partitions.size());
}

StatusOr<bool> RocksDbStore::State::Holds(Partition partition, const Condition& condition) {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = db->Get(rocksdb::ReadOptions(), db->DefaultColumnFamily(),
                                         DataKey(partition, condition.key), &value);
  if (status.IsNotFound()) return !condition.equals.has_value();
  if (!status.ok()) return ReadFailure(status);
  return condition.equals.has_value() && ToSlice(*condition.equals) == value;
}

// The caller holds the partition's lock.
CommitResult RocksDbStore::State::Write(Partition partition, const Batch& batch,
                                        PartitionState& state) {
  rocksdb::WriteBatch write;
  for (const Mutation& mutation : batch.mutations) {
    const std::string key = DataKey(partition, mutation.key);
    const rocksdb::Status added =
        mutation.value ? write.Put(key, ToSlice(*mutation.value)) : write.Delete(key);
    if (!added.ok()) return {Outcome::kUnavailable, 0, "store: batch refused"};
  }
  FeedHead feed = state.feed;
  if (!batch.feed_entry.empty()) {
    ++feed.last_sequence;
    rocksdb::Status added =
        write.Put(FeedKey(partition, feed.last_sequence), ToSlice(batch.feed_entry));
    if (added.ok()) added = write.Put(FeedHeadKey(partition), EncodeFeedHead(feed));
    if (!added.ok()) return {Outcome::kUnavailable, 0, "store: batch refused"};
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status written = db->Write(options, &write);
  if (!written.ok()) {
    latch->Set(FailureOf(written));
    return {Outcome::kUnknown, 0, std::string(DetailOf(latch->Get()))};
  }
  state.feed = feed;
  return {Outcome::kCommitted, batch.feed_entry.empty() ? 0 : feed.last_sequence, ""};
}

CommitResult RocksDbStore::Commit(const Batch& batch) {
  if (Status allowed = CheckBatch(batch, partition_count()); !allowed.ok()) {
    return {Outcome::kUnavailable, 0, std::string(MessageOf(allowed))};
  }
  State::PartitionState& partition = state_->partitions[batch.partition.index];
  std::lock_guard lock(partition.mutex);
  if (const Failure failure = state_->latch->Get(); failure != Failure::kNone) {
    return {Outcome::kUnavailable, 0, std::string(DetailOf(failure))};
  }
  for (const Condition& condition : batch.if_all) {
    StatusOr<bool> holds = state_->Holds(batch.partition, condition);
    if (!holds.ok()) return {Outcome::kUnavailable, 0, std::string(MessageOf(holds.status()))};
    if (!*holds) return {Outcome::kConditionFailed, 0, ""};
  }
  return state_->Write(batch.partition, batch, partition);
}

namespace {

// Releases a snapshot with its scope.
class SnapshotScope {
 public:
  explicit SnapshotScope(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~SnapshotScope() { db_.ReleaseSnapshot(snapshot_); }
  SnapshotScope(const SnapshotScope&) = delete;
  SnapshotScope& operator=(const SnapshotScope&) = delete;
  rocksdb::ReadOptions ReadOptions() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    return options;
  }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

Status NoSuchPartition() { return InvalidArgument("store: no such partition"); }

}  // namespace

StatusOr<std::vector<std::optional<Bytes>>> RocksDbStore::Read(
    Partition partition, const std::vector<std::string>& keys) {
  if (!state_->Has(partition)) return NoSuchPartition();
  const SnapshotScope snapshot(*state_->db);
  std::vector<std::optional<Bytes>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = state_->db->Get(
        snapshot.ReadOptions(), state_->db->DefaultColumnFamily(), DataKey(partition, key), &value);
    if (!status.ok() && !status.IsNotFound()) return ReadFailure(status);
    values.push_back(status.ok() ? std::optional(FromSlice(value)) : std::nullopt);
  }
  return values;
}

StatusOr<Page> RocksDbStore::Scan(Partition partition, const std::string& prefix,
                                  const std::string& after, std::size_t limit) {
  if (!state_->Has(partition)) return NoSuchPartition();
  const std::string end = EndOfPrefix(DataKey(partition, prefix));
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> at(state_->db->NewIterator(options));
  // The key after `after` in byte order is `after` with a zero byte.
  at->Seek(after < prefix ? DataKey(partition, prefix)
                          : DataKey(partition, after + std::string(1, '\0')));
  Page page;
  for (; at->Valid(); at->Next()) {
    if (page.items.size() == limit) {
      page.more = true;
      break;
    }
    page.items.push_back({std::string(UserKeyOf(TextOf(at->key()))), FromSlice(at->value())});
  }
  if (!at->status().ok()) return ReadFailure(at->status());
  return page;
}

StatusOr<FeedPage> RocksDbStore::ReadFeed(Partition partition, std::uint64_t after_sequence,
                                          std::size_t limit) {
  if (!state_->Has(partition)) return NoSuchPartition();
  const SnapshotScope snapshot(*state_->db);
  std::string encoded;
  FeedHead head;
  const rocksdb::Status found =
      state_->db->Get(snapshot.ReadOptions(), FeedHeadKey(partition), &encoded);
  if (!found.ok() && !found.IsNotFound()) return ReadFailure(found);
  if (found.ok()) {
    NOREN_ASSIGN_OR_RETURN(head, DecodeFeedHead(encoded));
  }
  FeedPage page;
  page.gap = after_sequence < head.trimmed_up_to;
  if (page.gap || after_sequence >= head.last_sequence) return page;
  const std::string end = EndOfPrefix(FeedKey(partition, 0).substr(0, 5));
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions options = snapshot.ReadOptions();
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> at(state_->db->NewIterator(options));
  at->Seek(FeedKey(partition, after_sequence + 1));
  for (; at->Valid() && page.items.size() < limit; at->Next()) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t sequence, FeedSequenceOf(TextOf(at->key())));
    page.items.push_back({sequence, FromSlice(at->value())});
  }
  if (!at->status().ok()) return ReadFailure(at->status());
  return page;
}

Status RocksDbStore::TrimFeed(Partition partition, std::uint64_t up_to_sequence) {
  if (!state_->Has(partition)) return NoSuchPartition();
  State::PartitionState& state = state_->partitions[partition.index];
  std::lock_guard lock(state.mutex);
  if (const Failure failure = state_->latch->Get(); failure != Failure::kNone) {
    return Unavailable(DetailOf(failure));
  }
  FeedHead feed = state.feed;
  const std::uint64_t last = std::min(up_to_sequence, feed.last_sequence);
  if (last <= feed.trimmed_up_to) return OkStatus();
  rocksdb::WriteBatch write;
  rocksdb::Status status =
      write.DeleteRange(FeedKey(partition, feed.trimmed_up_to + 1), FeedKey(partition, last + 1));
  feed.trimmed_up_to = last;
  if (status.ok()) status = write.Put(FeedHeadKey(partition), EncodeFeedHead(feed));
  rocksdb::WriteOptions options;
  options.sync = true;
  if (status.ok()) status = state_->db->Write(options, &write);
  if (!status.ok()) {
    state_->latch->Set(FailureOf(status));
    return Unavailable(DetailOf(state_->latch->Get()));
  }
  state.feed = feed;
  return OkStatus();
}

void RocksDbStore::Compact() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  // Best effort by contract; a failure that matters reaches the latch through the listener.
  state_->db->CompactRange(options, nullptr, nullptr).PermitUncheckedError();
}

Health RocksDbStore::CheckHealth() {
  const Failure failure = state_->latch->Get();
  Health health;
  health.readable = true;
  health.writable = failure == Failure::kNone;
  health.disk_full = failure == Failure::kDiskFull;
  health.detail = std::string(DetailOf(failure));
  return health;
}

Status RocksDbStore::Checkpoint(const std::string& directory) {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(state_->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(directory, 0);
  if (status.ok()) return OkStatus();
  if (status.IsInvalidArgument()) return AlreadyExists("checkpoint: the directory exists");
  if (status.IsNoSpace()) return ResourceExhausted("checkpoint: no space on the target");
  if (status.IsCorruption()) return ReadFailure(status);
  return Unavailable("checkpoint: writing failed with an I/O error");
}

Status RocksDbStore::VerifyChecksums() {
  const rocksdb::Status status = state_->db->VerifyChecksum();
  return status.ok() ? OkStatus() : ReadFailure(status);
}

}  // namespace noren::storage
