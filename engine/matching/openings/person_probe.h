// One person, prepared for leaving postings out: the numbers that the columns are compared with,
// the regions that can hold an answer, and upper bounds of the pair score. A bound takes the fit of
// what the index has in columns from the functions of scoring/, asked about a posting that has that
// one thing only; a feature that it knows nothing of counts as fitting fully.
// Source:   docs/design/0005-openings.md
// Threads:  one owner; made per query
// Lifetime: the person, and the version it was made for, outlive it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/openings/fit_tables.h"
#include "engine/matching/openings/opening_block.h"
#include "engine/matching/openings/opening_tree.h"

namespace noren::matching {

class PersonProbe {
 public:
  PersonProbe(const SeekerRow& seeker, const OpeningVersion& version);
  PersonProbe(const PersonProbe&) = delete;
  PersonProbe& operator=(const PersonProbe&) = delete;

  const Shares& shares() const { return shares_; }
  const PersonConditions& conditions() const { return conditions_; }
  // Whether columns and region keys decide for this person what they decide for a posting.
  bool columns_decide() const { return columns_decide_; }
  // A posting with no home reached by one of these is out; empty: every posting can be in.
  std::span<const RegionKey> reach() const { return reach_; }

  // No posting of the block scores more.
  std::int32_t BlockBound(const OpeningBlock& block);
  // The posting in this lane does not score more: first by all that the terms say, then less what
  // its lists of skills, licences, languages and near regions lack.
  std::int32_t TermsBound(const OpeningTerms& terms);
  std::int32_t ListsLoss(const OpeningBlock& block, std::size_t lane);
  std::int32_t LaneBound(const OpeningBlock& block, std::size_t lane) {
    return TermsBound(block.terms[lane]) - ListsLoss(block, lane);
  }

 private:
  void SetConditions();
  void SetReach();
  bool Counts(Feature feature, const OpeningTerms& terms) const {
    const auto at = static_cast<std::size_t>(feature);
    return (terms.shares[at] | shares_[at]) != 0;
  }
  // What both sides lose by fits that are not full.
  std::int32_t Loss(Feature feature, const OpeningTerms& terms, FitPair fits) const {
    const auto at = static_cast<std::size_t>(feature);
    return terms.shares[at] * (kFullFit - fits.posting) + shares_[at] * (kFullFit - fits.person);
  }
  std::int32_t NumbersLoss(const OpeningTerms& terms);

  const SeekerRow& seeker_;
  Shares shares_{};
  std::int32_t side_bound_ = 0;  // of the person, all fits full
  PersonConditions conditions_;
  bool columns_decide_ = true;
  std::vector<RegionKey> reach_;
  FitQuestion question_;
  NumberFits numbers_;
  PathFitTable paths_;
  TokenFits tokens_;
};

}  // namespace noren::matching
