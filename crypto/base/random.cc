// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/random.h"

#include <sodium.h>

#include "crypto/base/sodium_init.h"

namespace noren {

void SystemRandom::Fill(MutableByteSpan out) {
  EnsureSodium();
  randombytes_buf(out.data(), out.size());
}

}  // namespace noren
