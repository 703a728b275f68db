// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/score.h"

#include <algorithm>
#include <numeric>

#include "engine/matching/scoring/employment_type.h"
#include "engine/matching/scoring/experience.h"
#include "engine/matching/scoring/languages.h"
#include "engine/matching/scoring/licences.h"
#include "engine/matching/scoring/occupation.h"
#include "engine/matching/scoring/region.h"
#include "engine/matching/scoring/skills.h"
#include "engine/matching/scoring/wage.h"

namespace noren::matching {
namespace {

// A side that asks for nothing is neither pleased nor displeased.
constexpr std::int32_t kNothingAskedScore = kSidePoints * kNeutralFit;

constexpr std::size_t Index(Feature feature) { return static_cast<std::size_t>(feature); }
constexpr Feature FeatureAt(std::size_t index) { return static_cast<Feature>(index); }

bool AsksNothing(const Shares& shares) {
  return std::ranges::all_of(shares, [](std::int32_t share) { return share == 0; });
}

Fit FitOf(Side side, Feature feature, const PostingRow& posting, const SeekerRow& seeker) {
  return side == Side::kPosting ? PostingFit(feature, posting, seeker)
                                : PersonFit(feature, posting, seeker);
}

std::int32_t SideScore(Side side, const Shares& shares, const PostingRow& posting,
                       const SeekerRow& seeker) {
  if (AsksNothing(shares)) return kNothingAskedScore;
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (shares[i] == 0) continue;
    sum += shares[i] * FitOf(side, FeatureAt(i), posting, seeker).thousandths;
  }
  return sum;
}

void AppendTerms(Side side, const Shares& shares, const PostingRow& posting,
                 const SeekerRow& seeker, PairScore& pair) {
  if (AsksNothing(shares)) {
    pair.terms.push_back({side, Feature::kNothingAsked, kSidePoints, Fit::Missing(),
                          kNothingAskedScore, kNothingAskedScore});
    return;
  }
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (shares[i] == 0) continue;
    const Fit fit = FitOf(side, FeatureAt(i), posting, seeker);
    pair.terms.push_back(
        {side, FeatureAt(i), shares[i], fit, shares[i] * fit.thousandths, shares[i] * kFullFit});
  }
}

std::int32_t SideBound(const Shares& shares) {
  return AsksNothing(shares) ? kNothingAskedScore : kMaxSideScore;
}

}  // namespace

Shares Apportion(const Weights& weights, const FeatureSet& asked) {
  Shares shares{};
  std::int32_t total = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (asked[i]) total += weights.of[i];
  }
  if (total == 0) return shares;
  std::array<std::int32_t, kFeatureCount> remainder{};
  std::int32_t given = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    const std::int32_t exact = asked[i] ? kSidePoints * weights.of[i] : 0;
    shares[i] = exact / total;
    remainder[i] = exact % total;
    given += shares[i];
  }
  std::array<std::size_t, kFeatureCount> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
  for (std::size_t i = 0; given < kSidePoints; ++i, ++given) ++shares[order[i]];
  return shares;
}

FeatureSet AskedByPosting(const PostingRow& posting) {
  FeatureSet asked{};
  asked[Index(Feature::kSkills)] = PostingAsksSkills(posting);
  asked[Index(Feature::kOccupation)] = !posting.occupations.empty();
  asked[Index(Feature::kRegion)] = !posting.regions.empty();
  asked[Index(Feature::kWage)] = posting.wage.has_value();
  asked[Index(Feature::kExperience)] = PostingAsksExperience(posting);
  asked[Index(Feature::kLicences)] = !posting.preferred_licences.empty();
  asked[Index(Feature::kLanguages)] = !posting.preferred_languages.empty();
  asked[Index(Feature::kEmploymentType)] = !posting.employment_types.empty();
  return asked;
}

FeatureSet AskedByPerson(const SeekerRow& seeker) {
  FeatureSet asked{};
  asked[Index(Feature::kSkills)] = !seeker.skills.empty();
  asked[Index(Feature::kOccupation)] = !seeker.occupations.empty();
  asked[Index(Feature::kRegion)] = !seeker.regions.empty();
  asked[Index(Feature::kWage)] = seeker.wage_floor.has_value();
  asked[Index(Feature::kEmploymentType)] = !seeker.employment_types.empty();
  return asked;
}

Shares PostingShares(const PostingRow& posting) {
  return Apportion(posting.weights, AskedByPosting(posting));
}

Shares PersonShares(const SeekerRow& seeker) {
  return Apportion(seeker.weights, AskedByPerson(seeker));
}

Fit PostingFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker) {
  switch (feature) {
    case Feature::kSkills:
      return SkillsFitForPosting(posting, seeker);
    case Feature::kOccupation:
      return OccupationFitForPosting(posting, seeker);
    case Feature::kRegion:
      return RegionFitForPosting(posting, seeker);
    case Feature::kWage:
      return WageFitForPosting(posting, seeker);
    case Feature::kExperience:
      return ExperienceFitForPosting(posting, seeker);
    case Feature::kLicences:
      return LicencesFitForPosting(posting, seeker);
    case Feature::kLanguages:
      return LanguagesFitForPosting(posting, seeker);
    case Feature::kEmploymentType:
      return EmploymentTypeFitForPosting(posting, seeker);
    case Feature::kRelatedSkills:
    case Feature::kEducation:
    case Feature::kAvailability:
    case Feature::kRecency:
    case Feature::kNothingAsked:
      return Fit::NotAsked();
  }
  return Fit::NotAsked();
}

Fit PersonFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker) {
  switch (feature) {
    case Feature::kSkills:
      return SkillsFitForPerson(posting, seeker);
    case Feature::kOccupation:
      return OccupationFitForPerson(posting, seeker);
    case Feature::kRegion:
      return RegionFitForPerson(posting, seeker);
    case Feature::kWage:
      return WageFitForPerson(posting, seeker);
    case Feature::kEmploymentType:
      return EmploymentTypeFitForPerson(posting, seeker);
    case Feature::kExperience:
    case Feature::kLicences:
    case Feature::kLanguages:
    case Feature::kRelatedSkills:
    case Feature::kEducation:
    case Feature::kAvailability:
    case Feature::kRecency:
    case Feature::kNothingAsked:
      return Fit::NotAsked();
  }
  return Fit::NotAsked();
}

PairScore ScorePair(const PostingRow& posting, const SeekerRow& seeker) {
  PairScore pair;
  AppendTerms(Side::kPosting, PostingShares(posting), posting, seeker, pair);
  AppendTerms(Side::kPerson, PersonShares(seeker), posting, seeker, pair);
  for (const Term& term : pair.terms) pair.score += term.contribution;
  return pair;
}

std::int32_t ScoreOnly(const PostingRow& posting, const Shares& posting_shares,
                       const SeekerRow& seeker, const Shares& person_shares) {
  return SideScore(Side::kPosting, posting_shares, posting, seeker) +
         SideScore(Side::kPerson, person_shares, posting, seeker);
}

std::int32_t PostingScoreBound(const PostingRow& posting) {
  return SideBound(PostingShares(posting)) + kMaxSideScore;
}

std::int32_t PersonScoreBound(const SeekerRow& seeker) {
  return SideBound(PersonShares(seeker)) + kMaxSideScore;
}

}  // namespace noren::matching
