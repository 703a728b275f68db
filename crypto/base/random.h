// Source of randomness, injected everywhere so that a run is reproducible from one number.
// Threads:  implementations are thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"

namespace noren {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` with uniformly random bytes. Never fails: without entropy the process stops.
  virtual void Fill(MutableByteSpan out) = 0;
};

// The operating system's generator through libsodium.
class SystemRandom final : public Random {
 public:
  void Fill(MutableByteSpan out) override;
};

}  // namespace noren
