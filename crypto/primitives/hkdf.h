// HKDF-SHA256: keys from a key. libsodium 1.0.18 has no such call, so it is built from its HMAC.
// Source:   RFC 5869
// Threads:  concurrently
// Secrets:  input key, pseudorandom key and output, all in SecretBytes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::primitives {

inline constexpr std::size_t kHkdfMaxOutputSizeBytes = 255 * 32;

// What is not secret and goes into a derivation.
struct HkdfContext {
  ByteSpan salt;  // may be empty
  ByteSpan info;  // what the derived key is for
};

// Extract, then expand.
//   errors   kInvalidArgument: more than 255 * 32 bytes wanted
StatusOr<SecretBytes> HkdfSha256(const SecretBytes& input_key, const HkdfContext& context,
                                 std::size_t output_size_bytes);

// The usual case: one 32-byte key, which cannot fail.
SecretBytes HkdfSha256Key(const SecretBytes& input_key, const HkdfContext& context);

}  // namespace noren::primitives
