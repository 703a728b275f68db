// Which versions of the keys are live, as the store has it, and which values are sealed under them.
// Source:   docs/formats/operations_records.md (key-versions), docs/design/0011-key-custody.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/storage/store.h"

namespace noren::operations {

struct KeyVersionsRecord {
  storage::LiveVersions store_seal, record;
  // The key tree: nodes of a generation before `tree_since` are under an older version.
  std::uint32_t tree_version = 1;
  std::uint64_t tree_since = 0;
  bool operator==(const KeyVersionsRecord&) const = default;
};

std::string KeyVersionsKey();
Bytes EncodeKeyVersions(const KeyVersionsRecord& record, const personal_data::PurposeKeys& keys,
                        Random& random);
//   errors   kDataCorrupt
StatusOr<KeyVersionsRecord> DecodeKeyVersions(ByteSpan stored,
                                              const personal_data::PurposeKeys& keys);

struct StoredKeyVersions {
  KeyVersionsRecord record;
  std::optional<Bytes> stored;  // nullopt: never rotated
};
StatusOr<StoredKeyVersions> ReadKeyVersions(storage::Store& store,
                                            const personal_data::PurposeKeys& keys);
// At start, before any sealed value is opened: makes the stored versions live.
Status LoadKeyVersions(storage::Store& store, const personal_data::PurposeKeys& keys);

// Values under one prefix are sealed under one purpose's key, with one name in their address.
struct SealedKeyspace {
  std::string_view prefix;
  std::string_view address_name;
  personal_data::KeyPurpose purpose;
};
// Of the keys that have versions. What is sealed under a person's own keys is not here.
std::span<const SealedKeyspace> SealedKeyspaces();
// Null when the key's value is not sealed under a key with versions.
const SealedKeyspace* SealedKeyspaceOf(std::string_view store_key);
// Whether `value` at `store_key` is sealed under a version that is not the newest.
bool IsUnderOlderVersion(std::string_view store_key, ByteSpan value,
                         const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
