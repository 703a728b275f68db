// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/naive.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

namespace noren::matching::naive {
namespace {

// A missing value is nullopt; a feature that is not asked about is not in the map of wishes.
using Fit = std::optional<std::int64_t>;
struct Wish {
  std::int64_t weight = 0;
  Fit fit;
};
using Wishes = std::map<int, Wish>;  // in the order in which features take the rounding rests

int LevelOfSkill(const model::Profile& profile, const model::SkillCode& code) {
  for (const auto& skill : profile.skills) {
    if (skill.code == code) return skill.level;
  }
  return 0;
}
int LevelOfLanguage(const model::Profile& profile, const model::LanguageCode& code) {
  for (const auto& language : profile.languages) {
    if (language.code == code) return language.level;
  }
  return 0;
}
bool Has(const model::Profile& profile, const model::LicenceCode& code) {
  return std::ranges::find(profile.licences, code) != profile.licences.end();
}

template <typename CodeType>
std::vector<CodeType> Chain(const CodeType& code) {
  std::vector<CodeType> chain = model::AncestorsOf(code);
  std::ranges::reverse(chain);
  chain.push_back(code);
  return chain;
}

template <typename CodeType>
std::size_t Common(const CodeType& a, const CodeType& b) {
  const auto chain_a = Chain(a);
  const auto chain_b = Chain(b);
  return static_cast<std::size_t>(std::ranges::count_if(chain_a, [&](const CodeType& code) {
    return std::ranges::find(chain_b, code) != chain_b.end();
  }));
}

template <typename CodeType>
std::int64_t CodeFit(const std::vector<CodeType>& asked, const std::vector<CodeType>& answers,
                     const std::vector<std::int64_t>& table) {
  std::int64_t best = 0;
  for (const auto& a : asked) {
    for (const auto& b : answers) {
      std::int64_t fit = 1000;
      if (!model::IsWithin(b, a)) {
        fit = table[Common(a, b)];
        if (model::IsWithin(a, b)) fit = std::max<std::int64_t>(fit, 500);
      }
      best = std::max(best, fit);
    }
  }
  return best;
}

const std::vector<std::int64_t> kOccupationTable = {0, 100, 300, 600};
const std::vector<std::int64_t> kRegionTable = {0, 100, 600, 800};

void AddTerms(bool of_person, const Wishes& wishes, std::vector<Term>& terms) {
  std::int64_t weights = 0;
  for (const auto& [feature, wish] : wishes) weights += wish.weight;
  if (weights == 0) {
    terms.push_back({of_person, kNothingAsked, 10000, std::nullopt});
    return;
  }
  std::map<int, std::int64_t> share;
  std::int64_t left = 10000;
  for (const auto& [feature, wish] : wishes) {
    share[feature] = 10000 * wish.weight / weights;
    left -= share[feature];
  }
  // One point each to the largest rests, the earlier feature first among equals.
  std::map<int, std::int64_t> rest;
  for (const auto& [feature, wish] : wishes) rest[feature] = 10000 * wish.weight % weights;
  for (; left > 0; --left) {
    const auto most = std::ranges::max_element(
        rest, [](const auto& a, const auto& b) { return a.second < b.second; });
    ++share[most->first];
    most->second = -1;
  }
  for (const auto& [feature, wish] : wishes) {
    if (wish.weight != 0) terms.push_back({of_person, feature, share[feature], wish.fit});
  }
}

Fit PostingSkills(const model::Posting& posting, const model::Profile& profile) {
  if (profile.skills.empty()) return std::nullopt;
  std::int64_t have = 0;
  std::int64_t most = 0;
  for (const auto& asked : posting.required.skills) {
    have += 10 * LevelOfSkill(profile, asked.code);
    most += 50;
  }
  for (const auto& asked : posting.preferred_skills) {
    have += asked.weight * LevelOfSkill(profile, asked.code);
    most += 5 * asked.weight;
  }
  return 1000 * have / most;
}

Fit PersonSkills(const model::Posting& posting, const model::Profile& profile) {
  const std::size_t asked = posting.required.skills.size() + posting.preferred_skills.size();
  if (asked == 0) return std::nullopt;
  std::int64_t used = 0;
  for (const auto& skill : posting.required.skills) used += LevelOfSkill(profile, skill.code);
  for (const auto& skill : posting.preferred_skills) used += LevelOfSkill(profile, skill.code);
  std::vector<int> levels;
  for (const auto& skill : profile.skills) levels.push_back(skill.level);
  std::ranges::sort(levels, std::greater());
  std::int64_t most = 0;
  for (std::size_t i = 0; i < std::min(asked, levels.size()); ++i) most += levels[i];
  return std::min<std::int64_t>(1000, 1000 * used / most);
}

Fit PostingWage(const model::Posting& posting, const model::Profile& profile) {
  if (!profile.wage_floor || profile.wage_floor->currency != posting.wage->currency) return {};
  const std::int64_t floor = profile.wage_floor->amount_per_month;
  if (floor <= posting.wage->min_per_month) return 1000;
  if (floor > posting.wage->max_per_month) return 0;
  return 1000 - 500 * (floor - posting.wage->min_per_month) /
                    (posting.wage->max_per_month - posting.wage->min_per_month);
}

Fit PersonWage(const model::Posting& posting, const model::Profile& profile) {
  if (!posting.wage || profile.wage_floor->currency != posting.wage->currency) return {};
  return std::min<std::int64_t>(
      1000, 800 * posting.wage->min_per_month / profile.wage_floor->amount_per_month);
}

Fit TypeFit(model::EmploymentTypes a, model::EmploymentTypes b) {
  if (a.empty() || b.empty()) return std::nullopt;
  return (a.bits() & b.bits()) != 0 ? 1000 : 0;
}

Fit PostingLicences(const model::Posting& posting, const model::Profile& profile) {
  if (profile.licences.empty()) return std::nullopt;
  std::int64_t have = 0;
  std::int64_t all = 0;
  for (const auto& asked : posting.preferred_licences) {
    all += asked.weight;
    have += Has(profile, asked.code) ? asked.weight : 0;
  }
  return 1000 * have / all;
}

Fit PostingLanguages(const model::Posting& posting, const model::Profile& profile) {
  if (profile.languages.empty()) return std::nullopt;
  std::int64_t have = 0;
  std::int64_t all = 0;
  for (const auto& asked : posting.preferred_languages) {
    all += asked.weight;
    const int level = std::min<int>(LevelOfLanguage(profile, asked.code), asked.level);
    have += asked.weight * (1000 * level / asked.level);
  }
  return have / all;
}

// The skills that are asked for, a skill that is required and preferred twice.
std::vector<std::pair<std::string, int>> AskedSkills(const model::Posting& posting) {
  std::vector<std::pair<std::string, int>> asked;
  for (const auto& skill : posting.required.skills) asked.emplace_back(skill.code.text(), 10);
  for (const auto& skill : posting.preferred_skills) {
    asked.emplace_back(skill.code.text(), skill.weight);
  }
  return asked;
}

bool HasRelated(const model::Posting& posting, const Surroundings& around) {
  return std::ranges::any_of(around.closeness, [&](const auto& entry) {
    return std::ranges::any_of(AskedSkills(posting),
                               [&](const auto& asked) { return asked.first == entry.first.first; });
  });
}

Fit PostingRelatedSkills(const model::Posting& posting, const model::Profile& profile,
                         const Surroundings& around) {
  if (profile.skills.empty()) return std::nullopt;
  std::int64_t have = 0;
  std::int64_t most = 0;
  for (const auto& [asked, weight] : AskedSkills(posting)) {
    std::int64_t best = 0;
    for (const auto& own : profile.skills) {
      std::int64_t closeness = own.code.text() == asked ? 1000 : 0;
      const auto found = around.closeness.find({asked, own.code.text()});
      if (found != around.closeness.end())
        closeness = std::max<std::int64_t>(closeness, found->second);
      best = std::max(best, closeness * own.level);
    }
    have += weight * best;
    most += 5 * weight;
  }
  return have / most;
}

// The haversine formula.
double Kilometres(std::pair<double, double> a, std::pair<double, double> b) {
  const double radians = std::numbers::pi / 180;
  const double up = std::sin((b.first - a.first) * radians / 2);
  const double along = std::sin((b.second - a.second) * radians / 2);
  const double h =
      up * up + std::cos(a.first * radians) * std::cos(b.first * radians) * along * along;
  return 2 * 6371.0088 * std::asin(std::sqrt(h));
}

// A ward is taken for its municipality; a country has no key.
std::optional<std::string> CentreKey(const model::RegionCode& code) {
  const auto chain = Chain(code);
  if (chain.size() < 2) return std::nullopt;
  return chain[std::min<std::size_t>(chain.size() - 1, 2)].text();
}

std::int64_t NearFit(const model::Posting& posting, const model::Profile& profile,
                     const Surroundings& around) {
  std::int64_t best = 0;
  for (const auto& wish : profile.regions) {
    const auto key = CentreKey(wish);
    if (!key || !around.centres.contains(*key)) continue;
    const bool holds_a_place = std::ranges::any_of(posting.regions, [&](const auto& place) {
      return std::ranges::any_of(Chain(place), [&](const auto& c) { return c.text() == *key; });
    });
    if (holds_a_place) continue;
    for (const auto& place : posting.regions) {
      const auto own = CentreKey(place);
      if (!own || !around.centres.contains(*own)) continue;
      const double km = Kilometres(around.centres.at(*own), around.centres.at(*key));
      const auto fit = static_cast<std::int64_t>(std::lround(1000 * (60 - km) / 55));
      best = std::max(best, std::clamp<std::int64_t>(fit, 0, 1000));
    }
  }
  return best;
}

Fit PostingEducation(const model::Posting& posting, const model::Profile& profile) {
  if (!profile.education) return std::nullopt;
  const int below =
      static_cast<int>(*posting.preferred_education) - static_cast<int>(*profile.education);
  return std::max(0, 1000 - 250 * std::max(0, below));
}

Fit PostingStart(const model::Posting& posting, const model::Profile& profile) {
  if (!profile.available_from) return std::nullopt;
  const int late =
      profile.available_from->days_since_1970 - posting.preferred_start_by->days_since_1970;
  if (late <= 0) return 1000;
  return late >= 90 ? 0 : 1000 * (90 - late) / 90;
}

Fit PostingRecency(const model::Profile& profile, int today) {
  if (!profile.confirmed_on) return std::nullopt;
  const int age = today - profile.confirmed_on->days_since_1970;
  if (age <= 30) return 1000;
  return age >= 365 ? 0 : 1000 * (365 - age) / 335;
}

constexpr std::uint8_t kUnsaid = 5;  // what a weight is where nothing is said

void AddSoftWishes(const model::Posting& posting, const model::Profile& profile,
                   const Surroundings& around, Wishes& wishes) {
  const auto& w = posting.weights;
  if (HasRelated(posting, around)) {
    wishes[8] = {w.related_skills.value_or(kUnsaid),
                 PostingRelatedSkills(posting, profile, around)};
  }
  if (posting.preferred_education) {
    wishes[9] = {w.education.value_or(kUnsaid), PostingEducation(posting, profile)};
  }
  if (posting.preferred_start_by) {
    wishes[10] = {w.availability.value_or(kUnsaid), PostingStart(posting, profile)};
  }
  if (around.today) wishes[11] = {w.recency.value_or(0), PostingRecency(profile, *around.today)};
}

Wishes PostingWishes(const model::Posting& posting, const model::Profile& profile,
                     const Surroundings& around) {
  Wishes wishes;
  const auto& w = posting.weights;
  AddSoftWishes(posting, profile, around, wishes);
  if (!posting.required.skills.empty() || !posting.preferred_skills.empty()) {
    wishes[0] = {w.skills.value_or(kUnsaid), PostingSkills(posting, profile)};
  }
  wishes[1] = {w.occupation.value_or(kUnsaid),
               CodeFit(posting.occupations, profile.occupations, kOccupationTable)};
  wishes[2] = {w.region.value_or(kUnsaid),
               std::max(CodeFit(posting.regions, profile.regions, kRegionTable),
                        NearFit(posting, profile, around))};
  if (posting.wage) wishes[3] = {w.wage.value_or(kUnsaid), PostingWage(posting, profile)};
  if (const auto least = posting.required.min_experience_months; least && *least > 0) {
    Fit fit;
    if (profile.experience_months) {
      fit = std::min<std::int64_t>(1000, 500 * *profile.experience_months / *least);
    }
    wishes[4] = {w.experience.value_or(kUnsaid), fit};
  }
  if (!posting.preferred_licences.empty()) {
    wishes[5] = {w.licences.value_or(kUnsaid), PostingLicences(posting, profile)};
  }
  if (!posting.preferred_languages.empty()) {
    wishes[6] = {w.languages.value_or(kUnsaid), PostingLanguages(posting, profile)};
  }
  if (!posting.employment_types.empty()) {
    wishes[7] = {w.employment_type.value_or(kUnsaid),
                 TypeFit(posting.employment_types, profile.employment_types)};
  }
  return wishes;
}

Wishes PersonWishes(const model::Posting& posting, const model::Profile& profile,
                    const Surroundings& around) {
  Wishes wishes;
  const auto& w = profile.preferences;
  if (!profile.skills.empty())
    wishes[0] = {w.skills.value_or(kUnsaid), PersonSkills(posting, profile)};
  wishes[1] = {w.occupation.value_or(kUnsaid),
               CodeFit(profile.occupations, posting.occupations, kOccupationTable)};
  wishes[2] = {w.region.value_or(kUnsaid),
               std::max(CodeFit(profile.regions, posting.regions, kRegionTable),
                        NearFit(posting, profile, around))};
  if (profile.wage_floor) wishes[3] = {w.wage.value_or(kUnsaid), PersonWage(posting, profile)};
  if (!profile.employment_types.empty()) {
    wishes[7] = {w.employment_type.value_or(kUnsaid),
                 TypeFit(profile.employment_types, posting.employment_types)};
  }
  return wishes;
}

template <typename CodeType, typename Holds>
bool AnyPair(const std::vector<CodeType>& asked, const std::vector<CodeType>& wishes, Holds holds) {
  return std::ranges::any_of(asked, [&](const CodeType& one) {
    return std::ranges::any_of(wishes, [&](const CodeType& wish) { return holds(one, wish); });
  });
}

bool PersonAccepts(const model::Posting& posting, const model::Profile& profile) {
  if (profile.wage_floor) {
    if (!posting.wage || posting.wage->currency != profile.wage_floor->currency) return false;
    if (posting.wage->max_per_month < profile.wage_floor->amount_per_month) return false;
  }
  if (!profile.employment_types.empty() &&
      (posting.employment_types.bits() & profile.employment_types.bits()) == 0) {
    return false;
  }
  return std::ranges::any_of(profile.regions, [&](const model::RegionCode& wish) {
    const auto chain = Chain(wish);
    const model::RegionCode& reach = chain.size() >= 2 ? chain[1] : chain[0];
    return std::ranges::any_of(posting.regions, [&](const model::RegionCode& place) {
      return model::IsWithin(place, reach);
    });
  });
}

}  // namespace

bool Qualifies(const model::Posting& posting, const model::Profile& profile) {
  const model::HardConditions& need = posting.required;
  for (const auto& skill : need.skills) {
    if (LevelOfSkill(profile, skill.code) < skill.level) return false;
  }
  for (const auto& licence : need.licences) {
    if (!Has(profile, licence)) return false;
  }
  for (const auto& language : need.languages) {
    if (LevelOfLanguage(profile, language.code) < language.level) return false;
  }
  if (need.min_experience_months &&
      !(profile.experience_months && *profile.experience_months >= *need.min_experience_months)) {
    return false;
  }
  if (need.min_education && !(profile.education && *profile.education >= *need.min_education)) {
    return false;
  }
  if (need.start_by && !(profile.available_from && *profile.available_from <= *need.start_by)) {
    return false;
  }
  if (need.occupation &&
      !AnyPair(posting.occupations, profile.occupations,
               [](const auto& asked, const auto& wish) { return model::IsWithin(wish, asked); })) {
    return false;
  }
  if (need.region &&
      !AnyPair(posting.regions, profile.regions, [](const auto& place, const auto& wish) {
        return model::IsWithin(wish, place) || model::IsWithin(place, wish);
      })) {
    return false;
  }
  return PersonAccepts(posting, profile);
}

std::vector<Term> Terms(const model::Posting& posting, const model::Profile& profile,
                        const Surroundings& around) {
  std::vector<Term> terms;
  AddTerms(false, PostingWishes(posting, profile, around), terms);
  AddTerms(true, PersonWishes(posting, profile, around), terms);
  return terms;
}

std::int64_t Score(const model::Posting& posting, const model::Profile& profile,
                   const Surroundings& around) {
  std::int64_t total = 0;
  for (const Term& term : Terms(posting, profile, around))
    total += term.share * term.fit.value_or(500);
  return total;
}

}  // namespace noren::matching::naive
