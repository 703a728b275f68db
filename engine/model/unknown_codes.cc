// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "engine/model/dictionary.h"
#include "engine/model/errors.h"
#include "engine/model/validation.h"

namespace noren::model {
namespace {

class UnknownCodes {
 public:
  explicit UnknownCodes(const Dictionary& dictionary) : dictionary_(dictionary) {}

  template <typename CodeType>
  void CheckPlain(CodeKind kind, const std::vector<CodeType>& codes, std::string_view field) {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      Check(kind, codes[i].text(), Problems::ItemPath(field, i, {}));
    }
  }
  template <typename Item>
  void CheckItems(CodeKind kind, const std::vector<Item>& items, std::string_view field) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      Check(kind, items[i].code.text(), Problems::ItemPath(field, i, CodeKindName(kind)));
    }
  }
  std::vector<Status> Take() { return std::move(found_); }

 private:
  void Check(CodeKind kind, std::string_view code, std::string_view field) {
    if (dictionary_.FindCode(kind, code) != nullptr) return;
    found_.push_back(MakeFieldError(ErrorCode::kUnknownCode, field, "not in the code lists"));
  }

  const Dictionary& dictionary_;
  std::vector<Status> found_;
};

}  // namespace

std::vector<Status> Dictionary::UnknownCodesIn(const Profile& profile) const {
  UnknownCodes unknown(*this);
  unknown.CheckPlain(CodeKind::kOccupation, profile.occupations, "profile.occupations");
  unknown.CheckItems(CodeKind::kSkill, profile.skills, "profile.skills");
  unknown.CheckPlain(CodeKind::kRegion, profile.regions, "profile.regions");
  unknown.CheckPlain(CodeKind::kLicence, profile.licences, "profile.licences");
  unknown.CheckItems(CodeKind::kLanguage, profile.languages, "profile.languages");
  return unknown.Take();
}

std::vector<Status> Dictionary::UnknownCodesIn(const Posting& posting) const {
  UnknownCodes unknown(*this);
  unknown.CheckPlain(CodeKind::kOccupation, posting.occupations, "posting.occupations");
  unknown.CheckPlain(CodeKind::kRegion, posting.regions, "posting.regions");
  unknown.CheckItems(CodeKind::kSkill, posting.required.skills, "posting.required.skills");
  unknown.CheckPlain(CodeKind::kLicence, posting.required.licences, "posting.required.licences");
  unknown.CheckItems(CodeKind::kLanguage, posting.required.languages, "posting.required.languages");
  unknown.CheckItems(CodeKind::kSkill, posting.preferred_skills, "posting.preferred.skills");
  unknown.CheckItems(CodeKind::kLicence, posting.preferred_licences, "posting.preferred.licences");
  unknown.CheckItems(CodeKind::kLanguage, posting.preferred_languages,
                     "posting.preferred.languages");
  return unknown.Take();
}

}  // namespace noren::model
