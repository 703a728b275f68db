// The NarrowingJournal as an append-only file `journal`, each record sealed and chained, in one
// directory or mirrored in two.
// Source:   engine/storage/narrowing_journal.h, docs/formats/journal.md
// Secrets:  the seal key, wiped with the object.
// Threads:  thread-safe; one mutex.
// Why safe: a record is sealed with its number and the chain before it, so records cannot be
//           removed, repeated or moved; the anchor holds the last acknowledged state, so a tail
//           cannot be cut off.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "engine/storage/durable_file.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::server {

struct JournalFileOptions {
  std::vector<std::string> directories;  // one, or two for a mirror; the same ones as the anchor's
  // The state in the anchor. Records up to it must all be there; what is damaged after it was never
  // acknowledged and is cut off. Without it (the anchor is gone) only an incomplete last record is
  // cut off.
  std::optional<storage::JournalHead> acknowledged;
};

class JournalFile final : public storage::NarrowingJournal {
 public:
  // Opens or creates the files, checks every record and cuts off an unacknowledged tail. `random`
  // must outlive the object.
  //   seal_key  the purpose key `journal-seal`
  //   errors    kDataLoss: an acknowledged record is missing or damaged; the message says which,
  //             and what to do. kInvalidArgument, kPermissionDenied, kUnavailable
  static StatusOr<std::unique_ptr<JournalFile>> Open(const JournalFileOptions& options,
                                                     SecretBytes seal_key, Random& random);

  StatusOr<storage::JournalHead> Append(const std::vector<storage::NarrowingAct>& acts) override;
  storage::JournalHead head() const override;
  Status Replay(const std::function<Status(const storage::NarrowingAct&)>& visit) override;

 private:
  struct Walk;
  using Visitor = std::function<Status(const storage::NarrowingAct&)>;
  using Acknowledged = std::optional<storage::JournalHead>;

  JournalFile(SecretBytes seal_key, Random& random)
      : seal_key_(std::move(seal_key)), random_(random) {}
  StatusOr<Walk> WalkFile(const storage::FileDescriptor& file, const Acknowledged& acknowledged,
                          const Visitor& visit) const;
  StatusOr<storage::NarrowingAct> ReadRecord(const storage::FileDescriptor& file,
                                             const Walk& walk) const;
  Bytes SealRecord(const storage::NarrowingAct& act, const storage::JournalHead& before) const;
  Status Recover(const JournalFileOptions& options);
  Status MakeEqual(std::size_t best, const JournalFileOptions& options);

  SecretBytes seal_key_;
  Random& random_;
  mutable std::mutex mutex_;
  std::vector<storage::FileDescriptor> files_;  // guarded by mutex_
  storage::JournalHead head_;                   // guarded by mutex_
  std::uint64_t end_offset_ = 0;                // guarded by mutex_; the same in every mirror
  bool failed_ = false;  // guarded by mutex_; latched by the first failed write
};

}  // namespace noren::server
