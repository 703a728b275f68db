// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/score.h"

#include <utility>

#include "engine/matching/scoring/features.h"

namespace noren::matching {
namespace {

// A side that asks for nothing is neither pleased nor displeased.
constexpr std::int32_t kNothingAskedScore = kSidePoints * kNeutralFit;
constexpr std::int32_t kNoThreshold = -1;  // no score is below it

constexpr Feature FeatureAt(std::size_t index) { return static_cast<Feature>(index); }

struct RunningScore {
  std::int32_t score = 0;
  std::int32_t open = 0;  // points of both sides whose fits are not known yet
};

// One feature of both sides; false when the rest cannot reach the threshold.
template <std::size_t kIndex, bool kMayStop>
bool AddFeature(const PreparedPosting& posting, const SeekerRow& seeker, const Shares& person,
                std::int32_t threshold, RunningScore& running) {
  const std::int32_t points = posting.shares[kIndex] + person[kIndex];
  if (points == 0) return true;
  const BothFits fits = kFeatures[kIndex].fits(posting, seeker);
  running.score +=
      posting.shares[kIndex] * fits.posting.thousandths + person[kIndex] * fits.person.thousandths;
  if constexpr (!kMayStop) return true;
  running.open -= points;
  return running.score + running.open * kFullFit >= threshold;
}

// Unrolled over the table, so that each call is direct.
template <bool kMayStop, std::size_t... kIndices>
std::int32_t SumFeatures(const PreparedPosting& posting, const SeekerRow& seeker,
                         const Shares& person, std::int32_t threshold,
                         std::index_sequence<kIndices...>) {
  const bool person_asks = FeaturesOf(person) != 0;
  RunningScore running;
  if (posting.features == 0) running.score += kNothingAskedScore;
  if (!person_asks) running.score += kNothingAskedScore;
  running.open = (posting.features != 0 ? kSidePoints : 0) + (person_asks ? kSidePoints : 0);
  static_cast<void>(
      (AddFeature<kIndices, kMayStop>(posting, seeker, person, threshold, running) && ...));
  return running.score;
}

// What AppendTerms needs of one side.
struct SideView {
  Side side;
  const Shares& shares;
};

void AppendTerms(const SideView& view, const PreparedPosting& posting, const SeekerRow& seeker,
                 PairScore& pair) {
  if (FeaturesOf(view.shares) == 0) {
    pair.terms.push_back({view.side, Feature::kNothingAsked, kSidePoints, Fit::Missing(),
                          kNothingAskedScore, kNothingAskedScore});
    return;
  }
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    const std::int32_t share = view.shares[i];
    if (share == 0) continue;
    const BothFits fits = kFeatures[i].fits(posting, seeker);
    const Fit fit = view.side == Side::kPosting ? fits.posting : fits.person;
    const std::int32_t bound = view.side == Side::kPosting
                                   ? kFeatures[i].posting_bound(*posting.row)
                                   : kFeatures[i].person_bound(seeker);
    pair.terms.push_back(
        {view.side, FeatureAt(i), share, fit, share * fit.thousandths, share * bound});
  }
}

template <typename Row>
std::int32_t SideBound(const Shares& shares, const Row& row,
                       std::int32_t (*FeatureRule::*bound)(const Row&)) {
  if (FeaturesOf(shares) == 0) return kNothingAskedScore;
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    if (shares[i] != 0) sum += shares[i] * (kFeatures[i].*bound)(row);
  }
  return sum;
}

}  // namespace

FeatureSet AskedByPosting(const PostingRow& posting) {
  FeatureSet asked{};
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    asked[i] = kFeatures[i].posting_asks != nullptr && kFeatures[i].posting_asks(posting);
  }
  return asked;
}

FeatureSet AskedByPerson(const SeekerRow& seeker) {
  FeatureSet asked{};
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    asked[i] = kFeatures[i].person_asks != nullptr && kFeatures[i].person_asks(seeker);
  }
  return asked;
}

Shares PostingShares(const PostingRow& posting) {
  return Apportion(posting.weights, AskedByPosting(posting));
}

Shares PersonShares(const SeekerRow& seeker) {
  return Apportion(seeker.weights, AskedByPerson(seeker));
}

Fit PostingFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker) {
  if (feature == Feature::kNothingAsked) return Fit::NotAsked();
  return kFeatures[static_cast<std::size_t>(feature)]
      .fits(PreparedPosting(posting), seeker)
      .posting;
}

Fit PersonFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker) {
  if (feature == Feature::kNothingAsked) return Fit::NotAsked();
  return kFeatures[static_cast<std::size_t>(feature)].fits(PreparedPosting(posting), seeker).person;
}

PairScore ScorePair(const PostingRow& posting, const SeekerRow& seeker) {
  return ScorePair(PreparedPosting(posting), seeker);
}

PairScore ScorePair(const PreparedPosting& posting, const SeekerRow& seeker) {
  PairScore pair;
  AppendTerms({Side::kPosting, posting.shares}, posting, seeker, pair);
  AppendTerms({Side::kPerson, PersonShares(seeker)}, posting, seeker, pair);
  for (const Term& term : pair.terms) pair.score += term.contribution;
  return pair;
}

std::int32_t ScoreOnly(const PreparedPosting& posting, const SeekerRow& seeker,
                       const Shares& person_shares) {
  return SumFeatures<false>(posting, seeker, person_shares, kNoThreshold,
                            std::make_index_sequence<kFeatureCount>());
}

std::int32_t ScoreFrom(const PreparedPosting& posting, const SeekerRow& seeker,
                       const Shares& person_shares, std::int32_t threshold) {
  return SumFeatures<true>(posting, seeker, person_shares, threshold,
                           std::make_index_sequence<kFeatureCount>());
}

std::int32_t PostingScoreBound(const PostingRow& posting) {
  return SideBound(PostingShares(posting), posting, &FeatureRule::posting_bound) + kMaxSideScore;
}

std::int32_t PersonScoreBound(const SeekerRow& seeker) {
  return SideBound(PersonShares(seeker), seeker, &FeatureRule::person_bound) + kMaxSideScore;
}

}  // namespace noren::matching
