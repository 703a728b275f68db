// A log in a memory store, filled with reproducible entries, for the tests of its writer and of its
// verifier.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "crypto/base/secret_bytes.h"
#include "engine/audit/entry.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/log_writer.h"
#include "engine/audit/operation.h"
#include "engine/audit/signing.h"
#include "engine/storage/memory_store.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::audit {

inline constexpr std::int64_t kFixtureTime = 1767571200;  // 2026-01-05 00:00:00 UTC

inline LogSigner FixtureSigner(std::uint8_t seed_byte = 7) {
  return LogSigner::Create("sample", SecretBytes::CopyOf(Bytes(32, seed_byte))).value();
}

inline std::string ReadGolden(const std::string& name) {
  std::ifstream in(SourceFolder() + "/tests/golden/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class LogFixture {
 public:
  explicit LogFixture(storage::Partition partition = {}, std::uint64_t seed = 1)
      : store_(partition.index + 1), partition_(partition), random_(seed) {
    state_.partition = partition;
  }

  // What the map of consents comes to by entry `n`; not by a refusal.
  static Hash256 ConsentRootOf(std::uint64_t n) {
    Hash256 root{0xC0};
    root[31] = static_cast<std::uint8_t>(n);
    return root;
  }

  // Entry number `n` of the fixture, before the log gives it its sequence.
  CommittedDraft MakeEntry(std::uint64_t n) {
    EntryDraft draft;
    const bool refused = n % 5 == 4;
    draft.operation = refused ? Operation::kCollectRelease : Operation::kGrantConsent;
    draft.principal = {model::Role::kPortal, "hanbit"};
    draft.subject = "person-" + std::to_string(n);
    if (n % 2 == 0) draft.object = "consent-" + std::to_string(n);
    draft.decision = refused ? Decision::kRefused : Decision::kAllowed;
    draft.outcome = refused ? model::ErrorCode::kConsentMissing : model::ErrorCode::kNone;
    if (n % 3 == 0) draft.clause_ids = {"pipa.art17", "pipa.art22-2"};
    draft.change_digest = DigestOfChange(
        std::vector<storage::Mutation>{{"consent/" + std::to_string(n), Bytes{1, 2, 3}}});
    CommittedDraft made =
        CommitNames(draft, UnixSeconds{kFixtureTime + static_cast<std::int64_t>(n)}, random_);
    made.entry.consent_root = refused ? state_.consent_root : ConsentRootOf(n);
    return made;
  }

  StagedAppend Stage(const std::vector<AuditEntry>& entries) {
    auto staged = StageAppend(state_, entries);
    EXPECT_OK(staged);
    return *std::move(staged);
  }

  storage::Outcome Commit(const StagedAppend& staged) {
    storage::Batch batch;
    batch.partition = partition_;
    batch.if_all = {staged.condition};
    batch.mutations = staged.mutations;
    const storage::Outcome outcome = store_.Commit(batch).outcome;
    if (outcome == storage::Outcome::kCommitted) state_ = staged.next;
    return outcome;
  }

  // Appends entries in one batch.
  void Append(const std::vector<AuditEntry>& entries) {
    ASSERT_EQ(Commit(Stage(entries)), storage::Outcome::kCommitted);
  }
  // Appends `count` of MakeEntry, one batch each.
  void AppendEach(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      CommittedDraft made = MakeEntry(state_.tree_size);
      Append({made.entry});
      made.opening.sequence = state_.sequence;
      openings_.push_back(made.opening);
    }
  }
  // What a restore appends: `lost_count` entries after the present end are gone.
  AuditEntry MakeContinuation(std::uint64_t lost_count, const Hash256& lost_root) const {
    AuditEntry entry;
    entry.time = UnixSeconds{kFixtureTime};
    entry.operation = Operation::kContinueAfterRestore;
    entry.consent_root = state_.consent_root;
    entry.lost = LostRange{state_.sequence + 1, state_.sequence + lost_count,
                           state_.tree_size + lost_count, lost_root};
    return entry;
  }

  // Changes a stored value behind the log's back.
  void Overwrite(const std::string& key, std::optional<Bytes> value) {
    storage::Batch batch;
    batch.partition = partition_;
    batch.mutations = {{key, std::move(value)}};
    ASSERT_EQ(store_.Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  Bytes Stored(const std::string& key) {
    return store_.Read(partition_, {key}).value().front().value();
  }

  LogReader reader() { return LogReader(store_, partition_); }
  storage::MemoryStore& store() { return store_; }
  const LogState& state() const { return state_; }
  SeededRandom& random() { return random_; }
  const std::vector<EntryOpening>& openings() const { return openings_; }

 private:
  storage::MemoryStore store_;
  storage::Partition partition_;
  SeededRandom random_;
  LogState state_;
  std::vector<EntryOpening> openings_;
};

}  // namespace noren::audit
