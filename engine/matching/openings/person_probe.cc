// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/person_probe.h"

#include <algorithm>

namespace noren::matching {

namespace {

constexpr std::size_t kProvinceDepth = 2;

std::uint64_t HeldSignature(const SeekerRow& seeker) {
  std::uint64_t bits = 0;
  for (const LeveledToken& s : seeker.skills) bits |= SignatureOf(TokenList::kSkill, s.token);
  for (const Token l : seeker.licences) bits |= SignatureOf(TokenList::kLicence, l);
  for (const LeveledToken& l : seeker.languages) bits |= SignatureOf(TokenList::kLanguage, l.token);
  return bits;
}

// The runs of a posting's asked tokens.
struct AskedRuns {
  std::span<const AskedToken> skills;
  std::span<const AskedToken> related;
  std::span<const AskedToken> licences;
  std::span<const AskedToken> languages;
  std::span<const AskedToken> near;
};

// Without the checks of the containers, which cost more here than the sums.
AskedRuns RunsOf(const OpeningBlock& block, std::size_t lane) {
  const OpeningTerms& terms = block.terms.data()[lane];
  const AskedToken* at = block.asked.data() + block.asked_begins.data()[lane];
  const auto take = [&at](std::uint8_t count) {
    const std::span<const AskedToken> run(at, count == kUncounted ? 0 : count);
    at += run.size();
    return run;
  };
  AskedRuns runs;
  runs.skills = take(terms.skills_count);
  runs.related = take(terms.related_count);
  runs.licences = take(terms.licences_count);
  runs.languages = take(terms.languages_count);
  runs.near = take(terms.near_regions_count);
  return runs;
}

}  // namespace

PersonProbe::PersonProbe(const SeekerRow& seeker, const OpeningVersion& version)
    : seeker_(seeker),
      shares_(PersonShares(seeker)),
      side_bound_(FeaturesOf(shares_) == 0 ? PersonScoreBound(seeker) - kMaxSideScore
                                           : kMaxSideScore),
      question_(seeker),
      numbers_(question_),
      paths_(question_, *version.occupations, *version.regions),
      tokens_(seeker) {
  SetConditions();
  SetReach();
}

void PersonProbe::SetConditions() {
  const auto in_range = [this](std::int64_t value, std::int64_t most) {
    if (value < 0 || value >= most) columns_decide_ = false;
  };
  if (seeker_.education) {
    conditions_.education = ClampedEducation(*seeker_.education);
    in_range(*seeker_.education, 0xFE);
  }
  if (seeker_.experience_months) {
    conditions_.experience = ClampedMonths(*seeker_.experience_months);
    in_range(*seeker_.experience_months, 0xFFFE);
  }
  if (seeker_.available_day) {
    conditions_.available = ClampedDay(*seeker_.available_day);
    in_range(*seeker_.available_day, kNoStartBy - 1);
  }
  if (seeker_.wage_floor) {
    conditions_.currency = static_cast<std::uint8_t>(seeker_.wage_floor->currency);
    conditions_.wage_floor = ClampedWage(seeker_.wage_floor->amount_per_month);
    in_range(seeker_.wage_floor->amount_per_month, 0xFFFFFFFF);
  }
  conditions_.employment = seeker_.employment_types.bits();
  conditions_.held = HeldSignature(seeker_);
}

void PersonProbe::SetReach() {
  for (const RegionPath& wish : seeker_.regions) {
    const std::size_t reach = std::min(wish.depth(), kProvinceDepth);
    if (reach == 0) {  // holds every place; which postings have one, the rows say
      columns_decide_ = false;
      reach_.clear();
      return;
    }
    reach_.push_back({wish.levels[0], reach == kProvinceDepth ? wish.levels[1] : Token{}});
  }
  std::ranges::sort(reach_);
  const auto rest = std::ranges::unique(reach_);
  reach_.erase(rest.begin(), rest.end());
}

std::int32_t PersonProbe::NumbersLoss(const OpeningTerms& terms) {
  std::int32_t loss = 0;
  if (!terms.has_uncounted_wage && Counts(Feature::kWage, terms)) {
    loss +=
        Loss(Feature::kWage, terms,
             terms.currency == 0 ? numbers_.NoWage()
                                 : numbers_.Wage({terms.wage_min, terms.wage_max, terms.currency}));
  }
  if (Counts(Feature::kEmploymentType, terms)) {
    loss += Loss(Feature::kEmploymentType, terms, numbers_.Employment(terms.employment));
  }
  if (terms.min_experience_months != kNoNumber && Counts(Feature::kExperience, terms)) {
    loss += Loss(Feature::kExperience, terms, numbers_.Experience(terms.min_experience_months));
  }
  if (terms.preferred_education != kNoEducation && Counts(Feature::kEducation, terms)) {
    loss += Loss(Feature::kEducation, terms, numbers_.Education(terms.preferred_education));
  }
  if (terms.start_wished_by_day != kNoNumber && Counts(Feature::kAvailability, terms)) {
    loss += Loss(Feature::kAvailability, terms, numbers_.Availability(terms.start_wished_by_day));
  }
  if (terms.as_of_day != kNoNumber && Counts(Feature::kRecency, terms)) {
    loss += Loss(Feature::kRecency, terms, numbers_.Recency(terms.as_of_day));
  }
  return loss;
}

std::int32_t PersonProbe::TermsBound(const OpeningTerms& terms) {
  std::int32_t bound = (terms.asks_nothing ? terms.side_bound : kMaxSideScore) + side_bound_;
  if (Counts(Feature::kOccupation, terms)) {
    bound -= Loss(Feature::kOccupation, terms, paths_.Occupations(terms.occupations));
  }
  if (terms.near_regions_count == 0 && Counts(Feature::kRegion, terms)) {
    bound -= Loss(Feature::kRegion, terms, paths_.Regions(terms.regions));
  }
  return bound - NumbersLoss(terms);
}

std::int32_t PersonProbe::ListsLoss(const OpeningBlock& block, std::size_t lane) {
  const OpeningTerms& terms = block.terms.data()[lane];
  const AskedRuns runs = RunsOf(block, lane);
  std::int32_t loss = 0;
  if (terms.skills_count != kUncounted && Counts(Feature::kSkills, terms)) {
    loss += Loss(Feature::kSkills, terms, tokens_.Skills(runs.skills));
  }
  if (terms.skills_count != kUncounted && terms.related_count != kUncounted &&
      Counts(Feature::kRelatedSkills, terms)) {
    loss += Loss(Feature::kRelatedSkills, terms, tokens_.RelatedSkills(runs.skills, runs.related));
  }
  if (terms.licences_count != kUncounted && Counts(Feature::kLicences, terms)) {
    loss += Loss(Feature::kLicences, terms, tokens_.Licences(runs.licences));
  }
  if (terms.languages_count != kUncounted && Counts(Feature::kLanguages, terms)) {
    loss += Loss(Feature::kLanguages, terms, tokens_.Languages(runs.languages));
  }
  if (terms.near_regions_count != 0 && terms.near_regions_count != kUncounted) {
    const std::uint16_t nearest = tokens_.NearRegion(runs.near);
    loss += Loss(Feature::kRegion, terms,
                 AtLeastEither(paths_.Regions(terms.regions), {nearest, nearest}));
  }
  return loss;
}

// A side that asks shares out all its points, so what a feature lacks of a full fit is lost at
// least as often as the least share of it says.
std::int32_t PersonProbe::BlockBound(const OpeningBlock& block) {
  const BlockSummary& summary = block.summary;
  const FitPair occupation = paths_.Occupations(summary.occupations.numbers());
  const FitPair region = paths_.Regions(summary.regions.numbers());
  const FitPair skills = tokens_.SkillsOfBlock(summary.skills);
  const auto person_loss = [this](Feature feature, FitPair fits) {
    return shares_[static_cast<std::size_t>(feature)] * (kFullFit - fits.person);
  };
  const auto posting_loss = [&summary](Feature feature, FitPair fits) {
    return summary.least_shares[static_cast<std::size_t>(feature)] * (kFullFit - fits.posting);
  };
  std::int32_t posting_side = summary.most_side_bound;
  if (!summary.all_ask_nothing) {
    posting_side =
        std::max(posting_side, kMaxSideScore - posting_loss(Feature::kOccupation, occupation) -
                                   posting_loss(Feature::kRegion, region));
  }
  return posting_side + side_bound_ - person_loss(Feature::kOccupation, occupation) -
         person_loss(Feature::kRegion, region) - person_loss(Feature::kSkills, skills);
}

}  // namespace noren::matching
