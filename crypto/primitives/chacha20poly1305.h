// ChaCha20-Poly1305 with a nonce given by the protocol. Only for formats that fix the nonce (age:
// crypto/agefile); for everything else see aead.h, which chooses nonces itself.
// Source:   RFC 8439
// Threads:  concurrently
// Secrets:  the key
// Why safe: only when the caller's protocol never repeats a nonce under one key, hence "Unchecked"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::primitives {

inline constexpr std::size_t kChaChaKeySizeBytes = 32;
inline constexpr std::size_t kChaChaTagSizeBytes = 16;
using ChaChaNonce = std::array<std::uint8_t, 12>;

// Appends ciphertext | tag (16 bytes) to `out`. `key` has 32 bytes.
void UncheckedChaChaSeal(const SecretBytes& key, const ChaChaNonce& nonce, ByteSpan plaintext,
                         Bytes& out);

// Appends the plaintext to `out`; leaves `out` as it was on failure.
//   errors   kDataLoss: whatever is wrong
Status UncheckedChaChaOpen(const SecretBytes& key, const ChaChaNonce& nonce, ByteSpan ciphertext,
                           Bytes& out);
// The same for short secrets (wrapped keys).
StatusOr<SecretBytes> UncheckedChaChaOpenSecret(const SecretBytes& key, const ChaChaNonce& nonce,
                                                ByteSpan ciphertext);

// With associated data, which age does not use: for published test vectors only. Returns ciphertext
// | tag.
Bytes UncheckedChaChaSealWithDataForTest(const SecretBytes& key, const ChaChaNonce& nonce,
                                         ByteSpan associated_data, ByteSpan plaintext);

}  // namespace noren::primitives
