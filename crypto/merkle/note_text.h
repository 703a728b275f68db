// Which texts a signed note may carry.
// Source:   C2SP signed-note.md, "Format"
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace noren::merkle {

// UTF-8 lines, each ended, no control character but the line end; not empty.
bool IsNoteText(std::string_view text);
// UTF-8 without white space, control characters and plus signs; not empty.
bool IsNoteName(std::string_view name);

}  // namespace noren::merkle
