// SPDX-License-Identifier: Apache-2.0
#include "tests/support/folders.h"

#include <cstdlib>

namespace noren {

std::string SourceFolder() {
  const char* const other = std::getenv("NOREN_SOURCE_DIR");
  return other != nullptr ? other : NOREN_SOURCE_DIR;
}
std::string BinaryFolder() { return NOREN_BINARY_DIR; }
std::string SharedData() { return NOREN_SHARED_DATA; }

}  // namespace noren
