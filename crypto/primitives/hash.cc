// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/hash.h"

#include <sodium.h>

#include "crypto/base/sodium_init.h"
#include "crypto/primitives/non_null.h"

namespace noren::primitives {
namespace {

// The library's states are plain integers and bytes, so storage of the right size and alignment
// holds them.
template <typename State, std::size_t kSize>
State* StateIn(std::array<std::uint8_t, kSize>& storage) {
  static_assert(sizeof(State) <= kSize && alignof(State) <= 16);
  return reinterpret_cast<State*>(storage.data());
}

}  // namespace

Hash256 Sha256(ByteSpan bytes) {
  Hash256 digest;
  crypto_hash_sha256(digest.data(), NonNull(bytes), bytes.size());
  return digest;
}

Hash512 Sha512(ByteSpan bytes) {
  Hash512 digest;
  crypto_hash_sha512(digest.data(), NonNull(bytes), bytes.size());
  return digest;
}

Sha256Hasher::Sha256Hasher() : state_{} {
  EnsureSodium();
  crypto_hash_sha256_init(StateIn<crypto_hash_sha256_state>(state_));
}
Sha256Hasher::~Sha256Hasher() { sodium_memzero(state_.data(), state_.size()); }

Sha256Hasher& Sha256Hasher::Update(ByteSpan bytes) {
  crypto_hash_sha256_update(StateIn<crypto_hash_sha256_state>(state_), NonNull(bytes),
                            bytes.size());
  return *this;
}

Hash256 Sha256Hasher::Finish() {
  Hash256 digest;
  crypto_hash_sha256_final(StateIn<crypto_hash_sha256_state>(state_), digest.data());
  return digest;
}

Sha512Hasher::Sha512Hasher() : state_{} {
  EnsureSodium();
  crypto_hash_sha512_init(StateIn<crypto_hash_sha512_state>(state_));
}
Sha512Hasher::~Sha512Hasher() { sodium_memzero(state_.data(), state_.size()); }

Sha512Hasher& Sha512Hasher::Update(ByteSpan bytes) {
  crypto_hash_sha512_update(StateIn<crypto_hash_sha512_state>(state_), NonNull(bytes),
                            bytes.size());
  return *this;
}

Hash512 Sha512Hasher::Finish() {
  Hash512 digest;
  crypto_hash_sha512_final(StateIn<crypto_hash_sha512_state>(state_), digest.data());
  return digest;
}

}  // namespace noren::primitives
