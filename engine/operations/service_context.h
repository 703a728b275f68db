// What operations work with; wired once in server/daemon (and in tests). Everything is borrowed and
// outlives the operations.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "engine/model/dictionary.h"
#include "engine/model/principal.h"
#include "engine/operations/trusted_time.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/outbox.h"
#include "engine/personal_data/pseudonyms.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/policy/policy.h"
#include "engine/storage/anchor.h"
#include "engine/storage/blob_store.h"
#include "engine/storage/store.h"

namespace noren::operations {

class CommitPipeline;
class Market;
class CardEpochs;
class PolicyVersions;
class Uploads;
class CallerLocks;
struct BackupPlaces;

inline constexpr storage::Partition kEmbeddedPartition{0};  // the embedded default has one

struct ServiceContext {
  storage::Store& store;
  storage::BlobStore& blobs;
  personal_data::Keyring& keyring;
  const personal_data::PurposeKeys& keys;
  const personal_data::Pseudonyms& pseudonyms;
  const policy::Policy& policy;
  const model::Dictionary& dictionary;
  personal_data::Outbox& outbox;
  CommitPipeline& pipeline;
  Market& market;
  CardEpochs& card_epochs;
  PolicyVersions& policy_versions;
  Uploads& uploads;
  CallerLocks& callers;
  TrustedTime& time;
  Random& random;
  storage::ErasureClaim erasure_claim;
  const BackupPlaces* backup = nullptr;  // where the copy of the key tree follows; none: nowhere
};

// The principal of what the service does by itself (start, sweeps, interrupted destructions).
inline const model::Principal kServiceItself{model::Role::kSystem, "noren"};

// One call as it came in: who, and under which number it is in the log.
struct Call {
  model::Principal principal;
  std::string request_id;
  // SHA-256 of the public key that the caller proved to have; zeros: not known. Two names with one
  // key are one officer.
  Hash256 key{};
};

}  // namespace noren::operations
