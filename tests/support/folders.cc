// SPDX-License-Identifier: Apache-2.0
#include "tests/support/folders.h"

namespace noren {

std::string SourceFolder() { return NOREN_SOURCE_DIR; }
std::string BinaryFolder() { return NOREN_BINARY_DIR; }
std::string SharedData() { return NOREN_SHARED_DATA; }

}  // namespace noren
