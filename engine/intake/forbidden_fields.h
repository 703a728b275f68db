// Fields that must not be collected about a person, refused by name wherever they stand, and
// resident numbers recognised in any text. The list is a parameter: the active policy owns it.
// Source:   Korea: Fair Hiring Procedure Act art. 4-3, Personal Information Protection Act
//           arts. 23 and 24-2; Japan: Employment Security Act art. 5-5 with the MHLW guideline,
//           My Number Act arts. 15 and 20
// Threads:  const members concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noren::intake {

enum class Subjects : std::uint8_t { kPeopleOnly, kPeopleAndPostings };

struct ForbiddenField {
  std::string rule;                // stable name: "photo", "birthplace", ...
  std::vector<std::string> names;  // member names in any spelling; compared after folding
  Subjects subjects = Subjects::kPeopleAndPostings;
  std::string reason;  // one sentence for the report
};

enum class ResidentNumbers : std::uint8_t { kRefuse, kIgnore };

class ForbiddenFields {
 public:
  ForbiddenFields(std::vector<ForbiddenField> fields, ResidentNumbers resident_numbers);
  // Nothing is forbidden.
  static ForbiddenFields None();

  // The rule that forbids a member of this name, or null. Case, spaces, "_", "-" and "." do not
  // matter.
  const ForbiddenField* Find(std::string_view member_name) const;
  const ForbiddenField* FindRule(std::string_view rule) const;
  bool refuses_resident_numbers() const { return resident_numbers_ == ResidentNumbers::kRefuse; }
  const std::vector<ForbiddenField>& fields() const { return fields_; }

 private:
  std::vector<ForbiddenField> fields_;
  std::map<std::string, std::size_t, std::less<>> by_folded_name_;
  ResidentNumbers resident_numbers_;
};

// The default list for operators in Korea and Japan; policies start from it.
const std::vector<ForbiddenField>& DefaultForbiddenFields();

enum class ResidentNumber : std::uint8_t { kKorean, kJapanese };
// A Korean resident registration number (written with its hyphen and a possible birth day, or 13
// digits with the right check digit) or a Japanese individual number (12 digits with the right
// check digit), in any width of digits.
std::optional<ResidentNumber> FindResidentNumber(std::string_view text);

}  // namespace noren::intake
