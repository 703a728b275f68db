// UTF-8 without a library: validity, encoding of one code point, and the UTF-16 order of RFC 8785.
// Source:   RFC 3629
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace noren::model {

// Offset of the first byte that is not part of well-formed UTF-8 (no overlong form, no surrogate);
// npos when all is.
std::size_t FindInvalidUtf8(std::string_view text);
// Length in bytes of the well-formed sequence at `at`; 0 when there is none.
std::size_t Utf8SequenceSize(std::string_view text, std::size_t at);
// `code_point` must be a Unicode scalar value.
void AppendUtf8(std::uint32_t code_point, std::string* out);
// Orders by UTF-16 code units; both must be well-formed UTF-8.
bool Utf16Less(std::string_view a, std::string_view b);

}  // namespace noren::model
