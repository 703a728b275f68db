// Building blocks of the validation functions: each appends a field error when something is wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/errors.h"
#include "engine/model/profile.h"

namespace noren::model {

class Problems {
 public:
  void Add(ErrorCode code, std::string_view field, std::string_view detail) {
    found_.push_back(MakeFieldError(code, field, detail));
  }
  void CheckRange(std::int64_t value, std::int64_t min, std::int64_t max, std::string_view field);
  void CheckCount(std::size_t count, std::size_t min, std::size_t max, std::string_view field);

  // Each item's code must be present and stand once; `code_of(item)` is the code, `member` its name
  // in the item (empty for a list of plain codes).
  template <typename Item, typename CodeOf>
  void CheckCodes(const std::vector<Item>& items, std::string_view field, std::string_view member,
                  CodeOf code_of) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string_view code = code_of(items[i]).text();
      if (code.empty()) {
        Add(ErrorCode::kMissingField, ItemPath(field, i, member), "no code");
      } else if (!seen.insert(code).second) {
        Add(ErrorCode::kDuplicateValue, ItemPath(field, i, member),
            "the code stands there already");
      }
    }
  }

  static std::string ItemPath(std::string_view field, std::size_t index, std::string_view member);

  std::vector<Status> Take() { return std::move(found_); }

 private:
  std::vector<Status> found_;
};

void CheckSkillLevels(const std::vector<SkillLevel>& skills, std::string_view field,
                      Problems* problems);
void CheckLanguageLevels(const std::vector<LanguageLevel>& languages, std::string_view field,
                         Problems* problems);
void CheckLicences(const std::vector<LicenceCode>& licences, std::string_view field,
                   Problems* problems);
void CheckEducation(Education education, std::string_view field, Problems* problems);
void CheckDay(CivilDay day, std::string_view field, Problems* problems);
void CheckCurrency(Currency currency, std::string_view field, Problems* problems);

}  // namespace noren::model
