// One line of the audit log: who did what to whom, under which rule, with what result; no personal
// data in clear.
// Source:   docs/formats/audit_entry.md
// Threads:  values.
// Secrets:  none; names are commitments (commitment.h) and their salts are stored apart.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/audit/commitment.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/storage/store.h"

namespace noren::audit {

enum class Operation : std::uint16_t;  // its numbers: engine/audit/operation.h

struct OperationName {
  Operation operation;
  std::string_view name;  // "collect_release"
};
std::span<const OperationName> AllOperations();
std::string_view NameOf(Operation operation);
// Operations under which consents come, change or go. Under any other the consent root stays what
// it was: the writer refuses, and the offline verifier reports.
bool MayChangeConsents(Operation operation);
std::optional<Operation> FindOperation(std::string_view name);

enum class Decision : std::uint8_t { kAllowed = 1, kRefused = 2 };

// In the one entry that follows a restore: what the restored store no longer has. `root` and
// `tree_size` are of the last checkpoint that the anchor knew; sequences `first`..`last` were
// acknowledged and are lost.
struct LostRange {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t tree_size = 0;
  Hash256 root{};
  bool operator==(const LostRange&) const = default;
};

inline constexpr std::size_t kMaxClauses = 16;
inline constexpr std::size_t kMaxClauseIdSizeBytes = 64;
inline constexpr std::size_t kMaxEntrySizeBytes = 2048;

struct AuditEntry {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;  // from 1, without gaps but for a LostRange
  UnixSeconds time;
  Operation operation{1};  // service_started
  model::Role role = model::Role::kSystem;
  Decision decision = Decision::kAllowed;
  model::ErrorCode outcome = model::ErrorCode::kNone;
  std::optional<Hash256> principal;     // commitments; absent when there is none
  std::optional<Hash256> subject;       // person id
  std::optional<Hash256> object;        // posting, consent, release ... id
  std::vector<std::string> clause_ids;  // of the policy: [a-z0-9][a-z0-9._-]*
  std::optional<Hash256> policy;        // digest of the version these clauses are of
  Hash256 change_digest{};  // DigestOfChange of what was committed with it; zero when nothing was
  Hash256 consent_root{};   // of the Merkle map of consent versions after it; zero: no consent
  std::optional<Hash256> statement_digest;  // of the signed statement that this entry records
  std::optional<LostRange> lost;            // with kContinueAfterRestore only
  bool operator==(const AuditEntry&) const = default;
};

// errors  kInvalidArgument: a limit, a clause id, kRefused without an outcome, or `lost` with
//         another operation
StatusOr<Bytes> Encode(const AuditEntry& entry);
StatusOr<AuditEntry> DecodeAuditEntry(ByteSpan bytes);  // kDataLoss when malformed or not canonical

// What an operation knows about itself; the log adds partition, sequence and time.
struct EntryDraft {
  Operation operation{1};  // service_started
  model::Principal principal;
  std::string subject;  // printed ids; empty: none
  std::string object;
  Decision decision = Decision::kAllowed;
  model::ErrorCode outcome = model::ErrorCode::kNone;
  std::vector<std::string> clause_ids;
  std::optional<Hash256> policy;
  Hash256 change_digest{};
  std::optional<Hash256> statement_digest;
  std::optional<LostRange> lost;
};

struct CommittedDraft {
  AuditEntry entry;      // partition and sequence still 0; LogWriter fills them in
  EntryOpening opening;  // as above
};
// Draws the salts and makes the commitments.
CommittedDraft CommitNames(const EntryDraft& draft, UnixSeconds time, Random& random);

// SHA-256 over keys and stored (sealed) values of a staged change, in order.
Hash256 DigestOfChange(std::span<const storage::Mutation> mutations);

}  // namespace noren::audit
