// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/commit_pipeline.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/log_writer.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/key_versions.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/log_seal.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using storage::Outcome;

constexpr std::size_t kMaxChangesPerBatch = 64;
constexpr storage::Partition kPartition{0};  // the embedded default has one
constexpr std::size_t kRecentNarrowing = 256;
// Of a batch; the rest is for the entries and nodes of the log.
constexpr std::size_t kMaxChangedKeys = storage::kMaxBatchKeys / 8 * 7;
constexpr std::size_t kMaxChangedBytes = storage::kMaxBatchBytes / 8 * 7;

std::size_t SizeOf(const std::vector<storage::Mutation>& mutations) {
  std::size_t bytes = 0;
  for (const storage::Mutation& m : mutations)
    bytes += m.key.size() + (m.value ? m.value->size() : 0);
  return bytes;
}

}  // namespace

// One batch in the making.
struct CommitPipeline::Prepared {
  std::map<std::string, std::optional<Bytes>> overlay;  // what the batch will have written
  std::map<std::string, std::optional<Bytes>> stored;   // what the conditions found
  std::vector<Waiting*> admitted;
  std::vector<audit::AuditEntry> entries;
  std::vector<storage::NarrowingAct> narrowing;
  std::vector<Bytes> feed;
  std::optional<personal_data::TreeRoot> key_tree_root;
  audit::StagedAppend append;
  std::uint64_t next_sequence = 0;
  Hash256 consent_root{};  // after what was admitted so far
  std::size_t bytes = 0;
};

CommitPipeline::CommitPipeline(PipelineParts parts, storage::AnchorRecord anchored,
                               audit::LogState state)
    : parts_(parts),
      consent_roots_(state.consent_root),
      state_(std::move(state)),
      anchored_(std::move(anchored)) {}

StatusOr<EntryPosition> CommitPipeline::Commit(Change change) {
  Waiting mine;
  mine.change = &change;
  std::unique_lock lock(mutex_);
  queue_.push_back(&mine);
  while (!mine.done) {
    if (leading_) {
      turn_.wait(lock);
      continue;
    }
    leading_ = true;
    const std::vector<Waiting*> group = TakeGroup(lock);
    lock.unlock();
    CommitGroup(group);
    lock.lock();
    for (Waiting* waiting : group) waiting->done = true;
    leading_ = false;
    turn_.notify_all();
  }
  return std::move(mine.result);
}

// A change that moves the key tree's root goes alone: its anchor write overwrites every slot.
std::vector<CommitPipeline::Waiting*> CommitPipeline::TakeGroup(std::unique_lock<std::mutex>&) {
  std::vector<Waiting*> group;
  while (!queue_.empty() && group.size() < kMaxChangesPerBatch) {
    Waiting* next = queue_.front();
    const bool alone = next->change->key_tree_root.has_value();
    if (alone && !group.empty()) break;
    group.push_back(next);
    queue_.pop_front();
    if (alone) break;
  }
  return group;
}

void CommitPipeline::CommitGroup(const std::vector<Waiting*>& group) {
  Prepared prepared;
  Status status = failed() ? MakeError(ErrorCode::kSealed) : Prepare(group, prepared);
  if (status.ok() && !prepared.admitted.empty()) status = Apply(prepared);
  if (status.ok()) return;
  for (Waiting* waiting : group) {
    if (prepared.admitted.empty() || std::find(prepared.admitted.begin(), prepared.admitted.end(),
                                               waiting) != prepared.admitted.end()) {
      waiting->result = status;
    }
  }
}

Status CommitPipeline::Prepare(const std::vector<Waiting*>& group, Prepared& prepared) {
  std::vector<std::string> keys;
  for (const Waiting* waiting : group) {
    for (const storage::Condition& condition : waiting->change->staged.conditions)
      keys.push_back(condition.key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  StatusOr<std::vector<std::optional<Bytes>>> values = parts_.store.Read(kPartition, keys);
  if (!values.ok()) return MakeError(ErrorCode::kStorage);
  for (std::size_t i = 0; i < keys.size(); ++i) prepared.stored[keys[i]] = std::move((*values)[i]);

  prepared.next_sequence = state_.sequence + 1;
  prepared.consent_root = state_.consent_root;
  const UnixSeconds now = parts_.time.Now();
  for (Waiting* waiting : group) {
    const Status admitted = Admit(*waiting, now, prepared);
    if (!admitted.ok()) waiting->result = admitted;
  }
  return OkStatus();
}

Status CommitPipeline::Admit(Waiting& waiting, UnixSeconds now, Prepared& prepared) {
  Change& change = *waiting.change;
  // Expiry changes no record, so no condition sees it.
  if (change.deadline && now >= *change.deadline) return MakeError(ErrorCode::kStateConflict);
  for (const storage::Condition& condition : change.staged.conditions) {
    const auto written = prepared.overlay.find(condition.key);
    const std::optional<Bytes>& value =
        written != prepared.overlay.end() ? written->second : prepared.stored[condition.key];
    if (value != condition.equals) return MakeError(ErrorCode::kStateConflict);
  }
  std::uint64_t sequence = prepared.next_sequence;
  if (change.entry.lost) sequence = change.entry.lost->last_sequence + 1;
  audit::CommittedDraft draft = audit::CommitNames(change.entry, now, parts_.random);
  draft.opening.sequence = sequence;
  if (change.positioned) {
    NOREN_ASSIGN_OR_RETURN(personal_data::Staged more, change.positioned(sequence, draft.opening));
    if (!more.conditions.empty())
      return MakeError(ErrorCode::kInternal, "positioned stage with conditions");
    change.staged.Append(std::move(more));
  }
  if (change.narrowing) {
    change.narrowing->partition = kPartition;
    change.narrowing->sequence = sequence;
    // Kept in the store as well, so that a crash before the journal's sync can be made up for.
    NOREN_ASSIGN_OR_RETURN(Bytes sealed, SealNarrowing(*change.narrowing));
    change.staged.Put(keyspaces::NarrowingKey(sequence), std::move(sealed));
  }
  // Sealed before a rotation: it has to be staged again, so that nothing comes back under a version
  // that is being rewrapped.
  for (const storage::Mutation& m : change.staged.mutations) {
    if (m.value && IsUnderOlderVersion(m.key, *m.value, parts_.keys))
      return MakeError(ErrorCode::kRetryLater, "key version");
  }
  NOREN_ASSIGN_OR_RETURN(StagedConsentMap map, StageMap(change, prepared));
  draft.entry.sequence = sequence;
  return TakeIn(waiting, std::move(draft.entry), std::move(map), prepared);
}

// The map of consents after this change, above what the changes before it write.
StatusOr<StagedConsentMap> CommitPipeline::StageMap(const Change& change,
                                                    const Prepared& prepared) {
  if (!TouchesConsents(change.staged.mutations)) return StagedConsentMap{prepared.consent_root, {}};
  const auto read = [&](const std::string& key) -> StatusOr<std::optional<Bytes>> {
    const auto written = prepared.overlay.find(key);
    if (written != prepared.overlay.end()) return written->second;
    const auto found = prepared.stored.find(key);
    if (found != prepared.stored.end()) return found->second;
    auto values = parts_.store.Read(kPartition, {key});
    if (!values.ok()) return MakeError(ErrorCode::kStorage);
    return std::move(values->front());
  };
  StatusOr<StagedConsentMap> map =
      StageConsentMap(prepared.consent_root, change.staged.mutations, parts_.keys, read);
  if (model::CodeOf(map.status()) == ErrorCode::kDataCorrupt) MarkDamaged();
  NOREN_RETURN_IF_ERROR(map.status());
  const bool may_change = change.entry.decision == audit::Decision::kAllowed &&
                          audit::MayChangeConsents(change.entry.operation);
  // The same record sealed under another key is no change: the root is of the plaintexts.
  if (!may_change && map->root != prepared.consent_root) {
    if (change.entry.operation == audit::Operation::kRewrapKeys) {
      MarkDamaged();  // what was rewrapped is not the present record
      return MakeError(ErrorCode::kDataCorrupt, "consent version");
    }
    return MakeError(ErrorCode::kInternal, "this operation may not change a consent");
  }
  return map;
}

Status CommitPipeline::TakeIn(Waiting& waiting, audit::AuditEntry entry, StagedConsentMap map,
                              Prepared& prepared) {
  Change& change = *waiting.change;
  std::vector<storage::Mutation>& mutations = change.staged.mutations;
  const std::size_t bytes = SizeOf(mutations) + SizeOf(map.mutations);
  const std::size_t keys = prepared.overlay.size() + mutations.size() + map.mutations.size();
  if (prepared.bytes + bytes > kMaxChangedBytes || keys > kMaxChangedKeys) {
    if (prepared.admitted.empty()) return MakeError(ErrorCode::kTooLarge, "change");
    return MakeError(ErrorCode::kRetryLater, "batch full");
  }
  prepared.bytes += bytes;
  // The map follows from the records: its nodes are not part of the digest.
  entry.change_digest = audit::DigestOfChange(mutations);
  entry.consent_root = map.root;
  prepared.consent_root = map.root;
  prepared.next_sequence = entry.sequence + 1;
  for (auto* some : {&mutations, &map.mutations}) {
    for (storage::Mutation& m : *some) prepared.overlay[m.key] = std::move(m.value);
  }
  prepared.entries.push_back(std::move(entry));
  if (change.narrowing) prepared.narrowing.push_back(*change.narrowing);
  if (change.key_tree_root) prepared.key_tree_root = change.key_tree_root->Clone();
  for (Bytes& fed : change.feed) prepared.feed.push_back(std::move(fed));
  prepared.admitted.push_back(&waiting);
  return OkStatus();
}

StatusOr<storage::Batch> CommitPipeline::BuildBatch(Prepared& prepared) {
  NOREN_ASSIGN_OR_RETURN(prepared.append, audit::StageAppend(state_, prepared.entries));
  storage::Batch batch;
  batch.partition = kPartition;
  batch.if_all.push_back(prepared.append.condition);
  for (auto& [key, value] : prepared.overlay) batch.mutations.push_back({key, std::move(value)});
  for (storage::Mutation& m : prepared.append.mutations) batch.mutations.push_back(std::move(m));
  batch.mutations.push_back(SealLogHead(prepared.append.next, parts_.keys, parts_.random));
  if (!prepared.feed.empty()) {
    RecordWriter writer;
    writer.U32(static_cast<std::uint32_t>(prepared.feed.size()));
    for (const Bytes& entry : prepared.feed) writer.Field(entry);
    batch.feed_entry = writer.Take();
  }
  return batch;
}

Status CommitPipeline::Apply(Prepared& prepared) {
  NOREN_ASSIGN_OR_RETURN(const storage::Batch batch, BuildBatch(prepared));
  const bool moves_consents = prepared.append.next.consent_root != state_.consent_root;
  if (moves_consents) consent_roots_.Propose(prepared.append.next.consent_root);
  const storage::CommitResult committed = parts_.store.Commit(batch);
  switch (committed.outcome) {
    case Outcome::kCommitted:
      break;
    case Outcome::
        // nothing was applied; the next change may fare better, unless the store latched
        kUnavailable:
      if (moves_consents) consent_roots_.Drop();
      return parts_.store.CheckHealth().writable ? MakeError(ErrorCode::kStorage)
                                                 : Latch(MakeError(ErrorCode::kStorage));
    case Outcome::kConditionFailed:  // another writer: this process must not go on
    case Outcome::kUnknown:
      return Latch(MakeError(ErrorCode::kStorage));
  }
  const Status durable = JournalAndAnchor(prepared);
  if (!durable.ok()) return Latch(MakeError(ErrorCode::kStorage));
  {
    const std::lock_guard lock(mutex_);
    state_ = prepared.append.next;
  }
  for (Waiting* waiting : prepared.admitted) {
    if (waiting->change->applied) waiting->change->applied();
  }
  if (moves_consents) consent_roots_.Settle();
  for (std::size_t i = 0; i < prepared.admitted.size(); ++i) {
    const audit::AppendedEntry& entry = prepared.append.entries[i];
    prepared.admitted[i]->result = MakePosition(entry.sequence, entry.head);
  }
  return OkStatus();
}

Status CommitPipeline::JournalAndAnchor(Prepared& prepared) {
  const audit::LogState& next = prepared.append.next;
  if (!prepared.narrowing.empty()) {
    NOREN_ASSIGN_OR_RETURN(anchored_.journal, parts_.journal.Append(prepared.narrowing));
  }
  anchored_.epoch += 1;
  anchored_.partitions.assign(1, {next.sequence, next.head});
  anchored_.log = {next.tree_size, audit::RootOf(next)};
  anchored_.time_floor = parts_.time.floor();
  if (!prepared.key_tree_root) return parts_.anchor.Store(anchored_);
  anchored_.key_tree_generation = prepared.key_tree_root->generation;
  anchored_.key_tree_root_key = std::move(prepared.key_tree_root->key);
  return parts_.anchor.StoreAndOverwriteAll(anchored_);
}

Status CommitPipeline::Anchor() {
  const std::lock_guard lock(mutex_);
  anchored_.epoch += 1;
  anchored_.partitions.assign(1, {state_.sequence, state_.head});
  anchored_.log = {state_.tree_size, audit::RootOf(state_)};
  anchored_.time_floor = parts_.time.floor();
  anchored_.journal = parts_.journal.head();
  return parts_.anchor.Store(anchored_);
}

Status CommitPipeline::CheckSealed() const {
  return CheckLogSeal(parts_.store, log_state(), parts_.keys);
}

// A crash between the batch and the journal leaves the act in the store alone. It was never
// acknowledged, but it is in force;
// the journal has to know it before a later restore.
Status CommitPipeline::RecoverNarrowingActs() {
  // Act by act: the journal may hold acts of entries that nobody was told of, and other entries
  // have got their sequences since.
  std::set<Hash256> journaled;
  NOREN_RETURN_IF_ERROR(parts_.journal.Replay([&journaled](const storage::NarrowingAct& act) {
    journaled.insert(primitives::Sha256(storage::EncodeNarrowingAct(act)));
    return OkStatus();
  }));
  std::vector<storage::NarrowingAct> missing;
  std::string after;
  for (bool more = true; more;) {
    NOREN_ASSIGN_OR_RETURN(
        storage::Page page,
        parts_.store.Scan(kPartition, std::string(keyspaces::kNarrowing), after, kRecentNarrowing));
    for (storage::KeyValue& item : page.items) {
      NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                             storage::OpenValue(parts_.keys.store_seal(),
                                                {keyspaces::kNarrowing, item.key}, item.value));
      NOREN_ASSIGN_OR_RETURN(storage::NarrowingAct act,
                             storage::DecodeNarrowingAct(opened.plaintext));
      if (!journaled.contains(primitives::Sha256(opened.plaintext)))
        missing.push_back(std::move(act));
      after = std::move(item.key);
    }
    more = page.more;
  }
  if (!missing.empty()) NOREN_RETURN_IF_ERROR(parts_.journal.Append(missing).status());
  // Also when nothing was missing: the last batch may be durable without an anchor, or in the
  // anchor of one mirror alone, and a repeated call is answered from it.
  return Anchor();
}

StatusOr<Bytes> CommitPipeline::SealNarrowing(const storage::NarrowingAct& act) const {
  const std::string key = keyspaces::NarrowingKey(act.sequence);
  return storage::SealValue(parts_.keys.store_seal(), {keyspaces::kNarrowing, key}, act.sequence,
                            storage::EncodeNarrowingAct(act), parts_.random);
}

audit::LogState CommitPipeline::log_state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool CommitPipeline::failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

StatusOr<EntryPosition> CommitPipeline::PositionOf(std::uint64_t sequence) const {
  const audit::LogReader reader(parts_.store, kPartition);
  NOREN_ASSIGN_OR_RETURN(const Hash256 head, reader.HeadAt(log_state(), sequence));
  return MakePosition(sequence, head);
}

StatusOr<EntryPosition> CommitPipeline::MakePosition(std::uint64_t sequence,
                                                     const Hash256& head) const {
  EntryPosition position{kPartition.index, sequence, head, {}};
  position.promise = parts_.signer.SignPromise({kPartition.index, sequence, head});
  return position;
}

Status CommitPipeline::Latch(Status why) {
  const std::lock_guard lock(mutex_);
  failed_ = true;
  return why;
}

}  // namespace noren::operations
