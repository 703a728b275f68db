// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/note_text.h"

#include <cstddef>
#include <cstdint>

namespace noren::merkle {
namespace {

constexpr std::uint32_t kInvalid = 0xffffffff;

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

std::size_t SequenceLength(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  if (first >= 0xf0 && first <= 0xf4) return 4;
  return 0;
}

// Takes one code point off the front; kInvalid when it is not well-formed UTF-8 (overlong,
// surrogate, too large).
std::uint32_t TakeCodePoint(std::string_view& text) {
  const std::size_t length = SequenceLength(ByteAt(text, 0));
  if (length == 0 || length > text.size()) return kInvalid;
  const std::uint32_t first_bits = length == 1 ? 0x7f : 0x7fu >> length;
  std::uint32_t code = ByteAt(text, 0) & first_bits;
  for (std::size_t i = 1; i < length; ++i) {
    if ((ByteAt(text, i) & 0xc0) != 0x80) return kInvalid;
    code = (code << 6) | (ByteAt(text, i) & 0x3f);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return kInvalid;
  text.remove_prefix(length);
  return code;
}

bool IsControl(std::uint32_t code) { return code < 0x20; }

// Unicode property White_Space beyond ASCII controls.
bool IsWhiteSpace(std::uint32_t code) {
  return code == 0x20 || code == 0x85 || code == 0xa0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
         code == 0x205f || code == 0x3000;
}

}  // namespace

bool IsNoteText(std::string_view text) {
  if (!text.ends_with('\n')) return false;
  while (!text.empty()) {
    const std::uint32_t code = TakeCodePoint(text);
    if (code == kInvalid || (IsControl(code) && code != '\n')) return false;
  }
  return true;
}

bool IsNoteName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const std::uint32_t code = TakeCodePoint(name);
    if (code == kInvalid || IsControl(code) || IsWhiteSpace(code) || code == '+') return false;
  }
  return true;
}

}  // namespace noren::merkle
