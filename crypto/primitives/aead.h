// Seals bytes under a 32-byte key: XChaCha20-Poly1305 with a random nonce in front. Sealed bytes
// are nonce (24) | ciphertext | tag (16). For everything stored; documents that leave are age files
// (crypto/agefile).
// Source:   draft-irtf-cfrg-xchacha-03
// Threads:  concurrently
// Secrets:  the key; plaintext of the SecretBytes variants
// Why safe: 192 random bits of nonce do not repeat within 2^80 messages under one key; callers
//           cannot pass a nonce
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::primitives {

inline constexpr std::size_t kAeadKeySizeBytes = 32;
inline constexpr std::size_t kAeadNonceSizeBytes = 24;
inline constexpr std::size_t kAeadTagSizeBytes = 16;
inline constexpr std::size_t kAeadOverheadBytes = kAeadNonceSizeBytes + kAeadTagSizeBytes;

// Bytes that are not encrypted but must be the same at opening: where the sealed value belongs. A
// type of its own, so that it cannot be swapped with the plaintext: Seal(key,
// AssociatedData{context}, plaintext, random).
struct AssociatedData {
  ByteSpan bytes;
};

// `key` has 32 bytes (anything else is a programmer's error and stops the process).
Bytes Seal(const SecretBytes& key, AssociatedData associated_data, ByteSpan plaintext,
           Random& random);
Bytes SealSecret(const SecretBytes& key, AssociatedData associated_data,
                 const SecretBytes& plaintext, Random& random);

// Opens what Seal made with the same key and associated data.
//   errors   kDataLoss with one message, whatever is wrong: short, another key, other data, changed
//            bytes
StatusOr<Bytes> Open(const SecretBytes& key, AssociatedData associated_data, ByteSpan sealed);
StatusOr<SecretBytes> OpenSecret(const SecretBytes& key, AssociatedData associated_data,
                                 ByteSpan sealed);

// With a nonce of the caller's choosing: for published test vectors only. Returns ciphertext | tag.
Bytes UncheckedSealWithNonceForTest(const SecretBytes& key, ByteSpan nonce,
                                    AssociatedData associated_data, ByteSpan plaintext);

}  // namespace noren::primitives
