// SHA-256 and SHA-512, at once or piece by piece. For digests of bytes that are not secret keys;
// keyed digests are in hmac.h and keyed_token.h.
// Source:   FIPS 180-4
// Threads:  functions concurrently; a hasher is externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace noren::primitives {

using Hash512 = std::array<std::uint8_t, 64>;

Hash256 Sha256(ByteSpan bytes);
Hash512 Sha512(ByteSpan bytes);

// Update any number of times, then Finish once.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();  // wipes
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;
  Sha256Hasher& Update(ByteSpan bytes);
  Hash256 Finish();

 private:
  alignas(16) std::array<std::uint8_t, 128> state_;
};

class Sha512Hasher {
 public:
  Sha512Hasher();
  ~Sha512Hasher();  // wipes
  Sha512Hasher(const Sha512Hasher&) = delete;
  Sha512Hasher& operator=(const Sha512Hasher&) = delete;
  Sha512Hasher& Update(ByteSpan bytes);
  Hash512 Finish();

 private:
  alignas(16) std::array<std::uint8_t, 224> state_;
};

}  // namespace noren::primitives
