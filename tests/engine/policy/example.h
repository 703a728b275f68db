// The example policy, and texts made from it by one replacement.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/policy/policy.h"

namespace noren::policy {

// The file up to its stated part: what the enforced tables say by themselves.
std::string ExampleText();
// The whole file.
std::string WholeExampleText();
Policy Example();
Policy WholeExample();

// `text` with the first `from` replaced; ends the test program when `from` is not there.
std::string ReplacedIn(std::string text, std::string_view from, std::string_view to);
std::string Replaced(std::string_view from, std::string_view to);
// 1-based, of the first occurrence in the example.
std::uint32_t LineOf(std::string_view text);

}  // namespace noren::policy
