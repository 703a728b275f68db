// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/log_reader.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "crypto/merkle/proof.h"
#include "crypto/merkle/tree.h"
#include "engine/audit/entry.h"
#include "engine/audit/entry_record.h"
#include "engine/audit/keyspaces.h"

namespace noren::audit {
namespace {

StatusOr<std::optional<Bytes>> ReadOne(storage::Store& store, storage::Partition partition,
                                       const std::string& key) {
  NOREN_ASSIGN_OR_RETURN(auto values, store.Read(partition, {key}));
  if (values.size() != 1) return Internal("store: one key asked, another number answered");
  return std::move(values.front());
}

StatusOr<StoredEntry> ReadEntry(storage::Store& store, storage::Partition partition,
                                std::uint64_t index) {
  NOREN_ASSIGN_OR_RETURN(auto value, ReadOne(store, partition, EntryKey(index)));
  if (!value) return DataLoss("audit log: an entry is missing");
  NOREN_ASSIGN_OR_RETURN(EntryRecord record, DecodeEntryRecord(*value));
  return StoredEntry{index, std::move(record.entry), record.head};
}

// Complete subtrees as they are stored; leaf hashes follow from the entries.
class StoredNodes final : public merkle::NodeReader {
 public:
  StoredNodes(storage::Store& store, storage::Partition partition)
      : store_(store), partition_(partition) {}

  StatusOr<Hash256> ReadNode(merkle::NodeAddress address) const override {
    if (address.level == 0) {
      NOREN_ASSIGN_OR_RETURN(StoredEntry entry, ReadEntry(store_, partition_, address.index));
      return merkle::HashLeaf(entry.entry);
    }
    const std::string key = NodeKey(static_cast<std::uint8_t>(address.level), address.index);
    NOREN_ASSIGN_OR_RETURN(auto value, ReadOne(store_, partition_, key));
    Hash256 hash{};
    if (!value || value->size() != hash.size()) {
      return DataLoss("audit log: a Merkle node is missing");
    }
    std::copy(value->begin(), value->end(), hash.begin());
    return hash;
  }

 private:
  storage::Store& store_;
  storage::Partition partition_;
};

Status CheckWithin(const LogState& state, std::uint64_t tree_size) {
  if (tree_size <= state.tree_size) return OkStatus();
  return InvalidArgument("audit log: beyond its size");
}

// The entries [first, tree size) chain up to the state's head, and carry the sequences that it
// gives them.
// The last one says which consent root the state has.
Status CheckChain(const LogState& state, Hash256 head, const std::vector<StoredEntry>& entries) {
  Hash256 consent_root{};
  for (const StoredEntry& stored : entries) {
    head = NextHead(head, merkle::HashLeaf(stored.entry));
    if (head != stored.head) return DataLoss("audit log: the chain head of an entry is not right");
    NOREN_ASSIGN_OR_RETURN(AuditEntry entry, DecodeAuditEntry(stored.entry));
    const auto index = IndexOfSequence(state, entry.sequence);
    if (entry.partition != state.partition.index || !index.ok() || *index != stored.index) {
      return DataLoss("audit log: an entry has another sequence than its place gives");
    }
    consent_root = entry.consent_root;
  }
  if (head != state.head) return DataLoss("audit log: the last entry is not the state's");
  if (consent_root != state.consent_root) {
    return DataLoss("audit log: the state has another consent root than the last entry");
  }
  return OkStatus();
}

}  // namespace

StatusOr<LogState> LogReader::LoadState() const {
  NOREN_ASSIGN_OR_RETURN(auto value, ReadOne(store_, partition_, StateKey()));
  LogState state;
  state.partition = partition_;
  if (!value) return state;
  NOREN_ASSIGN_OR_RETURN(state, DecodeLogState(*value));
  if (state.partition != partition_) return DataLoss("audit state: of another partition");
  return state;
}

StatusOr<std::vector<StoredEntry>> LogReader::ReadEntries(std::uint64_t begin_index,
                                                          std::uint64_t end_index) const {
  std::vector<StoredEntry> entries;
  if (begin_index >= end_index) return entries;
  const std::uint64_t count = std::min<std::uint64_t>(end_index - begin_index, kMaxEntriesPerRead);
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; i < count; ++i) keys.push_back(EntryKey(begin_index + i));
  NOREN_ASSIGN_OR_RETURN(auto values, store_.Read(partition_, keys));
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i >= values.size() || !values[i]) return DataLoss("audit log: an entry is missing");
    NOREN_ASSIGN_OR_RETURN(EntryRecord record, DecodeEntryRecord(*values[i]));
    entries.push_back({begin_index + i, std::move(record.entry), record.head});
  }
  return entries;
}

StatusOr<Hash256> LogReader::HeadAt(const LogState& state, std::uint64_t sequence) const {
  if (sequence == 0) return Hash256{};
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t index, IndexOfSequence(state, sequence));
  NOREN_ASSIGN_OR_RETURN(StoredEntry entry, ReadEntry(store_, partition_, index));
  return entry.head;
}

StatusOr<Hash256> LogReader::RootAt(const LogState& state, std::uint64_t tree_size) const {
  NOREN_RETURN_IF_ERROR(CheckWithin(state, tree_size));
  return merkle::RootAt(tree_size, StoredNodes(store_, partition_));
}

StatusOr<std::vector<Hash256>> LogReader::InclusionProof(const LogState& state, std::uint64_t index,
                                                         std::uint64_t tree_size) const {
  NOREN_RETURN_IF_ERROR(CheckWithin(state, tree_size));
  return merkle::BuildInclusionProof({index, tree_size}, StoredNodes(store_, partition_));
}

StatusOr<std::vector<Hash256>> LogReader::ConsistencyProof(const LogState& state,
                                                           std::uint64_t old_size,
                                                           std::uint64_t new_size) const {
  NOREN_RETURN_IF_ERROR(CheckWithin(state, new_size));
  return merkle::BuildConsistencyProof(old_size, new_size, StoredNodes(store_, partition_));
}

Status LogReader::SelfCheck(std::size_t last_entries) const {
  NOREN_ASSIGN_OR_RETURN(const LogState state, LoadState());
  const std::uint64_t looked_at = std::max<std::size_t>(last_entries, 1);
  std::uint64_t begin = state.tree_size - std::min(state.tree_size, looked_at);
  Hash256 head{};
  if (begin > 0) {
    NOREN_ASSIGN_OR_RETURN(StoredEntry before, ReadEntry(store_, partition_, begin - 1));
    head = before.head;
  }
  // An entry beyond the state would be overwritten by the next append.
  NOREN_ASSIGN_OR_RETURN(
      const storage::Page beyond,
      store_.Scan(partition_, std::string(kEntryKeyspace),
                  state.tree_size == 0 ? std::string() : EntryKey(state.tree_size - 1), 1));
  if (!beyond.items.empty()) return DataLoss("audit log: an entry lies beyond the state record");
  std::vector<StoredEntry> tail;
  while (begin < state.tree_size) {
    NOREN_ASSIGN_OR_RETURN(auto page, ReadEntries(begin, state.tree_size));
    begin += page.size();
    std::move(page.begin(), page.end(), std::back_inserter(tail));
  }
  NOREN_RETURN_IF_ERROR(CheckChain(state, head, tail));
  NOREN_ASSIGN_OR_RETURN(const Hash256 root, RootAt(state, state.tree_size));
  if (root != RootOf(state)) return DataLoss("audit log: the stored nodes give another root");
  return OkStatus();
}

StatusOr<std::uint64_t> AuditHeads::LastSequence(storage::Partition partition) {
  NOREN_ASSIGN_OR_RETURN(const LogState state, LogReader(store_, partition).LoadState());
  return state.sequence;
}

StatusOr<Hash256> AuditHeads::HeadAt(storage::Partition partition, std::uint64_t sequence) {
  const LogReader reader(store_, partition);
  NOREN_ASSIGN_OR_RETURN(const LogState state, reader.LoadState());
  return reader.HeadAt(state, sequence);
}

}  // namespace noren::audit
