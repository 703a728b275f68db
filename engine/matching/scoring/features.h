// The one list of features: a new one is a file of its own, a line here and a name in Feature.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "engine/matching/feature.h"
#include "engine/matching/scoring/availability.h"
#include "engine/matching/scoring/education.h"
#include "engine/matching/scoring/employment_type.h"
#include "engine/matching/scoring/experience.h"
#include "engine/matching/scoring/feature_rule.h"
#include "engine/matching/scoring/languages.h"
#include "engine/matching/scoring/licences.h"
#include "engine/matching/scoring/occupation.h"
#include "engine/matching/scoring/recency.h"
#include "engine/matching/scoring/region.h"
#include "engine/matching/scoring/related_skills.h"
#include "engine/matching/scoring/skills.h"
#include "engine/matching/scoring/wage.h"

namespace noren::matching {

// In the order of Feature.
inline constexpr std::array<FeatureRule, kFeatureCount> kFeatures = {{
    {"skills", PostingAsksSkills, PersonAsksSkills, SkillsFits, SkillsBoundForPosting,
     SkillsBoundForPerson},
    {"occupation", PostingAsksOccupation, PersonAsksOccupation, OccupationFits,
     OccupationBoundForPosting, OccupationBoundForPerson},
    {"region", PostingAsksRegion, PersonAsksRegion, RegionFits, RegionBoundForPosting,
     RegionBoundForPerson},
    {"wage", PostingAsksWage, PersonAsksWage, WageFits, WageBoundForPosting, WageBoundForPerson},
    {"experience", PostingAsksExperience, nullptr, ExperienceFits, ExperienceBoundForPosting,
     nullptr},
    {"licences", PostingAsksLicences, nullptr, LicencesFits, LicencesBoundForPosting, nullptr},
    {"languages", PostingAsksLanguages, nullptr, LanguagesFits, LanguagesBoundForPosting, nullptr},
    {"employment_type", PostingAsksEmploymentType, PersonAsksEmploymentType, EmploymentTypeFits,
     EmploymentTypeBoundForPosting, EmploymentTypeBoundForPerson},
    {"related_skills", PostingAsksRelatedSkills, nullptr, RelatedSkillsFits,
     RelatedSkillsBoundForPosting, nullptr},
    {"education", PostingAsksEducation, nullptr, EducationFits, EducationBoundForPosting, nullptr},
    {"availability", PostingAsksAvailability, nullptr, AvailabilityFits,
     AvailabilityBoundForPosting, nullptr},
    {"recency", PostingAsksRecency, nullptr, RecencyFits, RecencyBoundForPosting, nullptr},
}};

}  // namespace noren::matching
