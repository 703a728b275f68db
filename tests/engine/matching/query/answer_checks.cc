// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/query/answer_checks.h"

#include <array>
#include <cstdint>

namespace noren::matching {

bool SameTerms(const std::vector<Term>& a, const std::vector<Term>& b) {
  return std::ranges::equal(a, b, [](const Term& x, const Term& y) {
    return x.side == y.side && x.feature == y.feature && x.share == y.share && x.fit == y.fit &&
           x.contribution == y.contribution && x.upper_bound == y.upper_bound;
  });
}

std::string WrongTerms(const PairScore& pair) {
  std::int64_t sum = 0;
  std::array<std::int64_t, 2> shares{};
  for (const Term& term : pair.terms) {
    sum += term.contribution;
    shares[static_cast<std::size_t>(term.side)] += term.share;
    if (term.contribution != term.share * term.fit.thousandths) return "a term is not its product";
    if (term.contribution > term.upper_bound) return "a term is above its bound";
  }
  if (sum != pair.score) return "the terms do not sum to the score";
  return shares[0] == kSidePoints && shares[1] == kSidePoints ? "" : "shares do not sum to 10,000";
}

std::string WrongTerms(const std::vector<Term>& terms, const std::vector<naive::Term>& expected) {
  const auto same = [](const Term& a, const naive::Term& b) {
    return (a.side == Side::kPerson) == b.of_person && static_cast<int>(a.feature) == b.feature &&
           a.share == b.share && (a.fit.state == FitState::kMissing) == !b.fit &&
           a.fit.thousandths == b.fit.value_or(kNeutralFit);
  };
  return std::ranges::equal(terms, expected, same) ? "" : "terms other than by the document";
}

}  // namespace noren::matching
