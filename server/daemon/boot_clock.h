// Seconds since the machine was started, sleep included: nobody can set it.
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/clock.h"

namespace noren::server {

class BootClock final : public Clock {
 public:
  UnixSeconds Now() const override;
};

}  // namespace noren::server
