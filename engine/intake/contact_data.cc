// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/contact_data.h"

#include <algorithm>
#include <string>

#include "engine/intake/narrow_text.h"

namespace noren::intake {
namespace {

constexpr std::size_t kLeastDigits = 9, kMostDigits = 15;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsOfMail(char c) { return IsDigit(c) || IsLetter(c) || c == '.' || c == '-' || c == '_'; }

// "a@b.c"
bool HasMail(std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at == 0 || !IsOfMail(text[at - 1])) continue;
    const std::string_view rest = text.substr(at + 1);
    const auto end = std::ranges::find_if_not(rest, IsOfMail);
    const std::string_view domain = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    const std::size_t dot = domain.find('.', 1);
    if (dot != std::string_view::npos && dot + 1 < domain.size()) return true;
  }
  return false;
}

// How many digits the run that begins here has, when one separator at most stands between two.
std::size_t DigitsFrom(std::string_view text) {
  std::size_t digits = 0, between = 0;
  for (const char c : text) {
    if (IsDigit(c)) {
      ++digits;
      between = 0;
    } else if (c == ')' || c == '(' || c == '-' || c == '.' || c == ' ') {
      if (++between > 2) break;
    } else {
      break;
    }
  }
  return digits;
}

bool HasTelephone(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = text[i] == '0' || text[i] == '+';
    if (!begins || (i > 0 && IsDigit(text[i - 1]))) continue;
    const std::size_t digits = DigitsFrom(text.substr(text[i] == '+' ? i + 1 : i));
    if (digits >= kLeastDigits && digits <= kMostDigits) return true;
  }
  return false;
}

// The sign of mail addresses as it is typed with an East Asian keyboard.
std::string WithPlainSigns(std::string_view text) {
  constexpr std::string_view kWideAt = "\xEF\xBC\xA0";
  std::string plain(text);
  for (std::size_t at = plain.find(kWideAt); at != std::string::npos; at = plain.find(kWideAt))
    plain.replace(at, kWideAt.size(), "@");
  return plain;
}

}  // namespace

bool HoldsContact(std::string_view text) {
  const std::string narrow = Narrow(WithPlainSigns(text));
  return HasMail(narrow) || HasTelephone(narrow);
}

}  // namespace noren::intake
