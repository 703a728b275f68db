// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/secret_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <ostream>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "crypto/base/secret_arena.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace noren {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Ordered = requires(const T& a, const T& b) { a < b; };

// What must not compile.
static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);
static_assert(!Printable<SecretBytes>);
static_assert(!Ordered<SecretBytes>);
static_assert(!std::convertible_to<SecretBytes, ByteSpan>);
static_assert(!std::convertible_to<SecretBytes, Bytes>);
static_assert(!std::equality_comparable_with<SecretBytes, ByteSpan>);
static_assert(!std::convertible_to<std::size_t, SecretBytes>);

TEST(SecretBytes, IsZeroedWhenNewEvenWhereAnotherSecretWas) {
  SeededRandom random(1);
  for (int round = 0; round < 100; ++round) {
    SecretBytes secret(40);
    const ByteSpan bytes = secret.ExposeSecret();
    ASSERT_TRUE(std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; }));
    random.Fill(secret.ExposeSecretForWriting());
  }
}

TEST(SecretBytes, ComparesContentAndSize) {
  const SecretBytes secret = SecretBytes::CopyOf(AsBytes("correct horse"));
  EXPECT_TRUE(secret == SecretBytes::CopyOf(AsBytes("correct horse")));
  EXPECT_FALSE(secret == SecretBytes::CopyOf(AsBytes("correct horsf")));
  EXPECT_FALSE(secret == SecretBytes::CopyOf(AsBytes("correct")));
  EXPECT_FALSE(secret == SecretBytes());
  EXPECT_TRUE(SecretBytes() == SecretBytes());
  EXPECT_TRUE(SecretBytes() == SecretBytes(0));
}

TEST(SecretBytes, CloneIsEqualAndSeparate) {
  SecretBytes secret = SecretBytes::CopyOf(AsBytes("abc"));
  const SecretBytes clone = secret.Clone();
  secret.ExposeSecretForWriting()[0] = 'x';
  EXPECT_EQ(AsText(clone.ExposeSecret()), "abc");
}

TEST(SecretBytes, MovingLeavesTheSourceEmpty) {
  SecretBytes source = SecretBytes::CopyOf(AsBytes("abc"));
  SecretBytes target(std::move(source));
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): this is the property
  EXPECT_EQ(AsText(target.ExposeSecret()), "abc");
  target = SecretBytes::CopyOf(AsBytes("de"));
  EXPECT_EQ(AsText(target.ExposeSecret()), "de");
  SecretBytes& same = target;
  target = std::move(same);
  EXPECT_EQ(AsText(target.ExposeSecret()), "de");
}

TEST(SecretBytes, RandomTakesTheBytesOfTheSource) {
  SeededRandom first(7);
  SeededRandom second(7);
  Bytes expected(33);
  first.Fill(expected);
  EXPECT_EQ(ToBytes(SecretBytes::Random(second, 33).ExposeSecret()), expected);
}

// sodium_malloc alone fails after 16,376 allocations; the arena must not.
TEST(SecretBytes, HoldsAHundredThousandAtOnce) {
  constexpr std::uint32_t kCount = 100'000;
  const std::size_t live_before = MeasureSecretArena().live_count;
  std::vector<SecretBytes> secrets;
  secrets.reserve(kCount);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    SecretBytes secret(32);
    secret.ExposeSecretForWriting()[i % 32] = static_cast<std::uint8_t>(i % 251 + 1);
    secrets.push_back(std::move(secret));
  }
  EXPECT_EQ(MeasureSecretArena().live_count, live_before + kCount);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(secrets[i].ExposeSecret()[i % 32], i % 251 + 1);
    ASSERT_EQ(secrets[i].ExposeSecret()[(i + 1) % 32], 0);
  }
  const std::size_t slabs_before = MeasureSecretArena().slab_size_bytes;
  secrets.clear();
  EXPECT_EQ(MeasureSecretArena().live_count, live_before);
  for (std::uint32_t i = 0; i < kCount; ++i) secrets.emplace_back(32);
  EXPECT_EQ(MeasureSecretArena().slab_size_bytes, slabs_before) << "released slots are used again";
}

TEST(SecretBytes, EverySizeAroundTheClassesIsUsableToTheLastByte) {
  for (const std::size_t class_size : SecretArena::kClassSizesBytes) {
    for (std::size_t size = class_size - 1; size <= class_size + 1; ++size) {
      SecretBytes secret(size);
      const MutableByteSpan bytes = secret.ExposeSecretForWriting();
      std::fill(bytes.begin(), bytes.end(), std::uint8_t{0xa5});
      EXPECT_EQ(secret.ExposeSecret().back(), 0xa5);
      EXPECT_EQ(secret.size(), size);
    }
  }
}

// The arena keeps the memory, so that it can be looked at after the release.
TEST(SecretArena, WipesWhatIsReleased) {
  SecretArena arena;
  std::uint8_t* data = arena.Allocate(48);
  std::fill_n(data, 48, std::uint8_t{0xa5});
  arena.Release(data, 48);
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(data - SecretArena::kCanarySizeBytes,
                                48 + 2 * SecretArena::kCanarySizeBytes);
#endif
  const volatile std::uint8_t* released = data - SecretArena::kCanarySizeBytes;
  int left_over = 0;
  for (std::size_t i = 0; i < 48 + 2 * SecretArena::kCanarySizeBytes; ++i)
    left_over += released[i] != 0 ? 1 : 0;
  EXPECT_EQ(left_over, 0);
}

TEST(SecretBytes, LargeOnesGiveTheirPagesBack) {
  const SecretArenaUse before = MeasureSecretArena();
  {
    const SecretBytes large(100'000);
    EXPECT_GT(MeasureSecretArena().slab_size_bytes, before.slab_size_bytes + 100'000);
  }
  EXPECT_EQ(MeasureSecretArena().slab_size_bytes, before.slab_size_bytes);
  EXPECT_EQ(MeasureSecretArena().unlocked_size_bytes, before.unlocked_size_bytes);
}

TEST(SecretBytes, ThreadsDoNotShareMemory) {
  constexpr int kThreads = 4;
  std::vector<int> mixed_up(kThreads, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t, &mixed_up] {
      for (int round = 0; round < 2000; ++round) {
        SecretBytes secret(static_cast<std::size_t>(1 + round % 700));
        const MutableByteSpan bytes = secret.ExposeSecretForWriting();
        std::fill(bytes.begin(), bytes.end(), static_cast<std::uint8_t>(t + 1));
        mixed_up[static_cast<std::size_t>(t)] +=
            std::any_of(bytes.begin(), bytes.end(), [t](auto b) { return b != t + 1; }) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mixed_up, std::vector<int>(kThreads, 0));
}

// An overrun by one byte hits the canary (or AddressSanitizer, which guards the same bytes).
TEST(SecretBytesDeathTest, StopsTheProcessWhenBytesBehindASecretChanged) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SecretBytes secret(10);
        std::uint8_t* end = secret.ExposeSecretForWriting().data() + 10;
        *end = static_cast<std::uint8_t>(*end ^ 1);
      },
      "bytes behind a secret were overwritten|AddressSanitizer");
}

TEST(SecretBytesDeathTest, StopsTheProcessWhenBytesBeforeASecretChanged) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SecretBytes secret(10);
        std::uint8_t* before = secret.ExposeSecretForWriting().data() - 1;
        *before = static_cast<std::uint8_t>(*before ^ 1);
      },
      "bytes before a secret were overwritten|AddressSanitizer");
}

TEST(LockSecretArena, AnswersOkOrNamesTheLimit) {
  const Status locked = LockSecretArena();
  if (MeasureSecretArena().unlocked_size_bytes == 0) {
    EXPECT_OK(locked);
  } else {
    EXPECT_THAT(locked, StatusIs(StatusCode::kResourceExhausted, testing::HasSubstr("ulimit -l")));
  }
}

}  // namespace
}  // namespace noren
