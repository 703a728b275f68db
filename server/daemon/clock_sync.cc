// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/clock_sync.h"

#include <sys/timex.h>

namespace noren::server {

bool IsClockSynchronised() {
  timex state{};
  return ::adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace noren::server
