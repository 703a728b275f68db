// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/personal_numbers.h"

#include <algorithm>

#include "engine/intake/forbidden_fields.h"
#include "engine/model/errors.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated_names.h"

namespace noren::operations {
namespace {

// More than the longest number takes with wide digits and what stands between them.
constexpr std::size_t kTailBytes = 96;
// A digest in hexadecimal digits may hold any number, and is none.
constexpr std::size_t kDigestDigits = 16;
constexpr std::string_view kHexadecimal = "0123456789abcdef";

std::string WithoutDigests(std::string_view text) {
  std::string rest(text);
  for (std::size_t at = rest.find_first_of(kHexadecimal); at != std::string::npos;
       at = rest.find_first_of(kHexadecimal, at)) {
    const std::size_t end = std::min(rest.find_first_not_of(kHexadecimal, at), rest.size());
    const bool has_letter = rest.find_first_of("abcdef", at) < end;
    if (has_letter && end - at >= kDigestDigits) rest.replace(at, end - at, end - at, 'x');
    at = end;
  }
  return rest;
}

}  // namespace

Status RequireNoPersonalNumber(const policy::Policy& policy, std::string_view text,
                               std::string_view field) {
  if (policy.resident_numbers == policy::ResidentNumbers::kIgnore) return OkStatus();
  const auto found = intake::FindResidentNumber(WithoutDigests(text));
  if (!found) return OkStatus();
  const bool is_stated = policy::One(policy, "my_number") != nullptr;
  if (*found == intake::ResidentNumber::kJapanese && is_stated)
    return policy::RefuseBy(policy, "E_MY_NUMBER", field);
  return model::MakeFieldError(model::ErrorCode::kForbiddenField, field, "resident_number");
}

Status RequireNoPersonalNumber(const policy::Policy& policy, const std::vector<std::string>& texts,
                               std::string_view field) {
  for (const std::string& text : texts)
    NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(policy, text, field));
  return OkStatus();
}

Status RequireNoPersonalNumberIn(const policy::Policy& policy, ByteSpan piece, std::string& tail,
                                 std::string_view field) {
  std::string text = tail + std::string(piece.begin(), piece.end());
  NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(policy, text, field));
  std::size_t begin = text.size() - std::min(text.size(), kTailBytes);
  // A character is not cut: what follows its first byte is passed over.
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  tail = text.substr(begin);
  return OkStatus();
}

}  // namespace noren::operations
