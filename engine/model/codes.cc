// SPDX-License-Identifier: Apache-2.0
#include "engine/model/codes.h"

#include <algorithm>
#include <array>

#include "engine/model/errors.h"

namespace noren::model {
namespace {

constexpr std::string_view kIscoPrefix = "ISCO-";
constexpr std::size_t kMaxNameSize = 40;
constexpr std::size_t kCountrySize = 2, kProvinceSize = 5, kMunicipalitySize = 8;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

bool IsPrefixedName(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  const std::string_view name = text.substr(prefix.size());
  if (name.empty() || name.size() > kMaxNameSize || name.front() == '-' || name.back() == '-')
    return false;
  return std::ranges::all_of(name, [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; });
}

// Cities with wards whose number is not <prefecture>100: JIS X 0402 gives them 130, 140, 150.
constexpr std::array<std::string_view, 5> kLaterWardCities = {"JP-14130", "JP-14150", "JP-22130",
                                                              "JP-27140", "JP-40130"};

std::optional<std::string> WardCityOfJapan(std::string_view code) {
  // Wards are numbered from the city's own number: 14101..14118 Yokohama, 14131.. Kawasaki, 14151..
  // Sagamihara.
  if (code[5] != '1' || code.substr(5) == "100") return std::nullopt;
  if (std::ranges::find(kLaterWardCities, code) != kLaterWardCities.end()) return std::nullopt;
  std::string city = std::string(code.substr(0, 5)) + "100";
  for (const std::string_view later : kLaterWardCities) {
    if (later.substr(0, 5) == code.substr(0, 5) && later < code && later > city)
      city = std::string(later);
  }
  return city;
}

std::optional<std::string> WardCityOfKorea(std::string_view code) {
  // In provinces (41 and above) a city's wards share its first four digits; Jeungpyeong-gun is the
  // exception.
  if (code.substr(3, 2) < "41" || code.back() == '0' || code == "KR-43745" || code == "KR-44825")
    return std::nullopt;
  return std::string(code.substr(0, kMunicipalitySize - 1)) + "0";
}

template <typename CodeType>
std::vector<CodeType> Ancestors(const CodeType& code) {
  std::vector<CodeType> above;
  for (auto next = ParentOf(code); next.has_value(); next = ParentOf(*next)) above.push_back(*next);
  return above;
}

template <typename CodeType>
bool Within(const CodeType& inner, const CodeType& outer) {
  if (inner == outer) return true;
  const auto above = Ancestors(inner);
  return std::ranges::find(above, outer) != above.end();
}

constexpr std::array<std::string_view, kEmploymentTypeCount> kEmploymentNames = {
    "full_time",  "part_time",  "contract",  "temporary",
    "dispatched", "internship", "freelance", "daily"};
constexpr std::array<std::string_view, kEducationCount> kEducationNames = {
    "none",           "primary",  "lower_secondary", "upper_secondary", "post_secondary",
    "short_tertiary", "bachelor", "master",          "doctor"};
constexpr std::array<std::string_view, 4> kCurrencyNames = {"KRW", "JPY", "USD", "EUR"};

template <typename Enum, std::size_t kSize>
std::optional<Enum> FindIn(const std::array<std::string_view, kSize>& names, std::string_view name,
                           std::size_t first) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(first + static_cast<std::size_t>(found - names.begin()));
}

}  // namespace

Status MalformedCode() { return MakeError(ErrorCode::kUnknownCode, "malformed"); }

bool OccupationTag::IsWellFormed(std::string_view text) {
  if (!text.starts_with(kIscoPrefix)) return false;
  text.remove_prefix(kIscoPrefix.size());
  return !text.empty() && text.size() <= 4 && std::ranges::all_of(text, IsDigit);
}

bool SkillTag::IsWellFormed(std::string_view text) { return IsPrefixedName(text, "SK-"); }
bool LicenceTag::IsWellFormed(std::string_view text) { return IsPrefixedName(text, "LC-"); }

bool RegionTag::IsWellFormed(std::string_view text) {
  if (text.size() < kCountrySize || !IsUpper(text[0]) || !IsUpper(text[1])) return false;
  if (text.size() == kCountrySize) return true;
  if (!text.starts_with("KR-") && !text.starts_with("JP-")) return false;
  if (text.size() != kProvinceSize && text.size() != kMunicipalitySize) return false;
  return std::ranges::all_of(text.substr(3), IsDigit);
}

bool LanguageTag::IsWellFormed(std::string_view text) {
  return (text.size() == 2 || text.size() == 3) && std::ranges::all_of(text, IsLower);
}

int LevelOf(const OccupationCode& code) {
  return code.is_none() ? 0 : static_cast<int>(code.text().size() - kIscoPrefix.size());
}

std::optional<OccupationCode> ParentOf(const OccupationCode& code) {
  if (LevelOf(code) <= 1) return std::nullopt;
  return *OccupationCode::Parse(std::string_view(code.text()).substr(0, code.text().size() - 1));
}

std::optional<RegionCode> ParentOf(const RegionCode& code) {
  const std::string_view text = code.text();
  if (text.size() <= kCountrySize) return std::nullopt;
  if (text.size() == kProvinceSize) return *RegionCode::Parse(text.substr(0, kCountrySize));
  const auto city = text.starts_with("JP") ? WardCityOfJapan(text) : WardCityOfKorea(text);
  return *RegionCode::Parse(city.has_value() ? std::string_view(*city)
                                             : text.substr(0, kProvinceSize));
}

int LevelOf(const RegionCode& code) {
  if (code.is_none()) return -1;
  return static_cast<int>(Ancestors(code).size());
}

std::vector<OccupationCode> AncestorsOf(const OccupationCode& code) { return Ancestors(code); }
std::vector<RegionCode> AncestorsOf(const RegionCode& code) { return Ancestors(code); }
bool IsWithin(const OccupationCode& inner, const OccupationCode& outer) {
  return Within(inner, outer);
}
bool IsWithin(const RegionCode& inner, const RegionCode& outer) { return Within(inner, outer); }

StatusOr<EmploymentTypes> EmploymentTypes::FromBits(std::uint16_t bits) {
  if ((bits >> kEmploymentTypeCount) != 0)
    return MakeError(ErrorCode::kUnknownCode, "employment type: unknown bit");
  EmploymentTypes types;
  types.bits_ = bits;
  return types;
}

std::string_view EmploymentTypeName(EmploymentType type) {
  return kEmploymentNames.at(static_cast<std::size_t>(type));
}
std::optional<EmploymentType> FindEmploymentType(std::string_view name) {
  return FindIn<EmploymentType>(kEmploymentNames, name, 0);
}

std::string_view EducationName(Education education) {
  return kEducationNames.at(static_cast<std::size_t>(education));
}
std::optional<Education> FindEducation(std::string_view name) {
  return FindIn<Education>(kEducationNames, name, 0);
}

std::string_view CurrencyName(Currency currency) {
  return kCurrencyNames.at(static_cast<std::size_t>(currency) - 1);
}
std::optional<Currency> FindCurrency(std::string_view name) {
  return FindIn<Currency>(kCurrencyNames, name, 1);
}

}  // namespace noren::model
