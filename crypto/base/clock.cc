// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/clock.h"

#include <chrono>

namespace noren {

UnixSeconds SystemClock::Now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::floor<std::chrono::seconds>(since_epoch).count()};
}

}  // namespace noren
