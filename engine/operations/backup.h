// Backups of the data: ciphertext only, useless without the anchor and the newest key tree.
// Restoring applies every narrowing
// act since the backup again before anything is served, and continues the log with a leaf that
// commits to what was lost.
// Source:   docs/formats/backup.md; ARCHITECTURE invariant 9
// Threads:  CreateBackup thread-safe; RestoreBackup runs without a daemon
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/idempotent_run.h"
#include "engine/storage/backup_source.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// Where things lie; made by the daemon from its configuration.
struct BackupPlaces {
  storage::BackupSource& data;      // the data store
  storage::BackupSource& key_tree;  // kept in its newest version only: <backup_directory>/keytree
  std::string blob_directory;
  std::string backup_directory;  // gets one folder per backup, "2026-11-22T10-00-00Z-<sequence>"
};
struct BackupSummary {
  std::string path;
  std::uint64_t sequence = 0;  // audit sequence the backup holds
  std::uint64_t bytes = 0;
  EntryPosition position;
};
//   errors   kBadRequest: no backup folder is configured; kStorage
StatusOr<BackupSummary> CreateBackup(ServiceContext& context, const Call& call,
                                     const BackupPlaces& places,
                                     const std::string& idempotency_key);
// The copy of the key tree follows: before a destruction's new root is anchored, so that it opens
// under either root, and afterwards, so that no older one is left. Durable when it returns ok. A
// crash in between may leave it under "keytree.new" alone.
Status RefreshKeyTreeCopy(const BackupPlaces& places);
// Makes every file and folder below, and the name itself, durable.
Status SyncFolder(const std::string& folder);

// What a restore found and did.
struct RestoreSummary {
  std::uint64_t backup_sequence = 0;
  std::uint64_t lost_first = 0,
                lost_last = 0;  // audit sequences that were acknowledged and are lost; 0, 0: none
  std::size_t withdrawals = 0;  // applied again
  std::size_t erasures = 0;     // people, items and held copies
  std::size_t erasure_requests = 0;
  std::size_t employer_blocks = 0;
  std::size_t holds = 0;      // placed or released again
  std::size_t freezes = 0;    // begun or ended again
  std::size_t facts = 0;      // of people, said again
  std::size_t companies = 0;  // that left once more
  std::size_t caller_locks = 0;
};
// After the data of a backup were put in place of the store: applies again every narrowing act
// since then, and continues the
// log. `context.pipeline` must write to an anchor that holds back (HeldAnchor) until everything is
// applied: a crash in between
// leaves a store that does not extend the real anchor, and so stays sealed.
StatusOr<RestoreSummary> ReapplyAfterRestore(ServiceContext& context,
                                             const storage::AnchorRecord& anchored,
                                             storage::NarrowingJournal& journal);

// Keeps the record it was given instead of writing it.
class HeldAnchor final : public storage::Anchor {
 public:
  explicit HeldAnchor(storage::Anchor& real) : real_(real) {}
  StatusOr<storage::AnchorRecord> Load() override { return real_.Load(); }
  Status Store(const storage::AnchorRecord& record) override;
  Status StoreAndOverwriteAll(const storage::AnchorRecord& record) override {
    return Store(record);
  }
  storage::ErasureClaim erasure_claim() const override { return real_.erasure_claim(); }
  // Writes the last record to the real anchor.
  Status Release();

 private:
  storage::Anchor& real_;
  std::optional<storage::AnchorRecord> held_;
};

}  // namespace noren::operations
