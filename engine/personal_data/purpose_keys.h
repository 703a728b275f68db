// The service's own keys, one per purpose, derived from the root key with HKDF-SHA256, info
// "noren/v1/<purpose>".
// Source:   docs/design/0001-the-doorway.md, Keys
// Threads:  const members concurrently
// Secrets:  every key; wiped when the object goes
// Why safe: HKDF outputs under different infos are independent (invariant 13).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

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
  kHold,  // what legal holds keep
};
inline constexpr std::size_t kKeyPurposes = 16;
std::string_view KeyPurposeName(KeyPurpose purpose);  // "store-seal"

class PurposeKeys {
 public:
  //   root_key  32 bytes
  //   errors    kInvalidArgument: another size
  static StatusOr<PurposeKeys> Derive(const SecretBytes& root_key);

  const SecretBytes& Of(KeyPurpose purpose) const {
    return keys_[static_cast<std::size_t>(purpose)];
  }
  const SecretBytes& store_seal() const { return Of(KeyPurpose::kStoreSeal); }
  const SecretBytes& record() const { return Of(KeyPurpose::kRecord); }
  const SecretBytes& receipt_sign() const { return Of(KeyPurpose::kReceiptSign); }

 private:
  PurposeKeys() = default;
  std::array<SecretBytes, kKeyPurposes> keys_;
};

}  // namespace noren::personal_data
