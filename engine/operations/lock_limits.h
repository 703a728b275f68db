// When a caller who is refused again and again is locked, and for how long.
// Source:   docs/design/0035-refused-callers.md, docs/formats/config.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace noren::operations {

struct LockLimits {
  int refusals = 20;  // of one caller within the window
  int window_minutes = 10;
  int lock_minutes = 60;
};

}  // namespace noren::operations
