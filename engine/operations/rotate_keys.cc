// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rotate_keys.h"

#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/key_versions.h"
#include "engine/operations/root_change.h"
#include "engine/operations/rotate_tokens.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using personal_data::KeyPurpose;
using personal_data::TokenPurpose;

constexpr std::size_t kPortionValues = 256;
constexpr std::size_t kPortionBytes = std::size_t{512} << 10;
constexpr std::size_t kScanPage = 512;
constexpr std::size_t kPortionPages = 64;  // one call ends long before its deadline
constexpr std::size_t kAllPages = std::numeric_limits<std::size_t>::max();
constexpr std::array<std::pair<VersionedKey, std::string_view>, 6> kNames = {
    {{VersionedKey::kStoreSeal, "store-seal"},
     {VersionedKey::kRecord, "record"},
     {VersionedKey::kKeyTree, "key-tree"},
     {VersionedKey::kMatchToken, "match-token"},
     {VersionedKey::kStatistics, "statistics"},
     {VersionedKey::kEmployerToken, "employer-block"}}};

std::optional<TokenPurpose> TokensOf(VersionedKey key) {
  switch (key) {
    case VersionedKey::kMatchToken:
      return TokenPurpose::kMatch;
    case VersionedKey::kStatistics:
      return TokenPurpose::kStatistics;
    case VersionedKey::kEmployerToken:
      return TokenPurpose::kEmployer;
    default:
      return std::nullopt;
  }
}

KeyPurpose PurposeOf(VersionedKey key) {
  return key == VersionedKey::kStoreSeal ? KeyPurpose::kStoreSeal : KeyPurpose::kRecord;
}

storage::LiveVersions& LiveOf(KeyVersionsRecord& record, VersionedKey key) {
  return key == VersionedKey::kStoreSeal ? record.store_seal : record.record;
}

audit::EntryDraft DraftOf(const Call& call, audit::Operation operation) {
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = call.principal;
  return entry;
}

// Not a race: trying again does not help, rewrapping does.
Status RewrapFirst() {
  return MakeError(ErrorCode::kLimitReached, "rewrap the older version first");
}

// Puts `next` in the place of what was read.
Status StageVersions(ServiceContext& context, const StoredKeyVersions& before,
                     const KeyVersionsRecord& next, personal_data::Staged& staged) {
  staged.Require(KeyVersionsKey(), before.stored);
  staged.Put(KeyVersionsKey(), EncodeKeyVersions(next, context.keys, context.random));
  return OkStatus();
}

// Calls `visit` for the values under an older version of the purpose from `place` on, and moves
// `place` along, until it says false, `pages_max` pages were read, or IsAtEnd.
using VisitValue = std::function<StatusOr<bool>(const SealedKeyspace&, storage::KeyValue&)>;
struct Visit {
  KeyPurpose purpose;
  std::size_t pages_max;
};
bool IsAtEnd(const RewrapPlace& place) { return place.keyspace >= SealedKeyspaces().size(); }
Status VisitOldValues(ServiceContext& context, Visit limits, RewrapPlace& place,
                      const VisitValue& visit) {
  std::size_t pages_count = 0;
  for (; !IsAtEnd(place); ++place.keyspace, place.after.clear()) {
    const SealedKeyspace& keyspace = SealedKeyspaces()[place.keyspace];
    if (keyspace.purpose != limits.purpose) continue;
    for (bool more = true; more;) {
      if (pages_count++ == limits.pages_max) return OkStatus();
      NOREN_ASSIGN_OR_RETURN(storage::Page page,
                             context.store.Scan(kEmbeddedPartition, std::string(keyspace.prefix),
                                                place.after, kScanPage));
      more = page.more;
      for (storage::KeyValue& item : page.items) {
        place.after = item.key;
        if (!IsUnderOlderVersion(item.key, item.value, context.keys)) continue;
        NOREN_ASSIGN_OR_RETURN(const bool go_on, visit(keyspace, item));
        if (!go_on) return OkStatus();
      }
    }
  }
  return OkStatus();
}

StatusOr<std::int64_t> CountLeft(ServiceContext& context, VersionedKey key,
                                 const KeyVersionsRecord& record) {
  if (key == VersionedKey::kKeyTree) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t nodes,
                           context.keyring.CountOldNodes(record.tree_since));
    return static_cast<std::int64_t>(nodes);
  }
  std::int64_t count = 0;
  RewrapPlace place;
  NOREN_RETURN_IF_ERROR(VisitOldValues(context, {PurposeOf(key), kAllPages}, place,
                                       [&](const SealedKeyspace&, storage::KeyValue&) {
                                         ++count;
                                         return StatusOr<bool>(true);
                                       }));
  return count;
}

// The value under the newest version: the same plaintext, address and record version.
StatusOr<Bytes> Rewrapped(ServiceContext& context, const SealedKeyspace& keyspace,
                          const storage::KeyValue& item) {
  const storage::SealingKeys& keys = *context.keys.VersionsOf(keyspace.purpose);
  const storage::ValueAddress address{keyspace.address_name, item.key};
  const auto opened = storage::OpenValue(keys, address, item.value);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "sealed record");
  return storage::SealValue(keys, address, opened->version, opened->plaintext, context.random);
}

// The next values under older versions, staged; how many.
StatusOr<std::size_t> StagePortion(ServiceContext& context, KeyPurpose purpose, RewrapPlace& place,
                                   personal_data::Staged& staged) {
  std::size_t count = 0;
  std::size_t size_bytes = 0;
  NOREN_RETURN_IF_ERROR(VisitOldValues(
      context, {purpose, kPortionPages}, place,
      [&](const SealedKeyspace& keyspace, storage::KeyValue& item) -> StatusOr<bool> {
        NOREN_ASSIGN_OR_RETURN(Bytes value, Rewrapped(context, keyspace, item));
        size_bytes += value.size();
        staged.Require(item.key, std::move(item.value));
        staged.Put(item.key, std::move(value));
        return ++count < kPortionValues && size_bytes < kPortionBytes;
      }));
  return count;
}

// Nothing is under an older version: none comes back, because the pipeline admits none.
StatusOr<RewrapAnswer> Retire(ServiceContext& context, const Call& call, VersionedKey key) {
  NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions before,
                         ReadKeyVersions(context.store, context.keys));
  KeyVersionsRecord next = before.record;
  storage::LiveVersions& live = LiveOf(next, key);
  if (live.oldest == live.current) return RewrapAnswer{0, true};
  live.oldest = live.current;
  Change change;
  change.entry = DraftOf(call, audit::Operation::kRewrapKeys);
  NOREN_RETURN_IF_ERROR(StageVersions(context, before, next, change.staged));
  NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  return RewrapAnswer{0, true};
}

StatusOr<RewrapAnswer> RewrapValues(ServiceContext& context, const Call& call, VersionedKey key,
                                    RewrapPlace& place) {
  Change change;
  change.entry = DraftOf(call, audit::Operation::kRewrapKeys);
  NOREN_ASSIGN_OR_RETURN(const std::size_t count,
                         StagePortion(context, PurposeOf(key), place, change.staged));
  if (count == 0) {
    if (!IsAtEnd(place)) return RewrapAnswer{};
    const RewrapPlace pass = std::exchange(place, {});
    return pass.found_some ? RewrapAnswer{} : Retire(context, call, key);
  }
  place.found_some = true;
  const Status committed = context.pipeline.Commit(std::move(change)).status();
  // Somebody changed one of the values meanwhile, or the batch was full; the next pass finds them.
  const ErrorCode code = model::CodeOf(committed);
  if (code == ErrorCode::kStateConflict || code == ErrorCode::kRetryLater) return RewrapAnswer{};
  NOREN_RETURN_IF_ERROR(committed);
  return RewrapAnswer{count, false};
}

// The state record and the switch, in one batch. The switch comes before the next batch is judged.
StatusOr<Attempt> StageSealingRotation(ServiceContext& context, const Call& call,
                                       VersionedKey key) {
  NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions before,
                         ReadKeyVersions(context.store, context.keys));
  KeyVersionsRecord next = before.record;
  storage::LiveVersions& live = LiveOf(next, key);
  if (live.oldest != live.current) {
    return RewrapFirst();
  }
  const std::uint32_t version = ++live.current;
  Attempt attempt;
  attempt.answer = {std::to_string(version)};
  attempt.change.entry = DraftOf(call, audit::Operation::kRotateKey);
  NOREN_RETURN_IF_ERROR(StageVersions(context, before, next, attempt.change.staged));
  attempt.change.applied = [&keys = context.keys, purpose = PurposeOf(key), version] {
    keys.AddVersion(purpose, version);
  };
  return attempt;
}

StatusOr<Attempt> StageTreeRotation(ServiceContext& context, const Call& call,
                                    const personal_data::DestructionPlan& plan) {
  NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions before,
                         ReadKeyVersions(context.store, context.keys));
  KeyVersionsRecord next = before.record;
  ++next.tree_version;
  next.tree_since = plan.new_root.generation;
  Attempt attempt;
  attempt.answer = {std::to_string(next.tree_version)};
  attempt.change.entry = DraftOf(call, audit::Operation::kRotateKey);
  attempt.change.key_tree_root = plan.new_root.Clone();
  NOREN_RETURN_IF_ERROR(StageVersions(context, before, next, attempt.change.staged));
  return attempt;
}

StatusOr<RunResult> RotateSealing(ServiceContext& context, const Call& call,
                                  const RequestIdentity& identity, VersionedKey key) {
  return RunOnce(context, call, identity, [&] { return StageSealingRotation(context, call, key); });
}

StatusOr<RunResult> RotateTree(ServiceContext& context, const Call& call,
                               const RequestIdentity& identity) {
  RootChange change(context);
  StatusOr<RunResult> run = RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions versions,
                           ReadKeyVersions(context.store, context.keys));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t left,
                           context.keyring.CountOldNodes(versions.record.tree_since));
    if (left > 0) return RewrapFirst();
    NOREN_ASSIGN_OR_RETURN(const auto* const plan, change.Begin());
    return StageTreeRotation(context, call, *plan);
  });
  NOREN_RETURN_IF_ERROR(change.End(run.status()));
  return run;
}

// A crash between the batch that says so and the anchor left the root of before in force.
Status FinishTreeRotation(ServiceContext& context, const Call& call, std::uint64_t since) {
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, context.keyring.root());
  if (root.generation >= since) return OkStatus();
  RootChange change(context);
  const auto committed = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const auto* const plan, change.Begin());
    Attempt attempt;
    attempt.change.entry = DraftOf(call, audit::Operation::kRotateKey);
    attempt.change.key_tree_root = plan->new_root.Clone();
    return attempt;
  });
  return change.End(committed.status());
}

StatusOr<RewrapAnswer> RewrapTree(ServiceContext& context, const Call& call) {
  NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions versions,
                         ReadKeyVersions(context.store, context.keys));
  const std::uint64_t since = versions.record.tree_since;
  NOREN_RETURN_IF_ERROR(FinishTreeRotation(context, call, since));
  NOREN_ASSIGN_OR_RETURN(const std::size_t count, context.keyring.RewrapSome(since));
  return RewrapAnswer{count, count == 0};
}

}  // namespace

std::string_view NameOf(VersionedKey key) {
  for (const auto& [known, name] : kNames) {
    if (known == key) return name;
  }
  return "unknown";
}

StatusOr<VersionedKey> FindVersionedKey(std::string_view name) {
  for (const auto& [key, known] : kNames) {
    if (known == name) return key;
  }
  return model::MakeFieldError(
      ErrorCode::kBadRequest, "purpose",
      "store-seal, record, key-tree, match-token, statistics or employer-block");
}

StatusOr<std::vector<KeyStatus>> ReadKeyStatus(ServiceContext& context, const Call& call,
                                               bool count_left) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(StoredKeyVersions versions, ReadKeyVersions(context.store, context.keys));
  std::vector<KeyStatus> all;
  for (const auto& [key, name] : kNames) {
    KeyStatus status{.key = key};
    if (const auto tokens = TokensOf(key)) {
      NOREN_ASSIGN_OR_RETURN(const TokenKeyStatus read,
                             ReadTokenKeyStatus(context, *tokens, count_left));
      all.push_back({key, read.newest, read.oldest, read.left});
      continue;
    }
    if (key == VersionedKey::kKeyTree) {
      status.current = status.oldest = versions.record.tree_version;
    } else {
      const storage::LiveVersions live = LiveOf(versions.record, key);
      status.current = live.current;
      status.oldest = live.oldest;
    }
    if (count_left) {
      NOREN_ASSIGN_OR_RETURN(status.left, CountLeft(context, key, versions.record));
      if (key == VersionedKey::kKeyTree && status.left > 0) --status.oldest;
    }
    all.push_back(status);
  }
  return all;
}

StatusOr<RotationAnswer> RotateKey(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, VersionedKey key) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const auto identity = IdentifyRequest(idempotency_key, "rotate_key", AsBytes(NameOf(key)));
  const auto tokens = TokensOf(key);
  NOREN_ASSIGN_OR_RETURN(RunResult run, tokens ? RotateTokens(context, call, identity, *tokens)
                                        : key == VersionedKey::kKeyTree
                                            ? RotateTree(context, call, identity)
                                            : RotateSealing(context, call, identity, key));
  RotationAnswer answer;
  answer.version = static_cast<std::uint32_t>(std::stoul(run.answer.front()));
  answer.position = std::move(run.position);
  return answer;
}

StatusOr<RewrapAnswer> RewrapKeys(ServiceContext& context, const Call& call, VersionedKey key,
                                  RewrapPlace& place) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (const auto tokens = TokensOf(key)) return RewrapTokens(context, call, *tokens, place);
  return key == VersionedKey::kKeyTree ? RewrapTree(context, call)
                                       : RewrapValues(context, call, key, place);
}

}  // namespace noren::operations
