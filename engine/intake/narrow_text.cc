// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/narrow_text.h"

#include <cstdint>

namespace noren::intake {
namespace {

// The ASCII character that three bytes of UTF-8 stand for; '\0' for any other.
char NarrowOf(std::string_view three) {
  if (three.size() != 3) return '\0';
  if (three == "\xE3\x80\x80") return ' ';
  if (three == "\xEF\xBC\x8D" || three == "\xE2\x88\x92") return '-';
  if (three.starts_with("\xE2\x80") && three[2] >= '\x90' && three[2] <= '\x95') return '-';
  if (!three.starts_with("\xEF\xBC")) return '\0';
  if (three[2] >= '\x90' && three[2] <= '\x99') return static_cast<char>('0' + (three[2] - '\x90'));
  if (three[2] == '\x8B') return '+';
  if (three[2] == '\x88') return '(';
  return three[2] == '\x89' ? ')' : '\0';
}

}  // namespace

std::string Narrow(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<std::uint8_t>(text[i]) < 0x80) {
      out.push_back(text[i]);
      continue;
    }
    const char narrow = NarrowOf(text.substr(i, 3));
    out.push_back(narrow == '\0' ? 'x' : narrow);
    if (narrow != '\0') i += 2;
  }
  return out;
}

}  // namespace noren::intake
