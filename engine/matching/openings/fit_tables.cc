// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/fit_tables.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "engine/matching/scoring/features.h"

namespace noren::matching {
namespace {

// A token that nobody has is not needed: what is asked for is the person's own, or anything.
constexpr Token kAnyToken{1};
constexpr Token kOtherToken{2};
constexpr std::uint8_t kAnyWeight = 1;

std::uint16_t Narrow(std::int64_t thousandths) {
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(thousandths, 0, kFullFit));
}

std::uint64_t SumOfWeights(std::span<const AskedToken> asked) {
  std::uint64_t sum = 0;
  for (const AskedToken& one : asked) sum += one.weight;
  return sum;
}

}  // namespace

FitPair FitQuestion::Ask(Feature feature) const {
  const BothFits fits = kFeatures[static_cast<std::size_t>(feature)].fits(prepared_, seeker_);
  return {Narrow(fits.posting.thousandths), Narrow(fits.person.thousandths)};
}

NumberFits::NumberFits(FitQuestion& question)
    : question_(question), no_wage_(question_.Ask(Feature::kWage)) {}

FitPair NumberFits::AskWage(const WageKey& wage) {
  question_.row().wage =
      model::WageOffer{wage.min, wage.max, static_cast<model::Currency>(wage.currency)};
  return question_.Ask(Feature::kWage);
}

FitPair NumberFits::AskEmployment(std::uint16_t bits) {
  // The bits come from a row, so that they are valid.
  question_.row().employment_types = model::EmploymentTypes::FromBits(bits).value();
  return question_.Ask(Feature::kEmploymentType);
}

FitPair NumberFits::AskExperience(std::int32_t least_months) {
  question_.row().min_experience_months = least_months;
  return question_.Ask(Feature::kExperience);
}

FitPair NumberFits::AskEducation(std::uint8_t preferred) {
  question_.row().preferred_education = preferred;
  return question_.Ask(Feature::kEducation);
}

FitPair NumberFits::AskAvailability(std::int32_t wished_by_day) {
  question_.row().start_wished_by_day = wished_by_day;
  return question_.Ask(Feature::kAvailability);
}

FitPair NumberFits::AskRecency(std::int32_t as_of_day) {
  question_.row().as_of_day = as_of_day;
  return question_.Ask(Feature::kRecency);
}

PathFitTable::PathFitTable(FitQuestion& question, const std::vector<OccupationPath>& occupations,
                           const std::vector<RegionPath>& regions)
    : occupation_paths_(occupations),
      region_paths_(regions),
      question_(question),
      no_occupation_(question_.Ask(Feature::kOccupation)),
      no_region_(question_.Ask(Feature::kRegion)),
      occupations_(occupations.size(), {kUnknown, kUnknown}),
      regions_(regions.size(), {kUnknown, kUnknown}) {
  question_.row().occupations.resize(1);
  question_.row().regions.resize(1);
}

FitPair PathFitTable::AskOccupation(PathNumber number) {
  question_.row().occupations[0] = occupation_paths_[number];
  return question_.Ask(Feature::kOccupation);
}

FitPair PathFitTable::AskRegion(PathNumber number) {
  question_.row().regions[0] = region_paths_[number];
  return question_.Ask(Feature::kRegion);
}

TokenFits::TokenFits(const SeekerRow& seeker)
    : has_skills_(!seeker.skills.empty()),
      has_licences_(!seeker.licences.empty()),
      has_languages_(!seeker.languages.empty()) {
  PostingRow row;
  no_skills_asked_ = Narrow(PersonFit(Feature::kSkills, row, seeker).thousandths);
  row.preferred_skills = {{kAnyToken, 0, kAnyWeight}};
  row.related_skills = {{kOtherToken, 0, 1}};
  row.preferred_licences = {{kAnyToken, 0, kAnyWeight}};
  row.preferred_languages = {{kAnyToken, 1, kAnyWeight}};
  const auto missing = [&](Feature feature) {
    return Narrow(PostingFit(feature, row, seeker).thousandths);
  };
  if (!has_skills_) missing_skills_ = missing(Feature::kSkills);
  if (!has_skills_) missing_related_ = missing(Feature::kRelatedSkills);
  if (!has_licences_) missing_licences_ = missing(Feature::kLicences);
  if (!has_languages_) missing_languages_ = missing(Feature::kLanguages);
  AddSkills(seeker);
  AddLicences(seeker);
  AddLanguages(seeker);
  AddRegions(seeker);
}

void TokenFits::SetValue(TokenHash hash, std::uint16_t value) {
  values_[hash] = std::max(values_[hash], value);
}

void TokenFits::AddSkills(const SeekerRow& seeker) {
  std::array<std::uint16_t, model::kMaxSkillLevel + 1> value_of_level{};
  std::vector<std::uint32_t> levels;
  for (const LeveledToken& own : seeker.skills) {
    std::uint16_t& value = value_of_level[std::min(own.level, model::kMaxSkillLevel)];
    if (value == 0) {
      PostingRow row;
      row.preferred_skills = {{own.token, 0, kAnyWeight}};
      value = Narrow(PostingFit(Feature::kSkills, row, seeker).thousandths);
    }
    const TokenHash hash = HashOf(TokenList::kSkill, own.token, 0);
    SetValue(hash, value);
    levels_[hash] = std::max(levels_[hash], own.level);
    levels.push_back(own.level);
    own_skills_.push_back({hash, value, own.level});
  }
  std::ranges::sort(levels, std::greater());
  best_levels_.assign(levels.size() + 1, 0);
  std::partial_sum(levels.begin(), levels.end(), best_levels_.begin() + 1);
}

void TokenFits::AddLicences(const SeekerRow& seeker) {
  for (const Token own : seeker.licences) {
    SetValue(HashOf(TokenList::kLicence, own, 0), kFullFit);
  }
}

void TokenFits::AddLanguages(const SeekerRow& seeker) {
  PostingRow row;
  row.preferred_languages = {{kAnyToken, 1, kAnyWeight}};
  const PreparedPosting prepared(row);  // of the weight; token and level are read from the row
  WeightedToken& asked = row.preferred_languages[0];
  const FeatureRule& rule = kFeatures[static_cast<std::size_t>(Feature::kLanguages)];
  for (const LeveledToken& own : seeker.languages) {
    asked.token = own.token;
    for (std::uint8_t level = 1; level <= model::kMaxLanguageLevel; ++level) {
      asked.level = level;
      SetValue(HashOf(TokenList::kLanguage, own.token, level),
               Narrow(rule.fits(prepared, seeker).posting.thousandths));
    }
  }
}

void TokenFits::AddRegions(const SeekerRow& seeker) {
  for (const RegionPath& wish : seeker.regions) {
    for (const Token token : wish.levels) {
      if (!token.is_none()) SetValue(HashOf(TokenList::kRegion, token, 0), kFullFit);
    }
  }
}

std::uint64_t TokenFits::WeightedSum(std::span<const AskedToken> asked) const {
  std::uint64_t sum = 0;
  const std::uint16_t* const values = values_.data();  // hashes are below kTokenHashes
  for (const AskedToken& one : asked) sum += std::uint32_t{one.weight} * values[one.hash];
  return sum;
}

std::uint16_t TokenFits::WeightedMean(std::span<const AskedToken> asked) const {
  const std::uint64_t weights = SumOfWeights(asked);
  return weights == 0 ? std::uint16_t{kFullFit}
                      : Narrow(static_cast<std::int64_t>(WeightedSum(asked) / weights));
}

FitPair TokenFits::Skills(std::span<const AskedToken> skills) const {
  if (skills.empty()) return {kFullFit, no_skills_asked_};
  if (!has_skills_) return {missing_skills_, kFullFit};
  std::uint32_t used = 0;
  std::uint32_t sum = 0;
  std::uint32_t weights = 0;
  for (const AskedToken& one : skills) {
    used += levels_.data()[one.hash];
    sum += std::uint32_t{one.weight} * values_.data()[one.hash];
    weights += one.weight;
  }
  const std::uint32_t most = best_levels_[std::min(skills.size(), best_levels_.size() - 1)];
  const std::uint32_t posting = weights == 0 ? kFullFit : sum / weights;
  return {Narrow(posting), Narrow(kFullFit * used / most)};
}

FitPair TokenFits::SkillsOfBlock(const AskedSkills& asked) const {
  if (asked.is_uncounted) return {};
  if (!has_skills_) return {missing_skills_, kFullFit};
  FitPair best{0, asked.some_ask_none ? no_skills_asked_ : std::uint16_t{0}};
  if (asked.most_times == 0 || asked.least_weights == 0) return {kFullFit, best.person};
  std::uint64_t values = 0;
  std::uint64_t levels = 0;
  for (const OwnSkill& own : own_skills_) {
    if (!asked.MayAsk(own.hash)) continue;
    values += own.value;
    levels += own.level;
  }
  // One posting that asks for all of them, each with the most weight, and for little else.
  const std::uint64_t most =
      best_levels_[std::min<std::size_t>(asked.least_count, best_levels_.size() - 1)];
  const std::uint64_t posting = asked.most_weight * values / asked.least_weights;
  const std::uint64_t person = kFullFit * asked.most_times * levels / most;
  return AtLeastEither(best, {Narrow(static_cast<std::int64_t>(posting)),
                              Narrow(static_cast<std::int64_t>(person))});
}

FitPair TokenFits::RelatedSkills(std::span<const AskedToken> skills,
                                 std::span<const AskedToken> related) const {
  if (!has_skills_) return {missing_related_, kFullFit};
  const std::uint64_t weights = SumOfWeights(skills);
  if (weights == 0) return {};
  // An asked skill counts the best of itself and of what is related to it; the sum is no less.
  const std::uint64_t sum = WeightedSum(skills) + WeightedSum(related) / kFullFit + 1;
  return {Narrow(static_cast<std::int64_t>(sum / weights + 1)), kFullFit};
}

FitPair TokenFits::Licences(std::span<const AskedToken> asked) const {
  return {has_licences_ ? WeightedMean(asked) : missing_licences_, kFullFit};
}

FitPair TokenFits::Languages(std::span<const AskedToken> asked) const {
  return {has_languages_ ? WeightedMean(asked) : missing_languages_, kFullFit};
}

std::uint16_t TokenFits::NearRegion(std::span<const AskedToken> near) const {
  std::uint16_t best = 0;
  for (const AskedToken& one : near) {
    if (values_[one.hash] != 0) best = std::max(best, one.weight);
  }
  return best;
}

}  // namespace noren::matching
