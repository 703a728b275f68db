// Text as it is typed with an East Asian keyboard, for recognising numbers in it.
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace noren::intake {

// Full-width digits, plus signs, parentheses and spaces and the various hyphens as ASCII, every
// other character beyond ASCII as 'x'. The text is UTF-8.
std::string Narrow(std::string_view text);

}  // namespace noren::intake
