// Which versions of token keys are live, in which leaves of the key tree they lie, and how far a
// rotation has come, as the store has it.
// Source:   docs/formats/operations_records.md (token-keys), docs/design/0018-rotation-of-tokens.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"
#include "engine/personal_data/token_keys.h"

namespace noren::operations {

struct LiveTokenKey {
  std::uint32_t version = 1;
  std::optional<personal_data::LeafIndex> leaf;  // none: version 1, from the root key
  bool operator==(const LiveTokenKey&) const = default;
};

struct TokenKeysOfPurpose {
  std::vector<LiveTokenKey> live = {LiveTokenKey()};  // ascending, one or two; the last is newest
  // New tokens are made under this version; below the newest until what makes them has moved.
  std::uint32_t used = 1;
  // Of a retired version, to be destroyed.
  std::optional<personal_data::LeafIndex> going;

  std::uint32_t newest() const { return live.back().version; }
  std::uint32_t oldest() const { return live.front().version; }
  bool operator==(const TokenKeysOfPurpose&) const = default;
};
// Of every purpose.
using TokenKeysRecord = std::map<personal_data::TokenPurpose, TokenKeysOfPurpose>;

std::string TokenKeysKey();
Bytes EncodeTokenKeys(const TokenKeysRecord& record, const personal_data::PurposeKeys& keys,
                      Random& random);
//   errors   kDataCorrupt
StatusOr<TokenKeysRecord> DecodeTokenKeys(ByteSpan stored, const personal_data::PurposeKeys& keys);

struct StoredTokenKeys {
  TokenKeysRecord record;
  std::optional<Bytes> stored;  // nullopt: never rotated
};
StatusOr<StoredTokenKeys> ReadTokenKeys(storage::Store& store,
                                        const personal_data::PurposeKeys& keys);

struct TokenKeyParts {
  storage::Store& store;
  personal_data::Keyring& keyring;
  const personal_data::PurposeKeys& keys;
  const personal_data::Pseudonyms& pseudonyms;
  Random& random;
};
// At start, before tokens are made: makes the stored versions live. One whose leaf was destroyed
// since (a restore of an older backup) gets a key that nobody had or will have, until
// RenewLostTokenKeys; so nothing is found under it.
Status LoadTokenKeys(const TokenKeyParts& parts);
// Versions whose leaf is gone are given up, and a new one takes their place. True when there was
// one: the market is then to be loaded anew.
StatusOr<bool> RenewLostTokenKeys(ServiceContext& context);

Status VisitLeavesOfTokenKeys(ServiceContext& context,
                              const std::function<void(personal_data::LeafIndex)>& visit);

}  // namespace noren::operations
