// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace noren {

void CheckFailed(const char* file, int line, const char* reason) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, reason);
  std::abort();
}

}  // namespace noren
