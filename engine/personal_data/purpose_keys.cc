// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/purpose_keys.h"

#include <string>

#include "crypto/base/check.h"
#include "crypto/keys/key_file.h"
#include "crypto/keys/purpose_key.h"

namespace noren::personal_data {
namespace {

constexpr std::array<std::string_view, kKeyPurposes> kNames = {
    "store-seal",   "anchor-seal",  "journal-seal", "subject-token",  "match-token",
    "release-ref",  "card-epoch",   "tie-break",    "record",         "audit-sign",
    "receipt-sign", "code",         "cursor",       "enrolment-seal", "employer-block",
    "hold",         "key-versions", "statistics"};

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
  derived.root_key_ = root_key.Clone();
  derived.store_seal_ =
      std::make_unique<storage::SealingKeys>(derived.Of(KeyPurpose::kStoreSeal).Clone());
  derived.record_ = std::make_unique<storage::SealingKeys>(derived.Of(KeyPurpose::kRecord).Clone());
  return derived;
}

const storage::SealingKeys* PurposeKeys::VersionsOf(KeyPurpose purpose) const {
  if (purpose == KeyPurpose::kStoreSeal) return store_seal_.get();
  return purpose == KeyPurpose::kRecord ? record_.get() : nullptr;
}

storage::SealingKeys& PurposeKeys::Versioned(KeyPurpose purpose) const {
  NOREN_CHECK(VersionsOf(purpose) != nullptr, "only sealing keys of records have versions");
  return purpose == KeyPurpose::kStoreSeal ? *store_seal_ : *record_;
}

void PurposeKeys::AddVersion(KeyPurpose purpose, std::uint32_t version) const {
  const std::string_view name = KeyPurposeName(purpose);
  Versioned(purpose).Add(
      version, version == 1 ? keys::DerivePurposeKey(root_key_, name)
                            : keys::DerivePurposeKey(
                                  root_key_, std::string(name) + "-v" + std::to_string(version)));
}

void PurposeKeys::MakeLive(KeyPurpose purpose, storage::LiveVersions live) const {
  for (std::uint32_t version = live.oldest; version <= live.current; ++version) {
    AddVersion(purpose, version);
  }
  Versioned(purpose).KeepOnly(live);
}

}  // namespace noren::personal_data
