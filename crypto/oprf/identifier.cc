// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/identifier.h"

#include <algorithm>
#include <iterator>

namespace noren::oprf {
namespace {

constexpr std::string_view kPhonePrefix = "noren/v1/phone:";
constexpr std::string_view kMailPrefix = "noren/v1/mail:";
constexpr std::size_t kMinPhoneDigits = 8;
constexpr std::size_t kMaxPhoneDigits = 15;
constexpr std::size_t kMaxLocalSize = 64;
constexpr std::size_t kMaxDomainSize = 253;
constexpr std::size_t kMaxLabelSize = 63;

// The C library's are not used: their answer depends on the locale.
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsLabelCharacter(char c) { return IsDigit(c) || IsLetter(c) || c == '-'; }
bool IsAtomCharacter(char c) {
  return IsDigit(c) || IsLetter(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
char Lower(char c) { return IsLetter(c) ? static_cast<char>(c | 0x20) : c; }

bool IsAtom(std::string_view atom) {
  return !atom.empty() && std::all_of(atom.begin(), atom.end(), IsAtomCharacter);
}
bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelSize && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), IsLabelCharacter);
}

// How many parts between dots `text` has; zero when one is not as `is_part` wants it.
std::size_t CountParts(std::string_view text, bool (*is_part)(std::string_view)) {
  std::size_t count = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++count) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    if (!is_part(text.substr(begin, end - begin))) return 0;
    begin = end + 1;
  }
  return count;
}

}  // namespace

StatusOr<std::string> PhoneIdentifier(std::string_view number) {
  const std::string_view digits = number.substr(std::min<std::size_t>(1, number.size()));
  const bool well_formed = number.starts_with('+') && digits.size() >= kMinPhoneDigits &&
                           digits.size() <= kMaxPhoneDigits && digits.front() != '0' &&
                           std::all_of(digits.begin(), digits.end(), IsDigit);
  if (!well_formed) return InvalidArgument("phone number: \"+\" and 8 to 15 digits expected");
  return std::string(kPhonePrefix) + std::string(number);
}

StatusOr<std::string> MailIdentifier(std::string_view address) {
  const std::size_t at = address.find('@');
  if (at == std::string_view::npos) return InvalidArgument("mail address: no mailbox of ASCII");
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  const bool well_formed = local.size() <= kMaxLocalSize && CountParts(local, IsAtom) > 0 &&
                           domain.size() <= kMaxDomainSize && CountParts(domain, IsLabel) > 1;
  if (!well_formed) return InvalidArgument("mail address: no mailbox of ASCII");
  std::string identifier(kMailPrefix);
  std::transform(address.begin(), address.end(), std::back_inserter(identifier), Lower);
  return identifier;
}

}  // namespace noren::oprf
