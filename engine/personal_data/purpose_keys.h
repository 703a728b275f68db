// The service's own keys, one per purpose, derived from the root key with HKDF-SHA256, info
// "noren/v1/<purpose>". The two that records are sealed under have versions: the n-th, from 2 on,
// has the info "noren/v1/<purpose>-v<n>".
// Source:   docs/design/0001-the-doorway.md, Keys
// Threads:  const members concurrently
// Secrets:  every key, and the root key, from which versions to come are derived; wiped when the
//           object goes
// Why safe: HKDF outputs under different infos are independent (invariant 13).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/storage/sealing_key.h"

namespace noren::personal_data {

enum class KeyPurpose : std::uint8_t {
  kStoreSeal,
  kAnchorSeal,
  kJournalSeal,
  kSubjectToken,
  kMatchToken,
  kReleaseRef,
  kCardEpoch,
  kTieBreak,
  kRecord,
  kAuditSign,
  kReceiptSign,
  kCode,
  kCursor,
  kEnrolmentSeal,  // the seeds of the enrolment keys
  kEmployerBlock,
  kHold,         // what legal holds keep
  kKeyVersions,  // what versions there are
  kStatistics,   // people in statistics, the first period
};
inline constexpr std::size_t kKeyPurposes = 18;
std::string_view KeyPurposeName(KeyPurpose purpose);  // "store-seal"

class PurposeKeys {
 public:
  //   root_key  32 bytes
  //   errors    kInvalidArgument: another size
  static StatusOr<PurposeKeys> Derive(const SecretBytes& root_key);

  const SecretBytes& Of(KeyPurpose purpose) const {
    return keys_[static_cast<std::size_t>(purpose)];
  }
  const storage::SealingKeys& store_seal() const { return *store_seal_; }
  const storage::SealingKeys& record() const { return *record_; }
  const SecretBytes& receipt_sign() const { return Of(KeyPurpose::kReceiptSign); }

  // The versions of a purpose that has them; null for the others.
  const storage::SealingKeys* VersionsOf(KeyPurpose purpose) const;
  // Makes exactly these versions live. The purpose has versions.
  void MakeLive(KeyPurpose purpose, storage::LiveVersions live) const;
  // One version more, under which new values are sealed; the older ones stay.
  void AddVersion(KeyPurpose purpose, std::uint32_t version) const;

 private:
  PurposeKeys() = default;
  storage::SealingKeys& Versioned(KeyPurpose purpose) const;

  SecretBytes root_key_;
  std::array<SecretBytes, kKeyPurposes> keys_;
  std::unique_ptr<storage::SealingKeys> store_seal_, record_;
};

}  // namespace noren::personal_data
