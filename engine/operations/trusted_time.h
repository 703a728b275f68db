// The service's time: never before the anchored floor, and trusted only after someone vouched for
// the clock.
// An unchecked clock neither advances the floor nor lets anything be released, because a disk image
// brings its clock along.
// Source:   docs/design/0001-the-doorway.md (Anchor)
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "crypto/base/clock.h"

namespace noren::operations {

class TrustedTime {
 public:
  // `clock` must outlive this. `floor` is the anchor's.
  TrustedTime(const Clock& clock, UnixSeconds floor) : clock_(clock), floor_s_(floor.value) {}

  // max(floor, clock); when trusted the floor follows.
  UnixSeconds Now();
  // What the next anchor holds.
  UnixSeconds floor() const { return {floor_s_.load()}; }
  bool trusted() const { return trusted_.load(); }
  // The system says that the clock is synchronised, or an officer confirmed it.
  void Trust() { trusted_.store(true); }
  // The clock's own opinion, unbounded: for comparing it with what an officer says.
  UnixSeconds Unchecked() const { return clock_.Now(); }

 private:
  const Clock& clock_;
  std::atomic<std::int64_t> floor_s_;
  std::atomic<bool> trusted_{false};
};

}  // namespace noren::operations
