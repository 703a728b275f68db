// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/person_probe.h"

#include <algorithm>

namespace noren::matching {

// The runs of a posting's asked tokens.
struct AskedRuns {
  std::span<const AskedToken> skills;
  std::span<const AskedToken> related;
  std::span<const AskedToken> licences;
  std::span<const AskedToken> languages;
  std::span<const AskedToken> near;
};

namespace {

constexpr std::size_t kProvinceDepth = 2;

std::uint64_t HeldSignature(const SeekerRow& seeker) {
  std::uint64_t bits = 0;
  for (const LeveledToken& s : seeker.skills) bits |= SignatureOf(TokenList::kSkill, s.token);
  for (const Token l : seeker.licences) bits |= SignatureOf(TokenList::kLicence, l);
  for (const LeveledToken& l : seeker.languages) bits |= SignatureOf(TokenList::kLanguage, l.token);
  return bits;
}

template <typename Shares>
std::int32_t WeightedSum(const Shares& shares,
                         const std::array<std::int32_t, kFeatureCount>& fits) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) sum += shares[i] * fits[i];
  return sum;
}

AskedRuns RunsOf(const OpeningTerms& terms, const std::vector<AskedToken>& asked) {
  std::span<const AskedToken> rest = std::span(asked).subspan(terms.asked_begin);
  const auto take = [&rest](std::uint8_t count) {
    const std::size_t length = count == kUncounted ? 0 : count;
    const auto run = rest.first(length);
    rest = rest.subspan(length);
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
      asks_nothing_(std::ranges::all_of(shares_, [](std::int32_t share) { return share == 0; })),
      side_bound_(PersonScoreBound(seeker) - kMaxSideScore),
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

void PersonProbe::SetPathFits(const OpeningTerms& terms, PairFits& fits) {
  if (Counts(Feature::kOccupation, terms)) {
    fits.Set(Feature::kOccupation, paths_.Occupations(terms.occupations));
  }
  if (terms.near_regions_count == 0 && Counts(Feature::kRegion, terms)) {
    fits.Set(Feature::kRegion, paths_.Regions(terms.regions));
  }
}

void PersonProbe::SetNumberFits(const OpeningTerms& terms, PairFits& fits) {
  if (!terms.has_uncounted_wage && Counts(Feature::kWage, terms)) {
    fits.Set(Feature::kWage, terms.currency == 0
                                 ? numbers_.NoWage()
                                 : numbers_.Wage({terms.wage_min, terms.wage_max, terms.currency}));
  }
  if (Counts(Feature::kEmploymentType, terms)) {
    fits.Set(Feature::kEmploymentType, numbers_.Employment(terms.employment));
  }
  if (terms.min_experience_months != kNoNumber && Counts(Feature::kExperience, terms)) {
    fits.Set(Feature::kExperience, numbers_.Experience(terms.min_experience_months));
  }
  if (terms.preferred_education != kNoEducation && Counts(Feature::kEducation, terms)) {
    fits.Set(Feature::kEducation, numbers_.Education(terms.preferred_education));
  }
  if (terms.start_wished_by_day != kNoNumber && Counts(Feature::kAvailability, terms)) {
    fits.Set(Feature::kAvailability, numbers_.Availability(terms.start_wished_by_day));
  }
  if (terms.as_of_day != kNoNumber && Counts(Feature::kRecency, terms)) {
    fits.Set(Feature::kRecency, numbers_.Recency(terms.as_of_day));
  }
}

void PersonProbe::SetListFits(const OpeningTerms& terms, const AskedRuns& runs, PairFits& fits) {
  if (terms.skills_count != kUncounted && Counts(Feature::kSkills, terms)) {
    fits.Set(Feature::kSkills, tokens_.Skills(runs.skills));
  }
  if (terms.skills_count != kUncounted && terms.related_count != kUncounted &&
      Counts(Feature::kRelatedSkills, terms)) {
    fits.Set(Feature::kRelatedSkills, tokens_.RelatedSkills(runs.skills, runs.related));
  }
  if (terms.licences_count != kUncounted && Counts(Feature::kLicences, terms)) {
    fits.Set(Feature::kLicences, tokens_.Licences(runs.licences));
  }
  if (terms.languages_count != kUncounted && Counts(Feature::kLanguages, terms)) {
    fits.Set(Feature::kLanguages, tokens_.Languages(runs.languages));
  }
  if (terms.near_regions_count != 0 && terms.near_regions_count != kUncounted) {
    const std::uint16_t nearest = tokens_.NearRegion(runs.near);
    fits.Set(Feature::kRegion, AtLeastEither(paths_.Regions(terms.regions), {nearest, nearest}));
  }
}

std::int32_t PersonProbe::BoundOf(const OpeningTerms& terms, const PairFits& fits) const {
  const std::int32_t posting_side =
      terms.asks_nothing ? terms.side_bound : WeightedSum(terms.shares, fits.posting);
  return posting_side + PersonSide(fits);
}

std::int32_t PersonProbe::PersonSide(const PairFits& fits) const {
  return asks_nothing_ ? side_bound_ : WeightedSum(shares_, fits.person);
}

std::int32_t PersonProbe::LaneBound(const OpeningBlock& block, std::size_t lane,
                                    std::int32_t threshold) {
  const OpeningTerms& terms = block.terms[lane];
  PairFits fits;
  SetPathFits(terms, fits);
  SetNumberFits(terms, fits);
  const std::int32_t without_lists = BoundOf(terms, fits);
  if (without_lists < threshold) return without_lists;
  SetListFits(terms, RunsOf(terms, block.asked), fits);
  return BoundOf(terms, fits);
}

// A side that asks shares out all its points, so what a feature lacks of a full fit is lost at
// least as often as the least share of it says.
std::int32_t PersonProbe::BlockBound(const OpeningBlock& block) {
  const BlockSummary& summary = block.summary;
  PairFits fits;
  fits.Set(Feature::kOccupation, paths_.Occupations(summary.occupations.numbers()));
  fits.Set(Feature::kRegion, paths_.Regions(summary.regions.numbers()));
  std::int32_t posting_side = summary.most_side_bound;
  if (!summary.all_ask_nothing) {
    std::int32_t asking = kMaxSideScore;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      asking -= summary.least_shares[i] * (kFullFit - fits.posting[i]);
    }
    posting_side = std::max(posting_side, asking);
  }
  return posting_side + PersonSide(fits);
}

}  // namespace noren::matching
