// SPDX-License-Identifier: Apache-2.0
#include "engine/model/utf8.h"

#include <algorithm>

namespace noren::model {
namespace {

std::uint8_t ByteAt(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

struct Lead {
  std::size_t size = 0;
  std::uint8_t second_min = 0x80, second_max = 0xBF;
};

// RFC 3629 section 4: the second byte's range excludes overlong forms, surrogates and what is above
// U+10FFFF.
Lead LeadOf(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte >= 0xC2 && byte <= 0xDF) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

// UTF-16 sorts code points above U+FFFF (lead byte F0..F4) before U+E000..U+FFFF (EE, EF); UTF-8
// bytes do not.
int Utf16Rank(std::uint8_t byte) {
  if (byte >= 0xF0) return byte - 2;
  if (byte >= 0xEE) return byte + 7;
  return byte;
}

}  // namespace

std::size_t Utf8SequenceSize(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  const Lead lead = LeadOf(ByteAt(text, at));
  if (lead.size == 0 || text.size() - at < lead.size) return 0;
  for (std::size_t i = 1; i < lead.size; ++i) {
    const std::uint8_t byte = ByteAt(text, at + i);
    const std::uint8_t low = i == 1 ? lead.second_min : std::uint8_t{0x80};
    const std::uint8_t high = i == 1 ? lead.second_max : std::uint8_t{0xBF};
    if (byte < low || byte > high) return 0;
  }
  return lead.size;
}

std::size_t FindInvalidUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = Utf8SequenceSize(text, at);
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

void AppendUtf8(std::uint32_t code_point, std::string* out) {
  const auto push = [out](std::uint32_t byte) {
    out->push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0U | (code_point >> 6));
    push(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    push(0xE0U | (code_point >> 12));
    push(0x80U | ((code_point >> 6) & 0x3FU));
    push(0x80U | (code_point & 0x3FU));
  } else {
    push(0xF0U | (code_point >> 18));
    push(0x80U | ((code_point >> 12) & 0x3FU));
    push(0x80U | ((code_point >> 6) & 0x3FU));
    push(0x80U | (code_point & 0x3FU));
  }
}

bool Utf16Less(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(
      a, b, {}, [](char c) { return Utf16Rank(static_cast<std::uint8_t>(c)); },
      [](char c) { return Utf16Rank(static_cast<std::uint8_t>(c)); });
}

}  // namespace noren::model
