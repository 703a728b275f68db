// Rankings for a portal: its own people for a posting, and postings for one of its people, exact
// and explained.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "engine/matching/explain.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/market.h"

namespace noren::operations {

//   k        1..1000, and no more than the policy allows
//   errors   kNotFound: no such open posting, or not of this portal
StatusOr<MarketRanking<RankedPerson>> RankCandidates(ServiceContext& context, const Call& call,
                                                     const model::PostingId& posting,
                                                     std::int32_t k);
StatusOr<MarketRanking<RankedOpening>> RankPostings(ServiceContext& context, const Call& call,
                                                    const model::SeekerHandle& handle,
                                                    std::int32_t k);

// A condition or change in words that clients can show: codes and numbers only.
struct ExplainedCondition {
  std::string name, side;
  bool met = false;
  std::string detail;
};
struct PairExplanation {
  bool qualifies = false;
  matching::PairScore score;
  std::vector<ExplainedCondition> conditions;
  std::string smallest_change;
};
StatusOr<PairExplanation> ExplainPair(ServiceContext& context, const Call& call,
                                      const model::PostingId& posting,
                                      const model::SeekerHandle& handle);
// Of the market as it is now; nothing: one of the two is not in it.
std::optional<PairExplanation> ExplainNow(ServiceContext& context, const model::PostingId& posting,
                                          const model::PersonId& person);
// As ExplainPair, for a person who consented to the caller's posting.
StatusOr<PairExplanation> ExplainCandidate(ServiceContext& context, const Call& call,
                                           const model::CandidateRef& candidate);

}  // namespace noren::operations
