// Keys of tokens, in versions. Version 1 comes from the root key; a later one is random and lies in
// a leaf of the key tree, so that destroying the leaf destroys the key: nobody computes its tokens
// again.
// Source:   docs/design/0018-rotation-of-tokens.md
// Threads:  thread-safe
// Secrets:  every live key
// Why safe: a leaf's key is wrapped only under keys that exist nowhere once the old root is gone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/personal_data/keyring.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/storage/sealing_key.h"

namespace noren::personal_data {

// Values are stored: never renumbered.
enum class TokenPurpose : std::uint8_t {
  kMatch = 1,       // codes of the ranking side
  kStatistics = 2,  // people in statistics; a version is a period
  kEmployer = 3,    // employers whom somebody blocked
};
inline constexpr std::array kTokenPurposes = {TokenPurpose::kMatch, TokenPurpose::kStatistics,
                                              TokenPurpose::kEmployer};
std::string_view NameOf(TokenPurpose purpose);  // "match-token"

// The key of a version that lies in this leaf.
SecretBytes TokenKeyOf(const PersonKeys& leaf, TokenPurpose purpose);

class TokenKeys {
 public:
  using SharedKey = storage::SealingKeys::SharedKey;

  explicit TokenKeys(const PurposeKeys& keys);

  storage::LiveVersions live(TokenPurpose purpose) const { return Of(purpose).live(); }
  // Null when the version is not live.
  SharedKey Find(TokenPurpose purpose, std::uint32_t version) const {
    return Of(purpose).Find(version);
  }
  storage::SealingKeys::Newest current(TokenPurpose purpose) const { return Of(purpose).current(); }
  void Add(TokenPurpose purpose, std::uint32_t version, SecretBytes key);
  // Version 1, from the root key: gone after KeepOnly, and here again at the next start.
  void AddFirst(TokenPurpose purpose);
  void KeepOnly(TokenPurpose purpose, storage::LiveVersions live);

 private:
  storage::SealingKeys& Of(TokenPurpose purpose) const;

  const PurposeKeys& keys_;
  std::array<std::unique_ptr<storage::SealingKeys>, kTokenPurposes.size()> of_;
};

}  // namespace noren::personal_data
