// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/enrolment_keys.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/settle_enrolments.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::EnrolmentKeyRecord;
using State = EnrolmentKeyRecord::State;

StatusOr<std::uint32_t> VersionOfKey(std::string_view store_key) {
  const auto segments = keyspaces::Segments(store_key);
  const auto bytes = HexDecode(segments.empty() ? std::string_view() : segments[0]);
  if (!bytes.ok() || bytes->size() != sizeof(std::uint64_t)) {
    return MakeError(ErrorCode::kDataCorrupt, "enrolment key");
  }
  const std::uint64_t version = RecordReader(*bytes).U64();
  if (version < 1 || version > personal_data::kMaxEnrolmentVersion) {
    return MakeError(ErrorCode::kDataCorrupt, "enrolment key");
  }
  return static_cast<std::uint32_t>(version);
}

Attempt StartAttempt(const Call& call, audit::Operation operation, std::uint32_t version) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = "enrolment-key/" + std::to_string(version);
  attempt.answer = {std::to_string(version)};
  return attempt;
}

StatusOr<Attempt> StageRotation(ServiceContext& context, const Call& call) {
  NOREN_ASSIGN_OR_RETURN(const auto keys, LoadEnrolmentKeys(context));
  const auto live = std::count_if(keys.begin(), keys.end(), [](const StoredEnrolmentKey& key) {
    return key.record.state == State::kLive;
  });
  if (live >= static_cast<std::ptrdiff_t>(personal_data::kMaxLiveEnrolmentVersions)) {
    return MakeError(ErrorCode::kStateConflict, "two versions live: retire the older one first");
  }
  EnrolmentKeyRecord record;
  record.version = keys.empty() ? 1 : keys.back().record.version + 1;
  record.made_at = context.time.Now();
  record.seed = SecretBytes::Random(context.random, oprf::kSeedSizeBytes);
  NOREN_ASSIGN_OR_RETURN(const oprf::ServerKey key, ServerKeyOf(record.version, record.seed));
  record.public_key = key.public_key().element;
  NOREN_ASSIGN_OR_RETURN(Bytes stored,
                         personal_data::EncodeEnrolmentKey(record, context.keys, context.random));
  Attempt attempt = StartAttempt(call, audit::Operation::kRotateEnrolmentKey, record.version);
  attempt.change.staged.Replace(keyspaces::EnrolmentKeyKey(record.version), std::nullopt,
                                std::move(stored));
  return attempt;
}

StatusOr<Attempt> StageRetirement(ServiceContext& context, const Call& call,
                                  std::uint32_t version) {
  NOREN_ASSIGN_OR_RETURN(auto keys, LoadEnrolmentKeys(context));
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const StoredEnrolmentKey& one) {
    return one.record.version == version;
  });
  if (key == keys.end()) return MakeError(ErrorCode::kNotFound);
  if (key->record.state != State::kLive) {
    return MakeError(ErrorCode::kStateConflict, "retired already");
  }
  if (key + 1 == keys.end()) {
    return MakeError(ErrorCode::kStateConflict, "the newest version: rotate first");
  }
  key->record.state = State::kRetired;
  key->record.retired_at = context.time.Now();
  key->record.seed = SecretBytes();
  NOREN_ASSIGN_OR_RETURN(
      Bytes stored, personal_data::EncodeEnrolmentKey(key->record, context.keys, context.random));
  Attempt attempt = StartAttempt(call, audit::Operation::kRetireEnrolmentKey, version);
  attempt.change.staged.Replace(key->store_key, std::move(key->stored), std::move(stored));
  return attempt;
}

}  // namespace

StatusOr<std::vector<StoredEnrolmentKey>> LoadEnrolmentKeys(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(auto stored, ScanAll(context, std::string(keyspaces::kEnrolmentKey)));
  std::vector<StoredEnrolmentKey> keys;
  for (storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const std::uint32_t version, VersionOfKey(item.key));
    NOREN_ASSIGN_OR_RETURN(EnrolmentKeyRecord record,
                           personal_data::DecodeEnrolmentKey(version, item.value, context.keys));
    keys.push_back({std::move(record), std::move(item.key), std::move(item.value)});
  }
  return keys;
}

StatusOr<std::vector<StoredEnrolmentKey>> LoadLiveEnrolmentKeys(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(auto keys, LoadEnrolmentKeys(context));
  std::erase_if(keys,
                [](const StoredEnrolmentKey& key) { return key.record.state != State::kLive; });
  if (keys.empty()) return MakeError(ErrorCode::kNoEnrolmentKey);
  return keys;
}

StatusOr<oprf::ServerKey> ServerKeyOf(std::uint32_t version, const SecretBytes& seed) {
  const std::string info = "noren/v1/enrolment/" + std::to_string(version);
  auto key = oprf::ServerKey::Derive(oprf::Mode::kVerifiable, seed, AsBytes(info));
  if (!key.ok()) return MakeError(ErrorCode::kInternal, "no key from the seed");
  return key;
}

StatusOr<std::vector<PublicEnrolmentKey>> ListEnrolmentKeys(ServiceContext& context,
                                                            const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal, model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const auto keys, LoadEnrolmentKeys(context));
  std::vector<PublicEnrolmentKey> listed;
  for (const StoredEnrolmentKey& key : keys) {
    listed.push_back({key.record.version, key.record.public_key,
                      std::string(personal_data::EnrolmentKeyStateName(key.record.state)),
                      key.record.made_at, key.record.retired_at});
  }
  return listed;
}

StatusOr<RotatedKey> RotateEnrolmentKey(ServiceContext& context, const Call& call,
                                        const std::string& idempotency_key) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const auto identity = IdentifyRequest(idempotency_key, "rotate_enrolment_key", {});
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity,
                                                [&] { return StageRotation(context, call); }));
  const std::string& text = run.answer.at(0);
  std::uint32_t version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return RotatedKey{version, std::move(run.position)};
}

StatusOr<EntryPosition> RetireEnrolmentKey(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           std::uint32_t version) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  // Whoever came while both lived moves first.
  NOREN_RETURN_IF_ERROR(SettleAllEnrolments(context));
  const auto identity =
      IdentifyRequest(idempotency_key, "retire_enrolment_key", RecordWriter().U32(version).bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageRetirement(context, call, version);
                         }));
  return std::move(run.position);
}

}  // namespace noren::operations
