// The Anchor as a file `anchor` of two fixed slots overwritten in turn, in one directory or
// mirrored in two.
// Source:   engine/storage/anchor.h, docs/formats/anchor.md
// Secrets:  the seal key, wiped with the object.
// Threads:  thread-safe; one mutex.
// Why safe: a write touches only the slot of the lower epoch, so that a torn one leaves the last
//           acknowledged record. The file must not lie on a copy-on-write file system or be imaged
//           with the data; see erasure_claim.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/base/random.h"
#include "engine/storage/anchor.h"
#include "engine/storage/durable_file.h"

namespace noren::server {

struct AnchorFileOptions {
  std::vector<std::string>
      directories;             // one, or two for a mirror; made with mode 0700 when missing
  std::string data_directory;  // of the store: compared by device for the erasure claim
};

// What destroying a root key reaches with the anchor there.
StatusOr<storage::ErasureClaim> ErasureClaimOf(const AnchorFileOptions& options);

class AnchorFile final : public storage::Anchor {
 public:
  // Opens or creates the files; does not read the records. `random` must outlive the object.
  //   seal_key  the purpose key `anchor-seal`
  //   errors    kInvalidArgument: no directory or more than two; kPermissionDenied: readable by
  //             others, with the command that mends it; kUnavailable
  static StatusOr<std::unique_ptr<AnchorFile>> Open(const AnchorFileOptions& options,
                                                    SecretBytes seal_key, Random& random);

  StatusOr<storage::AnchorRecord> Load() override;
  Status Store(const storage::AnchorRecord& record) override;
  Status StoreAndOverwriteAll(const storage::AnchorRecord& record) override;
  storage::ErasureClaim erasure_claim() const override { return claim_; }

 private:
  struct Mirror {
    storage::FileDescriptor file;
    std::size_t next_slot = 0;
  };
  struct Scan;
  enum class SlotsToWrite { kNext, kBoth };

  AnchorFile(SecretBytes seal_key, Random& random)
      : seal_key_(std::move(seal_key)), random_(random) {}
  Status ReadMirror(Mirror& mirror, Scan& scan);
  Status PrepareToStore();
  Status WriteSlots(const storage::AnchorRecord& record, SlotsToWrite which);

  SecretBytes seal_key_;
  Random& random_;
  storage::ErasureClaim claim_ = storage::ErasureClaim::kBackupsOnly;
  std::mutex mutex_;
  std::vector<Mirror> mirrors_;   // guarded by mutex_
  std::uint64_t last_epoch_ = 0;  // guarded by mutex_; 0: none, or not loaded yet
  bool loaded_ = false;           // guarded by mutex_
  bool failed_ = false;           // guarded by mutex_; latched by the first failed write
};

}  // namespace noren::server
