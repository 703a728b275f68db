// libsodium declares some pointers never to be null, also those of empty inputs; an empty span's
// pointer may be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "crypto/base/bytes.h"

namespace noren::primitives {

// The span's pointer, or that of some byte when the span is empty.
inline const std::uint8_t* NonNull(ByteSpan bytes) {
  static constexpr std::uint8_t kSomeByte = 0;
  return bytes.empty() ? &kSomeByte : bytes.data();
}

}  // namespace noren::primitives
