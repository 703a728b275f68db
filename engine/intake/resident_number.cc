// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>

#include "engine/intake/forbidden_fields.h"
#include "engine/intake/narrow_text.h"

namespace noren::intake {
namespace {

constexpr std::size_t kKoreanDigits = 13, kKoreanBirthDigits = 6, kJapaneseDigits = 12,
                      kJapaneseGroup = 4;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int DigitAt(std::string_view digits, std::size_t index) { return digits[index] - '0'; }

bool HasPossibleBirthDay(std::string_view digits) {
  constexpr std::array<int, 12> kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int month = DigitAt(digits, 2) * 10 + DigitAt(digits, 3);
  const int day = DigitAt(digits, 4) * 10 + DigitAt(digits, 5);
  return month >= 1 && month <= 12 && day >= 1 &&
         day <= kDays.at(static_cast<std::size_t>(month - 1));
}

bool HasKoreanCheckDigit(std::string_view digits) {
  constexpr std::array<int, 12> kWeights = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += DigitAt(digits, i) * kWeights[i];
  return (11 - sum % 11) % 10 == DigitAt(digits, 12);
}

bool HasJapaneseCheckDigit(std::string_view digits) {
  int sum = 0;
  for (std::size_t n = 1; n <= 11; ++n) {
    const int weight = static_cast<int>(n <= 6 ? n + 1 : n - 5);
    sum += DigitAt(digits, 11 - n) * weight;
  }
  const int rest = sum % 11;
  return (rest <= 1 ? 0 : 11 - rest) == DigitAt(digits, 11);
}

// One group of digits, or several with the same separator between them.
struct NumberRun {
  std::string digits;
  std::array<std::size_t, 4> group_sizes{};
  std::size_t group_count = 0;
  char separator = '\0';
};

// Reads the run at `*at` and moves past it. Runs of more than four groups are marked by
// group_count 5.
NumberRun ReadRun(std::string_view text, std::size_t* at) {
  NumberRun run;
  while (true) {
    const std::size_t begin = *at;
    while (*at < text.size() && IsDigit(text[*at])) run.digits.push_back(text[(*at)++]);
    if (run.group_count < run.group_sizes.size()) run.group_sizes[run.group_count] = *at - begin;
    if (run.group_count < run.group_sizes.size() + 1) ++run.group_count;
    const bool has_next =
        *at + 1 < text.size() && (text[*at] == '-' || text[*at] == ' ') && IsDigit(text[*at + 1]);
    if (!has_next || (run.separator != '\0' && text[*at] != run.separator)) return run;
    run.separator = text[(*at)++];
  }
}

std::optional<ResidentNumber> Judge(const NumberRun& run) {
  if (run.digits.size() == kKoreanDigits && HasPossibleBirthDay(run.digits)) {
    const bool is_hyphenated =
        run.group_count == 2 && run.group_sizes[0] == kKoreanBirthDigits && run.separator == '-';
    const bool is_plain = run.group_count == 1 && HasKoreanCheckDigit(run.digits);
    // Numbers given out since October 2020 have no check digit, so the written form decides.
    if (is_hyphenated || is_plain) return ResidentNumber::kKorean;
  }
  if (run.digits.size() == kJapaneseDigits && HasJapaneseCheckDigit(run.digits)) {
    const bool is_grouped = run.group_count == 3 && run.group_sizes[0] == kJapaneseGroup &&
                            run.group_sizes[1] == kJapaneseGroup;
    if (is_grouped || run.group_count == 1) return ResidentNumber::kJapanese;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ResidentNumber> FindResidentNumber(std::string_view text) {
  if (text.size() < kJapaneseDigits) return std::nullopt;
  const std::string narrow = Narrow(text);
  for (std::size_t at = 0; at < narrow.size();) {
    if (!IsDigit(narrow[at])) {
      ++at;
      continue;
    }
    const bool is_international_phone = at > 0 && narrow[at - 1] == '+';
    const NumberRun run = ReadRun(narrow, &at);
    if (is_international_phone) continue;
    if (const auto found = Judge(run)) return found;
  }
  return std::nullopt;
}

}  // namespace noren::intake
