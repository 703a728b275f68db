// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/secret_arena.h"

#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) \
  (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) \
  (static_cast<void>(address), static_cast<void>(size))
#endif

namespace noren {
namespace {

constexpr std::size_t kCanary = SecretArena::kCanarySizeBytes;
constexpr std::size_t kNoClass = SecretArena::kClassSizesBytes.size();

std::size_t ClassOf(std::size_t size_bytes) {
  const auto& sizes = SecretArena::kClassSizesBytes;
  return static_cast<std::size_t>(std::lower_bound(sizes.begin(), sizes.end(), size_bytes) -
                                  sizes.begin());
}

constexpr std::size_t SlotSize(std::size_t class_index) {
  return SecretArena::kClassSizesBytes[class_index] + 2 * kCanary;
}

}  // namespace

SecretArena& SecretArena::ForProcess() {
  static SecretArena& arena = *new SecretArena;
  return arena;
}

SecretArena::SecretArena() {
  EnsureSodium();
  randombytes_buf(canary_.data(), canary_.size());
}

std::uint8_t* SecretArena::AllocatePages(std::size_t size_bytes) {
  auto* pages = static_cast<std::uint8_t*>(sodium_malloc(size_bytes));
  NOREN_CHECK(pages != nullptr, "no memory for secrets");
  // sodium_malloc ignores a failed lock; asking again tells (the limit of RLIMIT_MEMLOCK may be
  // reached).
  if (sodium_mlock(pages, size_bytes) != 0) {
    use_.unlocked_size_bytes += size_bytes;
    unlocked_pages_.insert(pages);
  }
  use_.slab_size_bytes += size_bytes;
  return pages;
}

void SecretArena::ReleasePages(std::uint8_t* pages, std::size_t size_bytes) {
  if (unlocked_pages_.erase(pages) > 0) use_.unlocked_size_bytes -= size_bytes;
  use_.slab_size_bytes -= size_bytes;
  sodium_free(pages);
}

void SecretArena::AddSlab(std::size_t class_index) {
  std::uint8_t* slab = AllocatePages(kSlabSizeBytes);
  const std::size_t slot_size = SlotSize(class_index);
  const std::size_t slots_count = kSlabSizeBytes / slot_size;
  auto& free_slots = classes_[class_index].free_slots;
  free_slots.reserve(free_slots.size() + slots_count);
  for (std::size_t i = slots_count; i > 0; --i) free_slots.push_back(slab + (i - 1) * slot_size);
  ASAN_POISON_MEMORY_REGION(slab, kSlabSizeBytes);
}

std::uint8_t* SecretArena::TakeSlot(std::size_t class_index) {
  auto& free_slots = classes_[class_index].free_slots;
  if (free_slots.empty()) AddSlab(class_index);
  std::uint8_t* slot = free_slots.back();
  free_slots.pop_back();
  return slot;
}

std::uint8_t* SecretArena::Allocate(std::size_t size_bytes) {
  NOREN_CHECK(size_bytes > 0, "empty secrets take no memory");
  const std::size_t class_index = ClassOf(size_bytes);
  std::uint8_t* slot = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ++use_.live_count;
    slot =
        class_index == kNoClass ? AllocatePages(size_bytes + 2 * kCanary) : TakeSlot(class_index);
  }
  ASAN_UNPOISON_MEMORY_REGION(slot, size_bytes + 2 * kCanary);
  std::copy(canary_.begin(), canary_.end(), slot);
  std::uint8_t* data = slot + kCanary;
  std::fill_n(data, size_bytes, std::uint8_t{0});
  std::copy(canary_.begin(), canary_.end(), data + size_bytes);
  ASAN_POISON_MEMORY_REGION(slot, kCanary);
  ASAN_POISON_MEMORY_REGION(data + size_bytes, kCanary);
  return data;
}

void SecretArena::Release(std::uint8_t* data, std::size_t size_bytes) {
  std::uint8_t* slot = data - kCanary;
  const std::size_t touched = size_bytes + 2 * kCanary;
  ASAN_UNPOISON_MEMORY_REGION(slot, touched);
  NOREN_CHECK(std::equal(canary_.begin(), canary_.end(), slot),
              "bytes before a secret were overwritten");
  NOREN_CHECK(std::equal(canary_.begin(), canary_.end(), data + size_bytes),
              "bytes behind a secret were overwritten");
  sodium_memzero(slot, touched);
  const std::size_t class_index = ClassOf(size_bytes);
  const std::lock_guard lock(mutex_);
  --use_.live_count;
  if (class_index == kNoClass) {
    ReleasePages(slot, touched);
    return;
  }
  ASAN_POISON_MEMORY_REGION(slot, touched);
  classes_[class_index].free_slots.push_back(slot);
}

Status SecretArena::Lock() {
  const std::lock_guard lock(mutex_);
  // The class of 32-byte keys always needs a slab; taking it here shows at start what would show
  // later.
  if (classes_[0].free_slots.empty()) AddSlab(0);
  if (use_.unlocked_size_bytes == 0) return OkStatus();
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  return ResourceExhausted(
      "secret memory cannot be locked: RLIMIT_MEMLOCK is " + std::to_string(limit.rlim_cur / 1024) +
      " KiB; run `ulimit -l unlimited` or set LimitMEMLOCK=infinity in the unit");
}

SecretArenaUse SecretArena::Use() const {
  const std::lock_guard lock(mutex_);
  return use_;
}

}  // namespace noren
