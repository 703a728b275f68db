// Randomness, time and ids.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <type_traits>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/strong_id.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren {
namespace {

struct FirstTag {
  static constexpr std::string_view kPrefix = "first";
};
struct SecondTag {
  static constexpr std::string_view kPrefix = "second";
};
using FirstId = StrongId<FirstTag>;
using SecondId = StrongId<SecondTag>;
static_assert(!std::is_convertible_v<FirstId, SecondId>);
static_assert(!std::is_constructible_v<FirstId, SecondId>);

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes(16);
    random.Fill(bytes);
    EXPECT_TRUE(seen.insert(bytes).second);
  }
}

// 2,000 bytes of which each value is expected 7.8 times: that a given bit is constant has
// probability 2^-1999.
TEST(SystemRandom, EveryBitTakesBothValues) {
  SystemRandom random;
  Bytes bytes(2000);
  random.Fill(bytes);
  std::uint8_t ones = 0;
  std::uint8_t zeros = 0;
  for (const std::uint8_t byte : bytes) {
    ones = static_cast<std::uint8_t>(ones | byte);
    zeros = static_cast<std::uint8_t>(zeros | ~byte);
  }
  EXPECT_EQ(ones, 0xff);
  EXPECT_EQ(zeros, 0xff);
}

TEST(SystemRandom, FillsNothingIntoNothing) {
  SystemRandom random;
  Bytes bytes = {1, 2, 3};
  random.Fill(MutableByteSpan(bytes).first(0));
  EXPECT_EQ(bytes, (Bytes{1, 2, 3}));
}

// The file system stamps files with the same clock, read by somebody else (and up to one tick
// late).
TEST(SystemClock, IsTheTimeThatNewFilesBear) {
  const std::string path = testing::TempDir() + "/noren_system_clock_test";
  const UnixSeconds before = SystemClock().Now();
  std::ofstream(path) << "x";
  const UnixSeconds after = SystemClock().Now();
  const auto stamp = std::chrono::file_clock::to_sys(std::filesystem::last_write_time(path));
  const auto stamp_seconds = std::chrono::floor<std::chrono::seconds>(stamp.time_since_epoch());
  std::filesystem::remove(path);
  EXPECT_GE(stamp_seconds.count(), before.value - 1);
  EXPECT_LE(stamp_seconds.count(), after.value);
}

TEST(FixedClock, StandsStillUntilMoved) {
  FixedClock clock(100);
  EXPECT_EQ(clock.Now(), UnixSeconds{100});
  EXPECT_EQ(clock.Now(), UnixSeconds{100});
  clock.AdvanceSeconds(-30);
  EXPECT_EQ(clock.Now(), UnixSeconds{70});
  clock.Set({5});
  EXPECT_EQ(clock.Now(), UnixSeconds{5});
}

TEST(SeededRandom, RepeatsFromItsSeedAlone) {
  SeededRandom first(42);
  SeededRandom second(42);
  SeededRandom other(43);
  Bytes a(100), b(100), c(100);
  first.Fill(a);
  second.Fill(b);
  other.Fill(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_LT(first.Below(10), 10u);
}

TEST(StrongId, PrintsAndParses) {
  SeededRandom random(1);
  const FirstId id = FirstId::Generate(random);
  EXPECT_FALSE(id.is_none());
  EXPECT_TRUE(FirstId().is_none());
  EXPECT_TRUE(id.ToString().starts_with("first-"));
  EXPECT_THAT(FirstId::Parse(id.ToString()), IsOkAndHolds(id));
  EXPECT_THAT(FirstId::FromBytes(id.bytes()), IsOkAndHolds(id));
}

TEST(StrongId, RefusesOtherPrefixesCasesAndLengths) {
  SeededRandom random(1);
  const std::string text = FirstId::Generate(random).ToString();
  const std::string digits = text.substr(6);
  EXPECT_THAT(SecondId::Parse(text), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse("First-" + digits), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse("first_" + digits), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse(text + "0"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse(text.substr(0, text.size() - 1)),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse("first-" + std::string(32, 'A')),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::Parse(""), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::FromBytes(Bytes(15)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FirstId::FromBytes(Bytes(17)), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren
