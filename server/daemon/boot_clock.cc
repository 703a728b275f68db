// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/boot_clock.h"

#include <time.h>

namespace noren::server {

UnixSeconds BootClock::Now() const {
  timespec now{};
  (void)::clock_gettime(CLOCK_BOOTTIME, &now);  // cannot fail on a kernel that has it
  return {static_cast<std::int64_t>(now.tv_sec)};
}

}  // namespace noren::server
