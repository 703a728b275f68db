// Seals many short secrets under one key, and opens them: byte for byte what aead.h makes and
// takes, but what the key and a common beginning of the nonces decide is computed once.
// Source:   draft-irtf-cfrg-xchacha-03: HChaCha20 of the nonce's first 16 bytes, then RFC 8439
// Threads:  one object is externally synchronised
// Secrets:  the key, the subkey, the plaintexts
// Why safe: a sealer's nonces are 16 random bytes and a counter of 8: they do not repeat within a
//           sealer, and two sealers share a beginning once in 2^128
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/primitives/aead.h"

namespace noren::primitives {

inline constexpr std::size_t kNonceBeginningSizeBytes = 16;

class BulkSealer {
 public:
  // `key` has 32 bytes.
  BulkSealer(const SecretBytes& key, Random& random);
  // `out` has plaintext.size() + kAeadOverheadBytes bytes.
  void Seal(AssociatedData associated_data, const SecretBytes& plaintext, MutableByteSpan out);

 private:
  std::array<std::uint8_t, kNonceBeginningSizeBytes> beginning_{};
  SecretBytes subkey_;
  std::uint64_t counter_ = 0;
};

class BulkOpener {
 public:
  // `key` has 32 bytes and outlives this.
  explicit BulkOpener(const SecretBytes& key);
  // Fills `plaintext`, which has as many bytes as were sealed; false, and zeros there, when the
  // bytes do not open.
  bool Open(AssociatedData associated_data, ByteSpan sealed, SecretBytes& plaintext);

 private:
  const SecretBytes& key_;
  std::array<std::uint8_t, kNonceBeginningSizeBytes> beginning_{};
  SecretBytes subkey_;  // of beginning_; empty before the first
};

}  // namespace noren::primitives
