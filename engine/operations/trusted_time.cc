// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/trusted_time.h"

namespace noren::operations {

UnixSeconds TrustedTime::Now() {
  const std::int64_t wall_s = clock_.Now().value;
  std::int64_t floor_s = floor_s_.load();
  if (!trusted()) return {wall_s > floor_s ? wall_s : floor_s};
  while (floor_s < wall_s && !floor_s_.compare_exchange_weak(floor_s, wall_s)) {
  }
  return {floor_s < wall_s ? wall_s : floor_s};
}

}  // namespace noren::operations
