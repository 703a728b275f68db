// Seals a stored value so that it can be neither read nor moved to another key or version without
// its key.
// Source:   docs/formats/sealed_value.md
// Secrets:  the sealing key stays in its SecretBytes.
// Threads:  free functions, concurrently.
// Why safe: XChaCha20-Poly1305 with a random 24-byte nonce; keyspace, key and version are
//           associated data. What it does not stop is putting an older value of the same key back:
//           callers that know the version demand it, and the anchor covers the rest.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/storage/sealing_key.h"

namespace noren::storage {

// Where a value lives.
struct ValueAddress {
  std::string_view keyspace;
  std::string_view key;
};

struct OpenedValue {
  std::uint64_t version = 0;
  Bytes plaintext;
};

inline constexpr std::size_t kSealedValueOverheadBytes = 1 + 8 + 24 + 16;  // of format 1

//   sealing_key  32 bytes; anything else is a programming error and stops the process
Bytes SealValue(SealingKey sealing_key, const ValueAddress& address, std::uint64_t version,
                ByteSpan plaintext, Random& random);

// Opens a value whose version the caller does not know from elsewhere.
//   errors   kDataLoss, with one message, for every way in which it can fail
StatusOr<OpenedValue> OpenValue(SealingKey sealing_key, const ValueAddress& address,
                                ByteSpan sealed);

// Opens a value that must be at `version`.
//   errors   kDataLoss, also when it is an authentic value of another version
StatusOr<Bytes> OpenValueAt(SealingKey sealing_key, const ValueAddress& address,
                            std::uint64_t version, ByteSpan sealed);

// The version of the key that a value says it is sealed under; 1 for a key without versions, 0 for
// bytes that are no sealed value. Opens nothing.
std::uint32_t KeyVersionOf(ByteSpan sealed);

}  // namespace noren::storage
