// A key that values are sealed under, and its versions: new values go under the newest, a value
// opens under every live one.
// Source:   docs/formats/sealed_value.md; docs/design/0011-key-custody.md
// Threads:  SealingKeys is thread-safe; a SealingKey borrows and lives for one call
// Secrets:  every version
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>

#include "crypto/base/secret_bytes.h"

namespace noren::storage {

// Versions oldest..current are live; 1 is the first.
struct LiveVersions {
  std::uint32_t oldest = 1;
  std::uint32_t current = 1;
  bool operator==(const LiveVersions&) const = default;
};

class SealingKeys {
 public:
  using SharedKey = std::shared_ptr<const SecretBytes>;

  explicit SealingKeys(SecretBytes first);
  SealingKeys(const SealingKeys&) = delete;
  SealingKeys& operator=(const SealingKeys&) = delete;

  LiveVersions live() const;
  // Null when the version is not live.
  SharedKey Find(std::uint32_t version) const;
  struct Newest {
    std::uint32_t version = 1;
    SharedKey key;
  };
  Newest current() const;

  // Has `key` as one more live version; the newest when it is above the others.
  void Add(std::uint32_t version, SecretBytes key);
  // From here on nothing under another version opens; one of these must be there.
  void KeepOnly(LiveVersions live);

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::uint32_t, SharedKey> keys_;  // guarded by mutex_; never empty
};

// What SealValue and OpenValue take: one key without versions, or one with.
class SealingKey {
 public:
  SealingKey(const SecretBytes& key) : key_(&key) {}                 // NOLINT: implicit on purpose
  SealingKey(const SealingKeys& versions) : versions_(&versions) {}  // NOLINT

  const SecretBytes* key() const { return key_; }
  const SealingKeys* versions() const { return versions_; }

 private:
  const SecretBytes* key_ = nullptr;
  const SealingKeys* versions_ = nullptr;
};

}  // namespace noren::storage
