// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/feature.h"

namespace noren::matching {

std::string_view FeatureName(Feature feature) {
  switch (feature) {
    case Feature::kSkills:
      return "skills";
    case Feature::kOccupation:
      return "occupation";
    case Feature::kRegion:
      return "region";
    case Feature::kWage:
      return "wage";
    case Feature::kExperience:
      return "experience";
    case Feature::kLicences:
      return "licences";
    case Feature::kLanguages:
      return "languages";
    case Feature::kEmploymentType:
      return "employment_type";
    case Feature::kRelatedSkills:
      return "related_skills";
    case Feature::kEducation:
      return "education";
    case Feature::kAvailability:
      return "availability";
    case Feature::kRecency:
      return "recency";
    case Feature::kNothingAsked:
      return "nothing_asked";
  }
  return "";
}

std::string_view SideName(Side side) { return side == Side::kPosting ? "posting" : "person"; }

}  // namespace noren::matching
