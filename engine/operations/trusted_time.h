// The service's time: never before the anchored floor, and trusted only after someone vouched for
// the clock.
// An unchecked clock neither advances the floor nor lets anything be released, because a disk image
// brings its clock along. A clock that runs ahead of a second, steady one is trusted no more.
// Source:   docs/design/0001-the-doorway.md (Anchor)
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "crypto/base/clock.h"

namespace noren::operations {

// How far a trusted clock may run ahead of the steady one.
inline constexpr std::int64_t kClockLeapSeconds = 3600;

class TrustedTime {
 public:
  // `clock` must outlive this. `floor` is the anchor's. `steady`, when there is one, counts seconds
  // from anywhere, is never set, and must outlive this too.
  TrustedTime(const Clock& clock, UnixSeconds floor, const Clock* steady = nullptr)
      : clock_(clock), steady_(steady), floor_s_(floor.value) {}

  // max(floor, clock); when trusted the floor follows.
  UnixSeconds Now();
  // What the next anchor holds.
  UnixSeconds floor() const { return {floor_s_.load()}; }
  // Whoever decides by the time of Now() asks this after it: a leap is noticed by either.
  bool trusted() const { return IsTrustedAt(clock_.Now()); }
  // The system says that the clock is synchronised, or an officer confirmed it.
  void Trust();
  // The clock's own opinion, unbounded: for comparing it with what an officer says.
  UnixSeconds Unchecked() const { return clock_.Now(); }

 private:
  bool IsTrustedAt(UnixSeconds wall) const;

  const Clock& clock_;
  const Clock* steady_;
  std::atomic<std::int64_t> floor_s_;
  std::atomic<std::int64_t> ahead_s_{0};  // clock less steady, when it was vouched for
  mutable std::atomic<bool> trusted_{false};
};

}  // namespace noren::operations
