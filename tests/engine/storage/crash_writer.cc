// Writes acknowledged batches until it is killed: batch durable, anchor durable, then the sequence
// number on stdout.
// usage: crash_writer <data directory> <anchor directory>
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdio>
#include <string>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "engine/storage/rocksdb_store.h"
#include "server/custody/anchor_file.h"
#include "tests/engine/storage/chained_writer.h"
#include "tests/engine/storage/crash_setup.h"

namespace noren::storage {
namespace {

Status WriteForever(const std::string& data_directory, const std::string& anchor_directory) {
  SystemRandom random;
  NOREN_ASSIGN_OR_RETURN(auto store, RocksDbStore::Open(CrashStoreOptions(data_directory)));
  NOREN_ASSIGN_OR_RETURN(auto anchor, OpenCrashAnchor(data_directory, anchor_directory, random));
  ChainedWriter writer(*store);
  AnchorRecord record;
  StatusOr<AnchorRecord> loaded = anchor->Load();
  if (loaded.ok()) {
    record = std::move(loaded).value();
    NOREN_RETURN_IF_ERROR(VerifyExtends(record, 1, writer));
  } else if (!absl::IsNotFound(loaded.status())) {
    return loaded.status();
  }
  NOREN_ASSIGN_OR_RETURN(PartitionHead head, writer.Head(Partition{0}));
  while (true) {
    const CommitResult result = writer.WriteNext(Partition{0}, head);
    if (result.outcome != Outcome::kCommitted) return Unavailable(result.detail);
    NOREN_ASSIGN_OR_RETURN(head, writer.Head(Partition{0}));
    ++record.epoch;
    record.partitions = {head};
    NOREN_RETURN_IF_ERROR(anchor->Store(record));
    const std::string line = std::to_string(head.sequence) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0)
      return OkStatus();  // the parent is gone
  }
}

}  // namespace
}  // namespace noren::storage

int main(int argc, char** argv) {
  if (argc != 3) return 1;
  const noren::Status ended = noren::storage::WriteForever(argv[1], argv[2]);
  std::fprintf(stderr, "crash_writer: %s\n", std::string(noren::MessageOf(ended)).c_str());
  return absl::IsDataLoss(ended) ? 78 : 74;
}
