// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/secret_bytes.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "crypto/base/secret_arena.h"

namespace noren {

SecretBytes::SecretBytes(std::size_t size_bytes)
    : data_(size_bytes == 0 ? nullptr : SecretArena::ForProcess().Allocate(size_bytes)),
      size_bytes_(size_bytes) {}

SecretBytes SecretBytes::Random(noren::Random& random, std::size_t size_bytes) {
  SecretBytes secret(size_bytes);
  random.Fill(secret.ExposeSecretForWriting());
  return secret;
}

SecretBytes SecretBytes::CopyOf(ByteSpan bytes) {
  SecretBytes secret(bytes.size());
  std::copy(bytes.begin(), bytes.end(), secret.data_);
  return secret;
}

SecretBytes SecretBytes::Clone() const { return CopyOf(ExposeSecret()); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_bytes_, taken.size_bytes_);
  return *this;
}

SecretBytes::~SecretBytes() {
  if (data_ != nullptr) SecretArena::ForProcess().Release(data_, size_bytes_);
}

bool SecretBytes::operator==(const SecretBytes& other) const {
  if (size_bytes_ != other.size_bytes_) return false;
  return size_bytes_ == 0 || sodium_memcmp(data_, other.data_, size_bytes_) == 0;
}

Status LockSecretArena() { return SecretArena::ForProcess().Lock(); }

SecretArenaUse MeasureSecretArena() { return SecretArena::ForProcess().Use(); }

}  // namespace noren
