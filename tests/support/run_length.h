// How long a test runs: as short as every day needs, or as its environment says (./dev soak).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace noren {

// The number in the environment variable; `otherwise` when there is none.
inline std::uint64_t RunLength(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return otherwise;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text, text + std::strlen(text), number);
  return parsed.ec == std::errc() ? number : otherwise;
}

}  // namespace noren
