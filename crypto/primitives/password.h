// A key from a passphrase: Argon2id with explicit costs, which are stored beside what the key
// seals.
// Source:   RFC 9106 (one lane, as libsodium has it)
// Threads:  concurrently; one call takes `memory_kib` of memory
// Secrets:  passphrase and key, in SecretBytes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::primitives {

inline constexpr std::size_t kPasswordSaltSizeBytes = 16;

// The limits keep a damaged or hostile file from taking the machine's memory or hours of its time.
struct Argon2idCost {
  static constexpr std::uint32_t kMinMemoryKib = 8;
  static constexpr std::uint32_t kMaxMemoryKib = 4 * 1024 * 1024;
  static constexpr std::uint32_t kMaxPassesCount = 64;

  std::uint32_t passes_count = 3;
  std::uint32_t memory_kib = 256 * 1024;  // a quarter GiB: about half a second, once per start
};

// Derives 32 bytes.
//   errors   kInvalidArgument: costs outside the limits, salt not 16 bytes; kResourceExhausted: not
//            enough memory
StatusOr<SecretBytes> DeriveFromPassphrase(const SecretBytes& passphrase, ByteSpan salt,
                                           Argon2idCost cost);

}  // namespace noren::primitives
