// A run of secret bytes: move-only, wiped when released, compared in constant time, never printed.
// Memory:   one guarded arena for the process (locked, not dumped), because sodium_malloc alone
//           fails after 16,376 allocations (two guard pages each use up vm.max_map_count).
// Threads:  distinct objects concurrently; one object is externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"

namespace noren {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size_bytes);  // zeroed
  static SecretBytes Random(noren::Random& random, std::size_t size_bytes);
  // Copies `bytes` in; the caller wipes its own copy.
  static SecretBytes CopyOf(ByteSpan bytes);
  SecretBytes Clone() const;

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return size_bytes_; }
  bool empty() const { return size_bytes_ == 0; }
  // Constant time in the content; sizes are not secret.
  bool operator==(const SecretBytes& other) const;

  // The only doors to the bytes; called in crypto/ only (tests/checks/tidy_test holds this).
  ByteSpan ExposeSecret() const { return {data_, size_bytes_}; }
  MutableByteSpan ExposeSecretForWriting() { return {data_, size_bytes_}; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

// Locks the arena's memory; called once at start. kResourceExhausted with the exact fix (ulimit -l)
// when it cannot.
Status LockSecretArena();

struct SecretArenaUse {
  std::size_t live_count = 0;           // secrets that exist now
  std::size_t slab_size_bytes = 0;      // memory taken from the system
  std::size_t unlocked_size_bytes = 0;  // the part of it that may be swapped out
};
SecretArenaUse MeasureSecretArena();

}  // namespace noren
