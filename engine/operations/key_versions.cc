// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/key_versions.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/log_seal.h"
#include "engine/operations/rights_record.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using personal_data::KeyPurpose;
using personal_data::PurposeKeys;

constexpr std::uint8_t kLayout = 1;
constexpr std::string_view kName = "key-versions";
// No service rotates this often; a larger number is damage, and would be derived one by one.
constexpr std::uint32_t kMaxVersion = 1'000'000;

constexpr SealedKeyspace UnderStore(std::string_view prefix) {
  return {prefix, prefix, KeyPurpose::kStoreSeal};
}
constexpr SealedKeyspace UnderRecord(std::string_view prefix) {
  return {prefix, prefix, KeyPurpose::kRecord};
}

constexpr std::array kSealed = {
    UnderStore(person_keyspaces::kPerson),
    SealedKeyspace{person_keyspaces::kHandle, "person-pointer", KeyPurpose::kStoreSeal},
    SealedKeyspace{person_keyspaces::kSubject, "person-pointer", KeyPurpose::kStoreSeal},
    SealedKeyspace{keyspaces::kLetter, "person-pointer", KeyPurpose::kStoreSeal},
    SealedKeyspace{person_keyspaces::kItem, "item/placed", KeyPurpose::kStoreSeal},
    UnderStore(person_keyspaces::kPosting),
    UnderStore(person_keyspaces::kConsentVersion),
    UnderStore(person_keyspaces::kCandidate),
    UnderStore(person_keyspaces::kCompanyKey),
    UnderStore(person_keyspaces::kIdempotency),
    UnderStore(person_keyspaces::kUpload),
    UnderStore(person_keyspaces::kCardEpoch),
    UnderStore(person_keyspaces::kCardQuota),
    UnderStore(person_keyspaces::kEnrolment),
    UnderStore(person_keyspaces::kEnrolmentKey),
    UnderStore(person_keyspaces::kEnrolmentOf),
    UnderStore(person_keyspaces::kEnrolmentContact),
    UnderStore(person_keyspaces::kEnrolmentQuota),
    UnderStore(person_keyspaces::kReview),
    UnderStore(person_keyspaces::kState),
    UnderStore(keyspaces::kAnnouncement),
    UnderStore(keyspaces::kEdition),
    UnderStore(keyspaces::kFiguresReleased),
    UnderStore(keyspaces::kCompany),
    UnderStore(keyspaces::kAcknowledged),
    UnderStore(keyspaces::kCallerLock),
    UnderStore(keyspaces::kDeadline),
    UnderStore(keyspaces::kEvent),
    UnderStore(keyspaces::kEventMark),
    UnderStore(keyspaces::kExposure),
    UnderStore(keyspaces::kExposureClass),
    UnderStore(keyspaces::kExposureList),
    UnderStore(keyspaces::kExposurePeople),
    UnderStore(keyspaces::kFileKey),
    UnderStore(keyspaces::kForm),
    UnderStore(keyspaces::kFreeze),
    UnderStore(keyspaces::kLetterOf),
    UnderStore(keyspaces::kMediumKey),
    UnderStore(keyspaces::kNarrowing),
    UnderStore(keyspaces::kNoticeChange),
    UnderStore(keyspaces::kOwedDestruction),
    UnderStore(keyspaces::kPolicyVersion),
    UnderStore(keyspaces::kQuestion),
    UnderStore(keyspaces::kRefusals),
    UnderStore(keyspaces::kReleaseOf),
    UnderStore(keyspaces::kSubjectOf),
    UnderRecord(person_keyspaces::kProvision),
    UnderRecord(person_keyspaces::kReceipt),
    UnderRecord(person_keyspaces::kErasureRequest),
    UnderRecord(person_keyspaces::kWithdrawal),
    UnderRecord(keyspaces::kAccess),
    UnderRecord(keyspaces::kCompanyLeft),
    UnderRecord(keyspaces::kDecision),
    UnderRecord(keyspaces::kDestructionPart),
    UnderRecord(keyspaces::kDestructionPlan),
    UnderRecord(keyspaces::kDestructionReceipt),
    UnderRecord(keyspaces::kDuty),
    UnderRecord(keyspaces::kOpening),
    UnderRecord(keyspaces::kRights),
    UnderRecord(keyspaces::kRegister),
    UnderRecord(keyspaces::kItemUse),
    UnderRecord(keyspaces::kSigner),
};

bool IsPlausible(storage::LiveVersions live) {
  return live.oldest >= 1 && live.oldest <= live.current && live.current <= kMaxVersion;
}

storage::LiveVersions ReadLive(RecordReader& reader) {
  const std::uint32_t oldest = reader.U32();
  return {oldest, reader.U32()};
}

}  // namespace

std::string KeyVersionsKey() { return person_keyspaces::StateKey(kName); }

Bytes EncodeKeyVersions(const KeyVersionsRecord& record, const PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kLayout);
  writer.U32(record.store_seal.oldest).U32(record.store_seal.current);
  writer.U32(record.record.oldest).U32(record.record.current);
  writer.U32(record.tree_version).U64(record.tree_since);
  const std::string key = KeyVersionsKey();
  return storage::SealValue(keys.Of(KeyPurpose::kKeyVersions), {kName, key}, 1, writer.bytes(),
                            random);
}

StatusOr<KeyVersionsRecord> DecodeKeyVersions(ByteSpan stored, const PurposeKeys& keys) {
  const std::string key = KeyVersionsKey();
  const auto plain =
      storage::OpenValueAt(keys.Of(KeyPurpose::kKeyVersions), {kName, key}, 1, stored);
  const Status damaged = model::MakeError(model::ErrorCode::kDataCorrupt, kName);
  if (!plain.ok()) return damaged;
  RecordReader reader(*plain);
  const std::uint8_t layout = reader.U8();
  KeyVersionsRecord record;
  record.store_seal = ReadLive(reader);
  record.record = ReadLive(reader);
  record.tree_version = reader.U32();
  record.tree_since = reader.U64();
  if (!reader.Finish().ok() || layout != kLayout || !IsPlausible(record.store_seal) ||
      !IsPlausible(record.record)) {
    return damaged;
  }
  return record;
}

StatusOr<StoredKeyVersions> ReadKeyVersions(storage::Store& store, const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(auto values, store.Read(kEmbeddedPartition, {KeyVersionsKey()}));
  StoredKeyVersions versions;
  if (!values.front()) return versions;
  NOREN_ASSIGN_OR_RETURN(versions.record, DecodeKeyVersions(*values.front(), keys));
  versions.stored = std::move(values.front());
  return versions;
}

Status LoadKeyVersions(storage::Store& store, const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const StoredKeyVersions versions, ReadKeyVersions(store, keys));
  keys.MakeLive(KeyPurpose::kStoreSeal, versions.record.store_seal);
  keys.MakeLive(KeyPurpose::kRecord, versions.record.record);
  return OkStatus();
}

std::span<const SealedKeyspace> SealedKeyspaces() { return kSealed; }

const SealedKeyspace* SealedKeyspaceOf(std::string_view store_key) {
  // One is under a key of its own, the other is written anew by every batch.
  if (store_key == KeyVersionsKey() || store_key == LogHeadKey()) return nullptr;
  const auto found = std::find_if(kSealed.begin(), kSealed.end(), [&](const SealedKeyspace& one) {
    return store_key.starts_with(one.prefix);
  });
  return found == kSealed.end() ? nullptr : &*found;
}

bool IsUnderOlderVersion(std::string_view store_key, ByteSpan value, const PurposeKeys& keys) {
  const SealedKeyspace* const keyspace = SealedKeyspaceOf(store_key);
  if (keyspace == nullptr) return false;
  const std::uint32_t version = storage::KeyVersionOf(value);
  return version != 0 && version < keys.VersionsOf(keyspace->purpose)->live().current;
}

}  // namespace noren::operations
