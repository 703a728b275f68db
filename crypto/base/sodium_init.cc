// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/sodium_init.h"

#include <sodium.h>

#include "crypto/base/check.h"

namespace noren {

void EnsureSodium() {
  // 0: initialised now, 1: somebody else in this process did it before, -1: failed.
  static const int initialised = sodium_init();
  NOREN_CHECK(initialised >= 0, "libsodium cannot be initialised");
}

}  // namespace noren
