// The one way a change becomes durable: the change and its audit entry in one batch, then the
// journal (narrowing acts), then
// the anchor, then the answer. Changes that wait together share one batch and the syncs.
// Source:   docs/design/0001-the-doorway.md (Commit pipeline); ARCHITECTURE invariants 2 and 5
// Threads:  thread-safe; whoever finds no one leading leads, the others wait
// Why safe: the batch is conditional on the log's state record, so two writers exclude each other;
//           conditions of each change
//           are judged in order against what is stored and what the changes before it in the batch
//           write. Whatever writes the version record of a consent changes the map of them with it:
//           no stage can forget to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "crypto/base/random.h"
#include "engine/audit/entry.h"
#include "engine/audit/log_state.h"
#include "engine/audit/signing.h"
#include "engine/operations/consent_versions.h"
#include "engine/operations/trusted_time.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/personal_data/staged.h"
#include "engine/storage/anchor.h"
#include "engine/storage/narrowing_journal.h"
#include "engine/storage/store.h"

namespace noren::operations {

// Where a change stands in the log; an answer carries it.
struct EntryPosition {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;
  Hash256 head{};
  Bytes promise;  // signed
};

// Stages mutations that need the sequence number (answers, disclosures, openings). Must not block.
using PositionedStage = std::function<StatusOr<personal_data::Staged>(
    std::uint64_t sequence, const audit::EntryOpening& opening)>;

// What one operation stages.
struct Change {
  personal_data::Staged staged;
  PositionedStage positioned;  // may be empty
  audit::EntryDraft entry;
  // What the change was judged by is over from here on: a batch of that time or later refuses it.
  std::optional<UnixSeconds> deadline;
  std::optional<storage::NarrowingAct> narrowing;  // its sequence is filled in
  std::optional<personal_data::TreeRoot>
      key_tree_root;        // put into the anchor, old ones overwritten
  std::vector<Bytes> feed;  // what the ranking side has to read again
};

struct PipelineParts {
  storage::Store& store;
  storage::Anchor& anchor;
  storage::NarrowingJournal& journal;
  const audit::LogSigner& signer;
  const personal_data::PurposeKeys& keys;
  TrustedTime& time;
  Random& random;
};

class CommitPipeline {
 public:
  // `parts` must outlive this. `anchored` is the anchor's record, `state` the log's; the store
  // extends the anchor.
  CommitPipeline(PipelineParts parts, storage::AnchorRecord anchored, audit::LogState state);

  // Durable, audited and anchored when it returns a position.
  //   errors   kStateConflict: a condition failed or the deadline passed, nothing was applied;
  //            kStorage: not known to be applied, and the pipeline takes no further change;
  //            kSealed: it had failed before; kDataCorrupt: the change writes a consent, and the
  //            map of consents on its way is damaged; kInternal: it writes a consent under an
  //            operation that may not (audit::MayChangeConsents)
  StatusOr<EntryPosition> Commit(Change change);

  // At start: the log ends where this service ended it.
  Status CheckSealed() const;
  // Journals the narrowing acts of batches that were durable when a crash came before their journal
  // record; then anchors the state as it is, in every mirror. Call at start, before anyone is
  // answered.
  Status RecoverNarrowingActs();
  // Writes an anchor for the state as it is (time floor, new tree).
  Status Anchor();

  audit::LogState log_state() const;
  // The promise for an entry of the past, for an answer that is repeated.
  StatusOr<EntryPosition> PositionOf(std::uint64_t sequence) const;
  bool failed() const;

  // What reading a consent needs (consent_versions.h).
  ConsentRoots& consent_roots() { return consent_roots_; }
  PathLength& consent_path_length() { return consent_path_length_; }
  // A consent was found that is not the present one. Other people's are served; the operator is
  // told until the next start.
  void MarkDamaged() { damaged_.store(true); }
  bool damaged() const { return damaged_.load(); }

 private:
  struct Waiting {
    Change* change = nullptr;
    bool done = false;
    StatusOr<EntryPosition> result = Unavailable("commit: waiting");
  };
  struct Prepared;

  std::vector<Waiting*> TakeGroup(std::unique_lock<std::mutex>& lock);
  void CommitGroup(const std::vector<Waiting*>& group);
  Status Prepare(const std::vector<Waiting*>& group, Prepared& prepared);
  Status Admit(Waiting& waiting, UnixSeconds now, Prepared& prepared);
  StatusOr<StagedConsentMap> StageMap(const Change& change, const Prepared& prepared);
  Status TakeIn(Waiting& waiting, audit::AuditEntry entry, StagedConsentMap map,
                Prepared& prepared);
  StatusOr<storage::Batch> BuildBatch(Prepared& prepared);
  Status Apply(Prepared& prepared);
  Status JournalAndAnchor(Prepared& prepared);
  StatusOr<Bytes> SealNarrowing(const storage::NarrowingAct& act) const;
  StatusOr<EntryPosition> MakePosition(std::uint64_t sequence, const Hash256& head) const;
  Status Latch(Status why);

  PipelineParts parts_;
  ConsentRoots consent_roots_;
  PathLength consent_path_length_;
  std::atomic<bool> damaged_{false};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable turn_;
  std::deque<Waiting*> queue_;
  bool leading_ = false;
  bool failed_ = false;
  audit::LogState state_;           // written by the leader only
  storage::AnchorRecord anchored_;  // touched by the leader only
};

}  // namespace noren::operations
