// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/conditions.h"

#include <algorithm>

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {
namespace {

// Calls `visit(result)` for each stated condition until it returns false. One enumeration serves
// the full report and the quick test, so that they cannot differ.
template <typename Visit>
bool VisitLists(const PostingRow& posting, const SeekerRow& seeker, Visit visit) {
  const auto leveled = [&](Condition condition, const std::vector<LeveledToken>& asked,
                           const std::vector<LeveledToken>& own) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const std::uint8_t level = LevelIn(own, asked[i].token);
      const Verdict verdict = level == 0               ? Verdict::kNotStated
                              : level < asked[i].level ? Verdict::kNotMet
                                                       : Verdict::kMet;
      if (!visit({condition, static_cast<std::uint32_t>(i), verdict, asked[i].token, asked[i].level,
                  level})) {
        return false;
      }
    }
    return true;
  };
  if (!leveled(Condition::kRequiredSkill, posting.required_skills, seeker.skills)) return false;
  for (std::size_t i = 0; i < posting.required_licences.size(); ++i) {
    const Token token = posting.required_licences[i];
    const bool held = Holds(seeker.licences, token);
    if (!visit({Condition::kRequiredLicence, static_cast<std::uint32_t>(i),
                held ? Verdict::kMet : Verdict::kNotStated, token, 1, held ? 1 : 0})) {
      return false;
    }
  }
  return leveled(Condition::kRequiredLanguage, posting.required_languages, seeker.languages);
}

ConditionResult AtLeast(Condition condition, std::int64_t asked,
                        std::optional<std::int64_t> stated) {
  const Verdict verdict = !stated           ? Verdict::kNotStated
                          : *stated < asked ? Verdict::kNotMet
                                            : Verdict::kMet;
  return {condition, 0, verdict, {}, asked, stated.value_or(0)};
}

template <typename Visit>
bool VisitPostingNumbers(const PostingRow& posting, const SeekerRow& seeker, Visit visit) {
  if (posting.min_experience_months &&
      !visit(AtLeast(Condition::kMinExperience, *posting.min_experience_months,
                     seeker.experience_months))) {
    return false;
  }
  if (posting.min_education &&
      !visit(AtLeast(Condition::kMinEducation, *posting.min_education, seeker.education))) {
    return false;
  }
  if (!posting.start_by_day) return true;
  ConditionResult start{Condition::kStartBy,   0,
                        Verdict::kNotStated,   {},
                        *posting.start_by_day, seeker.available_day.value_or(0)};
  if (seeker.available_day) {
    start.verdict =
        *seeker.available_day <= *posting.start_by_day ? Verdict::kMet : Verdict::kNotMet;
  }
  return visit(start);
}

// A wider wish around an asked group may or may not mean it: that is not stated.
Verdict OccupationVerdict(const PostingRow& posting, const SeekerRow& seeker) {
  Verdict best = seeker.occupations.empty() ? Verdict::kNotStated : Verdict::kNotMet;
  for (const OccupationPath& asked : posting.occupations) {
    const std::size_t depth = asked.depth();
    for (const OccupationPath& wish : seeker.occupations) {
      const std::size_t shared = SharedDepth(asked, wish);
      if (shared == depth) return Verdict::kMet;
      if (shared == wish.depth()) best = Verdict::kNotStated;
    }
  }
  return best;
}

// A wished region is where the person would work, all of it: holding the place is enough.
Verdict PlaceVerdict(const PostingRow& posting, const SeekerRow& seeker) {
  for (const RegionPath& place : posting.regions) {
    for (const RegionPath& wish : seeker.regions) {
      const std::size_t shared = SharedDepth(place, wish);
      if (shared == place.depth() || shared == wish.depth()) return Verdict::kMet;
    }
  }
  return seeker.regions.empty() ? Verdict::kNotStated : Verdict::kNotMet;
}

template <typename Visit>
bool VisitPlaces(const PostingRow& posting, const SeekerRow& seeker, Visit visit) {
  if (posting.occupation_is_condition &&
      !visit({Condition::kOccupation, 0, OccupationVerdict(posting, seeker), {}, 0, 0})) {
    return false;
  }
  return !posting.region_is_condition ||
         visit({Condition::kPlace, 0, PlaceVerdict(posting, seeker), {}, 0, 0});
}

constexpr std::size_t kProvinceDepth = 2;

// A wish reaches as far as its province, or its country when that is the wish.
Verdict RegionVerdict(const PostingRow& posting, const SeekerRow& seeker) {
  Verdict best = posting.regions.empty() ? Verdict::kNotStated : Verdict::kNotMet;
  for (const RegionPath& wish : seeker.regions) {
    const std::size_t reach = std::min(wish.depth(), kProvinceDepth);
    for (const RegionPath& place : posting.regions) {
      const std::size_t shared = SharedDepth(wish, place);
      if (shared >= reach) return Verdict::kMet;
      if (shared == place.depth()) best = Verdict::kNotStated;  // only the country is stated
    }
  }
  return best;
}

ConditionResult WageFloorResult(const PostingRow& posting, const model::Wage& floor) {
  std::optional<std::int64_t> offered;
  if (posting.wage && posting.wage->currency == floor.currency)
    offered = posting.wage->max_per_month;
  return AtLeast(Condition::kWageFloor, floor.amount_per_month, offered);
}

template <typename Visit>
bool VisitPerson(const PostingRow& posting, const SeekerRow& seeker, Visit visit) {
  if (seeker.wage_floor && !visit(WageFloorResult(posting, *seeker.wage_floor))) return false;
  if (!seeker.regions.empty() &&
      !visit({Condition::kRegion, 0, RegionVerdict(posting, seeker), {}, 0, 0})) {
    return false;
  }
  if (seeker.employment_types.empty()) return true;
  const Verdict verdict = posting.employment_types.empty() ? Verdict::kNotStated
                          : posting.employment_types.Intersects(seeker.employment_types)
                              ? Verdict::kMet
                              : Verdict::kNotMet;
  return visit({Condition::kEmploymentType,
                0,
                verdict,
                {},
                seeker.employment_types.bits(),
                posting.employment_types.bits()});
}

template <typename Visit>
bool VisitConditions(const PostingRow& posting, const SeekerRow& seeker, Visit visit) {
  return VisitLists(posting, seeker, visit) && VisitPostingNumbers(posting, seeker, visit) &&
         VisitPlaces(posting, seeker, visit) && VisitPerson(posting, seeker, visit);
}

}  // namespace

std::string_view ConditionName(Condition condition) {
  switch (condition) {
    case Condition::kRequiredSkill:
      return "required_skills";
    case Condition::kRequiredLicence:
      return "required_licences";
    case Condition::kRequiredLanguage:
      return "required_languages";
    case Condition::kMinExperience:
      return "min_experience_months";
    case Condition::kMinEducation:
      return "min_education";
    case Condition::kStartBy:
      return "start_by";
    case Condition::kOccupation:
      return "occupation";
    case Condition::kPlace:
      return "place";
    case Condition::kWageFloor:
      return "wage_floor";
    case Condition::kRegion:
      return "region";
    case Condition::kEmploymentType:
      return "employment_type";
  }
  return "";
}

Side SideOf(Condition condition) {
  return condition >= Condition::kWageFloor ? Side::kPerson : Side::kPosting;
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMet:
      return "met";
    case Verdict::kNotMet:
      return "not_met";
    case Verdict::kNotStated:
      return "not_stated";
  }
  return "";
}

std::vector<ConditionResult> CheckConditions(const PostingRow& posting, const SeekerRow& seeker) {
  std::vector<ConditionResult> results;
  VisitConditions(posting, seeker, [&](const ConditionResult& result) {
    results.push_back(result);
    return true;
  });
  return results;
}

bool MeetsConditions(const PostingRow& posting, const SeekerRow& seeker) {
  return VisitConditions(posting, seeker, [](const ConditionResult& result) {
    return result.verdict == Verdict::kMet;
  });
}

}  // namespace noren::matching
