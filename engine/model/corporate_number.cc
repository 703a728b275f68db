// SPDX-License-Identifier: Apache-2.0
#include "engine/model/corporate_number.h"

#include <array>
#include <cstddef>
#include <optional>

#include "engine/model/errors.h"

namespace noren::model {
namespace {

struct Register {
  CorporateRegister in;
  std::string_view name;
  std::size_t digits_count;
  bool (*fits)(std::string_view digits);
};

std::size_t DigitAt(std::string_view digits, std::size_t at) {
  return static_cast<std::size_t>(digits[at] - '0');
}

bool AnyFits(std::string_view) { return true; }

// Weights 1 3 7 1 3 7 1 3 5; of the ninth product the tens count too.
bool BusinessFits(std::string_view digits) {
  constexpr std::array<std::size_t, 9> kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  std::size_t sum = DigitAt(digits, 8) * 5 / 10;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += DigitAt(digits, i) * kWeights[i];
  return (10 - sum % 10) % 10 == DigitAt(digits, 9);
}

// From the last digit on, weights 1 and 2 in turn; the check digit is 9 less the sum's rest by 9.
bool JapaneseFits(std::string_view digits) {
  std::size_t sum = 0;
  for (std::size_t n = 1; n <= 12; ++n) sum += DigitAt(digits, 13 - n) * (n % 2 == 1 ? 1 : 2);
  return 9 - sum % 9 == DigitAt(digits, 0);
}

constexpr std::array<Register, 3> kRegisters = {{
    {CorporateRegister::kKrCorporation, "kr-corporation", 13, AnyFits},
    {CorporateRegister::kKrBusiness, "kr-business", 10, BusinessFits},
    {CorporateRegister::kJpCorporation, "jp-corporation", 13, JapaneseFits},
}};

const Register* FindRegister(std::string_view name) {
  for (const Register& one : kRegisters) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

// nullopt: something else than digits and hyphens between them.
std::optional<std::string> DigitsOf(std::string_view text) {
  std::string digits;
  bool after_digit = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c != '-' || !after_digit)) return std::nullopt;
    if (is_digit) digits.push_back(c);
    after_digit = is_digit;
  }
  return after_digit ? std::optional(digits) : std::nullopt;
}

}  // namespace

std::string CorporateNumber::ToString() const {
  for (const Register& one : kRegisters) {
    if (one.in == in) return std::string(one.name) + ":" + digits;
  }
  return digits;
}

StatusOr<CorporateNumber> ParseCorporateNumber(std::string_view text) {
  const auto refuse = [](std::string_view what) {
    return MakeFieldError(ErrorCode::kBadRequest, "corporate_number", what);
  };
  const std::size_t colon = text.find(':');
  const Register* const of =
      colon == std::string_view::npos ? nullptr : FindRegister(text.substr(0, colon));
  if (of == nullptr)
    return refuse("kr-corporation:, kr-business: or jp-corporation:, then the digits");
  const auto digits = DigitsOf(text.substr(colon + 1));
  if (!digits || digits->size() != of->digits_count) return refuse("not as many digits");
  if (!of->fits(*digits)) return refuse("the check digit does not fit");
  return CorporateNumber{of->in, *digits};
}

}  // namespace noren::model
