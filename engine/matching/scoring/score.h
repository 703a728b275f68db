// The two-sided score of one pair: an integer that is the exact sum of named terms, the posting's
// and the person's. Each side has the same 10,000 points to give, shared out over the features it
// asks about, so that scores compare both ways: people for one posting, and postings for one
// person.
// Source:   docs/formats/ranking.md
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/matching/feature.h"
#include "engine/matching/prepared.h"
#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"
#include "engine/matching/scoring/shares.h"

namespace noren::matching {

inline constexpr std::int32_t kMaxSideScore = kSidePoints * kFullFit;
inline constexpr std::int32_t kMaxScore = 2 * kMaxSideScore;  // 20,000,000

struct Term {
  Side side = Side::kPosting;
  Feature feature = Feature::kSkills;
  std::int32_t share = 0;  // of the side's kSidePoints
  Fit fit;
  std::int32_t contribution = 0;  // share * fit.thousandths
  std::int32_t upper_bound = 0;   // of this term, whatever the other side is
};

struct PairScore {
  std::int32_t score = 0;   // sum of the contributions
  std::vector<Term> terms;  // posting's side first, each in the order of Feature
};

// Which features a side asks about; depends on that side's row only.
FeatureSet AskedByPosting(const PostingRow& posting);
FeatureSet AskedByPerson(const SeekerRow& seeker);
Shares PostingShares(const PostingRow& posting);
Shares PersonShares(const SeekerRow& seeker);

// The functions that take a posting's row prepare it first; for many people prepare it once.
Fit PostingFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker);
Fit PersonFit(Feature feature, const PostingRow& posting, const SeekerRow& seeker);

PairScore ScorePair(const PostingRow& posting, const SeekerRow& seeker);
PairScore ScorePair(const PreparedPosting& posting, const SeekerRow& seeker);
// The same sum without the terms and without allocating; the person's shares are the caller's.
std::int32_t ScoreOnly(const PreparedPosting& posting, const SeekerRow& seeker,
                       const Shares& person_shares);
// The same if it is at least `threshold`; otherwise any number below `threshold`, often sooner.
std::int32_t ScoreFrom(const PreparedPosting& posting, const SeekerRow& seeker,
                       const Shares& person_shares, std::int32_t threshold);

// No pair with this posting (this person) scores more.
std::int32_t PostingScoreBound(const PostingRow& posting);
std::int32_t PersonScoreBound(const SeekerRow& seeker);

}  // namespace noren::matching
