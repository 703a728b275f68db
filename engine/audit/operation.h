// The numbers of what an entry may record. Apart from entry.h, which only names the type, so that a
// new operation is compiled where operations are named and not wherever an entry goes by.
// Source:   docs/formats/audit_entry.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "engine/audit/entry.h"

namespace noren::audit {

enum class Operation : std::uint16_t {
#define NOREN_AUDIT_OPERATION(symbol, number, name) symbol = number,
#include "engine/audit/operations.inc"
#undef NOREN_AUDIT_OPERATION
};

}  // namespace noren::audit
