// The guarded memory behind SecretBytes: slabs from libsodium (guard pages around, locked, left out
// of core dumps) cut into slots of a size class, canaries on both sides of every secret, wiped on
// release.
// Source:   libsodium 1.0.18 sodium_malloc; SecretBytes is the only caller
// Threads:  thread-safe
// Why safe: a slot's neighbours are reached only across a canary, which is checked on release; the
//           free lists are outside the slabs, so that an overrun cannot steer an allocation
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <vector>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren {

class SecretArena {
 public:
  static constexpr std::size_t kCanarySizeBytes = 16;
  static constexpr std::size_t kSlabSizeBytes = 256 * 1024;
  // Room for the secret itself; larger ones get pages of their own.
  static constexpr std::array<std::size_t, 8> kClassSizesBytes = {32,  64,   128,  256,
                                                                  512, 1024, 4096, 16384};

  // The arena of the process. Never destroyed, because secrets with static storage may outlive any
  // order.
  static SecretArena& ForProcess();

  SecretArena();
  SecretArena(const SecretArena&) = delete;
  SecretArena& operator=(const SecretArena&) = delete;

  // `size_bytes` > 0. Returns zeroed memory; stops the process when there is none.
  std::uint8_t* Allocate(std::size_t size_bytes);
  // Wipes. Stops the process when a canary beside the secret was overwritten.
  void Release(std::uint8_t* data, std::size_t size_bytes);
  // See LockSecretArena.
  Status Lock();
  SecretArenaUse Use() const;

 private:
  struct SizeClass {
    std::vector<std::uint8_t*> free_slots;
  };

  std::uint8_t* TakeSlot(std::size_t class_index);
  void AddSlab(std::size_t class_index);
  std::uint8_t* AllocatePages(std::size_t size_bytes);
  void ReleasePages(std::uint8_t* pages, std::size_t size_bytes);

  std::array<std::uint8_t, kCanarySizeBytes> canary_;
  mutable std::mutex mutex_;
  std::array<SizeClass, kClassSizesBytes.size()> classes_;
  SecretArenaUse use_;
  std::set<std::uint8_t*> unlocked_pages_;
};

}  // namespace noren
