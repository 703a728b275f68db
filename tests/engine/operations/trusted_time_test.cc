// A clock that is vouched for, and what makes it a clock that nobody vouches for again.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/trusted_time.h"

#include <gtest/gtest.h>

#include "engine/operations/officer_views.h"
#include "tests/engine/operations/after_release_fixture.h"
#include "tests/support/fixed_clock.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

class TrustedTimeBesideASteadyClock : public ::testing::Test {
 protected:
  void Pass(std::int64_t seconds) {
    wall_.AdvanceSeconds(seconds);
    steady_.AdvanceSeconds(seconds);
  }
  FixedClock wall_;
  FixedClock steady_{5};
  TrustedTime time_{wall_, {0}, &steady_};
};

TEST_F(TrustedTimeBesideASteadyClock, StaysTrustedWhileBothGoOn) {
  time_.Trust();
  Pass(10LL * 365 * 86400);
  EXPECT_TRUE(time_.trusted());
  EXPECT_EQ(time_.Now(), wall_.Now());
  EXPECT_EQ(time_.floor(), wall_.Now());
}

TEST_F(TrustedTimeBesideASteadyClock, IsTrustedNoMoreAfterALeapAheadAndItsFloorStays) {
  time_.Trust();
  Pass(100);
  const UnixSeconds before = time_.Now();
  wall_.AdvanceSeconds(kClockLeapSeconds);
  EXPECT_TRUE(time_.trusted());
  wall_.AdvanceSeconds(1);
  EXPECT_EQ(time_.Now(), wall_.Now());
  EXPECT_FALSE(time_.trusted());
  EXPECT_EQ(time_.floor(), before);
  // Going back does not make it trusted; somebody has to vouch for it.
  wall_.AdvanceSeconds(-kClockLeapSeconds - 1);
  EXPECT_FALSE(time_.trusted());
  time_.Trust();
  EXPECT_TRUE(time_.trusted());
}

TEST_F(TrustedTimeBesideASteadyClock, TakesManySmallLeapsForOne) {
  time_.Trust();
  for (int i = 0; i < 40; ++i) {
    wall_.AdvanceSeconds(100);
    (void)time_.Now();
  }
  EXPECT_FALSE(time_.trusted());
}

TEST_F(TrustedTimeBesideASteadyClock, GoesBackWithoutLosingTrustAndNeverBelowTheFloor) {
  time_.Trust();
  const UnixSeconds before = time_.Now();
  wall_.AdvanceSeconds(-10LL * 365 * 86400);
  EXPECT_TRUE(time_.trusted());
  EXPECT_EQ(time_.Now(), before);
}

class ClockLeap : public AfterRelease {};

TEST_F(ClockLeap, EndsNoAccessAndMakesNoDutyUntilSomebodyVouches) {
  FixedClock steady;
  service_.set_steady_clock(&steady);
  ASSERT_OK(service_.Restart());
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  PassDays(3650);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kClockUntrusted);
  EXPECT_EQ(CodeOf(ReadChunk(*release, 0).status()), ErrorCode::kClockUntrusted);
  EXPECT_TRUE(Duties(service_.company()).empty());
  EXPECT_EQ(Kinds(service_.company()), std::vector<std::string>({"answer:granted"}));
  // The clock was wrong, and is set right.
  PassDays(-3650);
  ASSERT_OK(
      ConfirmClock(context(), service_.officer(), service_.NextKey(), service_.clock().Now()));
  EXPECT_OK(Collect(application));
  EXPECT_OK(ReadChunk(*release, 0));
  // The clock was right: ten years have passed.
  PassDays(3650);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kClockUntrusted);
  ASSERT_OK(
      ConfirmClock(context(), service_.officer(), service_.NextKey(), service_.clock().Now()));
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kConsentExpired);
  EXPECT_EQ(Duties(service_.company()).size(), 1u);
  service_.set_steady_clock(nullptr);
  ASSERT_OK(service_.Restart());
}

}  // namespace
}  // namespace noren::operations
