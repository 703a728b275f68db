// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/purpose_keys.h"

#include "crypto/keys/key_file.h"
#include "crypto/keys/purpose_key.h"

namespace noren::personal_data {
namespace {

constexpr std::array<std::string_view, kKeyPurposes> kNames = {
    "store-seal",  "anchor-seal",    "journal-seal",   "subject-token",
    "match-token", "release-ref",    "card-epoch",     "tie-break",
    "record",      "audit-sign",     "receipt-sign",   "code",
    "cursor",      "enrolment-seal", "employer-block", "hold"};

}  // namespace

std::string_view KeyPurposeName(KeyPurpose purpose) {
  return kNames[static_cast<std::size_t>(purpose)];
}

StatusOr<PurposeKeys> PurposeKeys::Derive(const SecretBytes& root_key) {
  if (root_key.size() != keys::kRootKeySizeBytes) {
    return InvalidArgument("purpose keys: a root key of 32 bytes is expected");
  }
  PurposeKeys derived;
  for (std::size_t i = 0; i < kKeyPurposes; ++i) {
    derived.keys_[i] = keys::DerivePurposeKey(root_key, kNames[i]);
  }
  return derived;
}

}  // namespace noren::personal_data
