// Whether a text tells how to reach somebody: a mail address or a telephone number, in any width of
// digits. A posting is of a company; what of it reaches a person is personal.
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace noren::intake {

// A mail address, or a number of 9 to 15 digits that begins with 0 or +, with the usual separators.
// When in doubt it says yes. The text is UTF-8.
bool HoldsContact(std::string_view text);

}  // namespace noren::intake
