// The versions of the enrolment key: each has a random seed of its own, its public key is public,
// and at most two live at a time. A new one is made beside the old one; people move to it at their
// next contact; then the old one is retired and its seed is gone.
// Source:   docs/design/0007-blind-enrolment.md (Rotation); docs/formats/enrolment.md
// Threads:  free functions concurrently
// Secrets:  a key exists for as long as one call needs it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/oprf/server_key.h"
#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/enrolment_record.h"

namespace noren::operations {

struct StoredEnrolmentKey {
  personal_data::EnrolmentKeyRecord record;
  std::string store_key;
  Bytes stored;  // what changes that rest on it condition on
};
// Every version, by rising number.
StatusOr<std::vector<StoredEnrolmentKey>> LoadEnrolmentKeys(ServiceContext& context);
// Those that live.
//   errors   kNoEnrolmentKey: none does
StatusOr<std::vector<StoredEnrolmentKey>> LoadLiveEnrolmentKeys(ServiceContext& context);
// info "noren/v1/enrolment/<version>", Mode::kVerifiable
StatusOr<oprf::ServerKey> ServerKeyOf(std::uint32_t version, const SecretBytes& seed);

struct PublicEnrolmentKey {
  std::uint32_t version = 0;
  std::array<std::uint8_t, 32> public_key{};
  std::string state;
  UnixSeconds made_at;
  UnixSeconds retired_at;
};
// For portals, which pin the keys of live versions, and officers.
StatusOr<std::vector<PublicEnrolmentKey>> ListEnrolmentKeys(ServiceContext& context,
                                                            const Call& call);

struct RotatedKey {
  std::uint32_t version = 0;
  EntryPosition position;
};
// Makes the next version.
//   errors   kStateConflict: two versions live
StatusOr<RotatedKey> RotateEnrolmentKey(ServiceContext& context, const Call& call,
                                        const std::string& idempotency_key);
// Whoever was not seen since the next version was made cannot be matched any more.
//   errors   kNotFound; kStateConflict: retired, or the newest
StatusOr<EntryPosition> RetireEnrolmentKey(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           std::uint32_t version);

}  // namespace noren::operations
