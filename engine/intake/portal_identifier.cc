// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/portal_identifier.h"

#include <algorithm>

#include "crypto/oprf/identifier.h"
#include "engine/intake/forbidden_fields.h"
#include "engine/intake/narrow_text.h"
#include "engine/model/errors.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

struct NumberingPlan {
  std::string_view code;
  std::size_t least_digits = 0;  // of a number without the leading 0
  std::size_t most_digits = 0;
};
constexpr NumberingPlan kKorea = {"82", 8, 11};
constexpr NumberingPlan kJapan = {"81", 9, 10};

Status Malformed() { return MakeFieldError(ErrorCode::kBadRequest, "phone", "no phone number"); }

bool IsSeparator(char c) { return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')'; }

// "10..." in Japan and "0..." anywhere are prefixes for calls abroad, not numbers.
bool IsNational(const NumberingPlan& plan, std::string_view digits) {
  const bool is_prefix = digits.starts_with('0') || (plan.code == "81" && digits.starts_with("10"));
  return digits.size() >= plan.least_digits && digits.size() <= plan.most_digits && !is_prefix;
}

StatusOr<std::string> E164Of(const NumberingPlan& plan, std::string_view digits) {
  if (!IsNational(plan, digits)) return Malformed();
  return "+" + std::string(plan.code) + std::string(digits);
}

StatusOr<std::string> International(std::string_view digits) {
  for (const NumberingPlan& plan : {kKorea, kJapan}) {
    if (!digits.starts_with(plan.code)) continue;
    digits.remove_prefix(plan.code.size());
    if (digits.starts_with('0')) digits.remove_prefix(1);
    return E164Of(plan, digits);
  }
  return "+" + std::string(digits);
}

}  // namespace

StatusOr<std::string> PhoneIdentifierOf(std::string_view written, DialledFrom country) {
  if (FindResidentNumber(written)) {
    return MakeFieldError(ErrorCode::kForbiddenField, "phone", "a resident number");
  }
  std::string dialled = Narrow(written);
  std::erase_if(dialled, IsSeparator);
  const bool is_international = dialled.starts_with('+');
  const std::string_view digits = std::string_view(dialled).substr(is_international ? 1 : 0);
  const bool all_digits =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!all_digits || (!is_international && !digits.starts_with('0'))) return Malformed();
  const NumberingPlan& plan = country == DialledFrom::kKorea ? kKorea : kJapan;
  NOREN_ASSIGN_OR_RETURN(const std::string number,
                         is_international ? International(digits) : E164Of(plan, digits.substr(1)));
  auto identifier = oprf::PhoneIdentifier(number);
  if (!identifier.ok()) return Malformed();
  return identifier;
}

StatusOr<std::string> MailIdentifierOf(std::string_view written) {
  if (FindResidentNumber(written)) {
    return MakeFieldError(ErrorCode::kForbiddenField, "mail", "a resident number");
  }
  auto identifier = oprf::MailIdentifier(written);
  if (!identifier.ok())
    return MakeFieldError(ErrorCode::kBadRequest, "mail", "no mailbox of ASCII");
  return identifier;
}

}  // namespace noren::intake
