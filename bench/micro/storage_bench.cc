// What an acknowledged write costs: a commit alone and from several threads, the anchor, a journal
// record, a blob; beside the raw rate of a 4 KiB overwrite with fdatasync on the same disk in the
// same run.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "engine/storage/durable_file.h"
#include "engine/storage/file_blob_store.h"
#include "engine/storage/rocksdb_store.h"
#include "server/custody/anchor_file.h"
#include "server/custody/journal_file.h"

namespace noren::storage {
namespace {

constexpr std::uint32_t kPartitionsCount = 8;

// A directory on the disk under measurement (TMPDIR), removed at the end.
class BenchDirectory {
 public:
  BenchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "noren-bench-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~BenchDirectory() {
    std::error_code ignored;  // a leftover in the temporary directory harms no measurement
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  BenchDirectory(const BenchDirectory&) = delete;
  BenchDirectory& operator=(const BenchDirectory&) = delete;
  std::string Child(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void RawOverwriteWithSync(benchmark::State& state) {
  const BenchDirectory directory;
  auto file = OpenFile(directory.Child("raw"), O_RDWR | O_CREAT);
  if (!file.ok() || !WriteAt(*file, 0, Bytes(8192)).ok()) return state.SkipWithError("open");
  const Bytes page(4096, 1);
  std::uint64_t slot = 0;
  for (auto _ : state) {
    slot = 4096 - slot;
    if (!WriteAt(*file, slot, page).ok() || !SyncData(*file).ok())
      return state.SkipWithError("sync");
  }
}
BENCHMARK(RawOverwriteWithSync)->UseRealTime();

Batch MakeBatch(std::uint32_t partition, std::uint64_t number) {
  Batch batch;
  batch.partition = Partition{partition};
  const std::string suffix = std::to_string(number);
  batch.if_all.push_back({"consent/" + suffix, std::nullopt});
  for (const char* prefix : {"consent/", "audit/", "record/"}) {
    batch.mutations.push_back({prefix + suffix, Bytes(300, 7)});
  }
  batch.feed_entry = Bytes(24, 9);
  return batch;
}

// One store for all threads of a run; each thread writes to a partition of its own, as owners do.
struct SharedStore {
  BenchDirectory directory;
  std::unique_ptr<RocksDbStore> store;
  std::atomic<std::uint64_t> next_number{0};
};
std::unique_ptr<SharedStore> shared;

void CommitBatch(benchmark::State& state) {
  if (state.thread_index() == 0) {
    shared = std::make_unique<SharedStore>();
    RocksDbOptions options;
    options.directory = shared->directory.Child("store");
    options.partition_count = kPartitionsCount;
    auto opened = RocksDbStore::Open(options);
    if (opened.ok()) shared->store = std::move(*opened);
  }
  const auto partition = static_cast<std::uint32_t>(state.thread_index()) % kPartitionsCount;
  for (auto _ : state) {
    const Batch batch = MakeBatch(partition, shared->next_number++);
    if (shared->store->Commit(batch).outcome != Outcome::kCommitted)
      return state.SkipWithError("commit");
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) shared.reset();
}
BENCHMARK(CommitBatch)->UseRealTime()->Threads(1)->Threads(2)->Threads(4)->Threads(8);

void ReadFourKeys(benchmark::State& state) {
  const BenchDirectory directory;
  RocksDbOptions options;
  options.directory = directory.Child("store");
  auto store = RocksDbStore::Open(options);
  if (!store.ok()) return state.SkipWithError("open");
  for (std::uint64_t i = 0; i < 64; ++i) {
    if ((*store)->Commit(MakeBatch(0, i)).outcome != Outcome::kCommitted)
      return state.SkipWithError("commit");
  }
  const std::vector<std::string> keys = {"consent/1", "audit/2", "record/63", "nothing"};
  for (auto _ : state) benchmark::DoNotOptimize((*store)->Read(Partition{0}, keys));
}
BENCHMARK(ReadFourKeys);

void StoreAnchor(benchmark::State& state) {
  const BenchDirectory directory;
  SystemRandom random;
  server::AnchorFileOptions options;
  options.data_directory = directory.Child("");
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    options.directories.push_back(directory.Child("anchor" + std::to_string(i)));
  }
  auto anchor = server::AnchorFile::Open(options, SecretBytes(32), random);
  if (!anchor.ok()) return state.SkipWithError("open");
  AnchorRecord record;
  record.partitions.resize(1);
  record.key_tree_root_key = SecretBytes(32);
  for (auto _ : state) {
    ++record.epoch;
    if (!(*anchor)->Store(record).ok()) return state.SkipWithError("store");
  }
}
BENCHMARK(StoreAnchor)->ArgName("mirrors")->Arg(1)->Arg(2)->UseRealTime();

void AppendToJournal(benchmark::State& state) {
  const BenchDirectory directory;
  SystemRandom random;
  server::JournalFileOptions options;
  options.directories = {directory.Child("journal")};
  auto journal = server::JournalFile::Open(options, SecretBytes(32), random);
  if (!journal.ok()) return state.SkipWithError("open");
  const NarrowingAct act{NarrowingKind::kWithdrawal, Partition{0}, 1, Bytes(100, 5)};
  for (auto _ : state) {
    if (!(*journal)->Append({act}).ok()) return state.SkipWithError("append");
  }
}
BENCHMARK(AppendToJournal)->UseRealTime();

void WriteBlob(benchmark::State& state) {
  const BenchDirectory directory;
  const SystemClock clock;
  auto store = FileBlobStore::Open(directory.Child("blobs"), clock);
  if (!store.ok()) return state.SkipWithError("open");
  Bytes content(static_cast<std::size_t>(state.range(0)), 3);
  for (auto _ : state) {
    ++content[0];
    auto writer = (*store)->Begin();
    if (!writer.ok() || !(*writer)->Append(content).ok() || !(*writer)->Commit().ok()) {
      return state.SkipWithError("write");
    }
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(WriteBlob)->ArgName("bytes")->Arg(4096)->Arg(1 << 20)->UseRealTime();

}  // namespace
}  // namespace noren::storage
