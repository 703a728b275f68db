// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/cooccurrence.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/relatedness/mix.h"

namespace noren::matching {
namespace {

constexpr std::uint32_t kEndOfBasket = std::numeric_limits<std::uint32_t>::max();

// The tokens that count for one person: the whole basket, or its sample in `kept`.
class BasketSampler {
 public:
  explicit BasketSampler(const CooccurrenceLimits& limits) : limits_(limits) {}

  std::span<const Token> Of(std::span<const Token> basket) {
    if (basket.size() <= limits_.max_tokens_per_person) return basket;
    std::uint64_t of_set = limits_.seed;
    for (const Token token : basket) of_set += Mix(token.value);
    ranked_.clear();
    for (const Token token : basket) ranked_.emplace_back(Mix(token.value ^ Mix(of_set)), token);
    std::ranges::sort(ranked_);
    kept_.clear();
    for (std::size_t i = 0; i < limits_.max_tokens_per_person; ++i) {
      kept_.push_back(ranked_[i].second);
    }
    std::ranges::sort(kept_);
    return kept_;
  }

 private:
  const CooccurrenceLimits& limits_;
  std::vector<std::pair<std::uint64_t, Token>> ranked_;
  std::vector<Token> kept_;
};

// Fills tokens and people.
Status CountTokens(const TokenBaskets& baskets, const CooccurrenceLimits& limits,
                   Cooccurrence& counted) {
  absl::flat_hash_map<Token, std::uint32_t> people_of;
  BasketSampler sampler(limits);
  for (std::size_t i = 0; i < baskets.people_count(); ++i) {
    for (const Token token : sampler.Of(baskets[i])) ++people_of[token];
  }
  for (const auto& [token, people] : people_of) {
    if (people >= limits.min_people) counted.tokens.push_back(token);
  }
  if (counted.tokens.size() > limits.max_tokens) {
    return ResourceExhausted("relatedness: too many tokens");
  }
  std::ranges::sort(counted.tokens);
  for (const Token token : counted.tokens) counted.people.push_back(people_of[token]);
  return OkStatus();
}

// Every basket as ascending indices with an end mark after it.
std::vector<std::uint32_t> IndexBaskets(const TokenBaskets& baskets,
                                        const CooccurrenceLimits& limits,
                                        const std::vector<Token>& tokens) {
  absl::flat_hash_map<Token, std::uint32_t> index_of;
  for (std::uint32_t i = 0; i < tokens.size(); ++i) index_of[tokens[i]] = i;
  BasketSampler sampler(limits);
  std::vector<std::uint32_t> indices;
  indices.reserve(baskets.tokens_count() + baskets.people_count());
  for (std::size_t i = 0; i < baskets.people_count(); ++i) {
    for (const Token token : sampler.Of(baskets[i])) {
      const auto found = index_of.find(token);
      if (found != index_of.end()) indices.push_back(found->second);
    }
    indices.push_back(kEndOfBasket);
  }
  return indices;
}

// Where each token occurs in `indices`; occurrences of token i are [begins[i], begins[i + 1]).
struct Occurrences {
  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> positions;
};

Occurrences FindOccurrences(const std::vector<std::uint32_t>& indices,
                            const std::vector<std::uint32_t>& people) {
  Occurrences found;
  found.begins.assign(people.size() + 1, 0);
  for (std::size_t i = 0; i < people.size(); ++i) {
    found.begins[i + 1] = found.begins[i] + people[i];
  }
  found.positions.resize(found.begins.back());
  std::vector<std::size_t> next(found.begins.begin(), found.begins.end() - 1);
  for (std::uint32_t at = 0; at < indices.size(); ++at) {
    if (indices[at] != kEndOfBasket) found.positions[next[indices[at]]++] = at;
  }
  return found;
}

// Counts, token by token, who else is further on in the same baskets: one row at a time needs a
// counter per token only, not one per pair.
Status CountPairs(const std::vector<std::uint32_t>& indices, const CooccurrenceLimits& limits,
                  const std::stop_token& stop, Cooccurrence& counted) {
  const Occurrences occurrences = FindOccurrences(indices, counted.people);
  std::vector<std::uint32_t> together(counted.tokens.size(), 0);
  std::vector<std::uint32_t> touched;
  for (std::size_t row = 0; row < counted.tokens.size(); ++row) {
    if (stop.stop_requested()) return MakeStatus(StatusCode::kCancelled, "relatedness: stopped");
    touched.clear();
    for (std::size_t o = occurrences.begins[row]; o < occurrences.begins[row + 1]; ++o) {
      for (std::size_t at = occurrences.positions[o] + 1; indices[at] != kEndOfBasket; ++at) {
        if (together[indices[at]]++ == 0) touched.push_back(indices[at]);
      }
    }
    const auto enough = [&](std::uint32_t i) { return together[i] >= limits.min_people; };
    const auto kept = std::partition(touched.begin(), touched.end(), enough);
    std::sort(touched.begin(), kept);
    for (auto it = touched.begin(); it != kept; ++it) {
      counted.columns.push_back(*it);
      counted.pair_people.push_back(together[*it]);
    }
    for (const std::uint32_t i : touched) together[i] = 0;
    counted.row_ends.push_back(counted.columns.size());
  }
  return OkStatus();
}

}  // namespace

std::uint32_t PeopleWithBoth(const Cooccurrence& counted, std::size_t i, std::size_t j) {
  const auto [row, column] = std::minmax(i, j);
  const auto begin = counted.columns.begin() +
                     static_cast<std::ptrdiff_t>(row == 0 ? 0 : counted.row_ends[row - 1]);
  const auto end = counted.columns.begin() + static_cast<std::ptrdiff_t>(counted.row_ends[row]);
  const auto found = std::lower_bound(begin, end, column);
  if (found == end || *found != column) return 0;
  return counted.pair_people[static_cast<std::size_t>(found - counted.columns.begin())];
}

StatusOr<Cooccurrence> CountCooccurrence(const TokenBaskets& baskets,
                                         const CooccurrenceLimits& limits,
                                         const std::stop_token& stop) {
  if (baskets.tokens_count() + baskets.people_count() >= kEndOfBasket) {
    return ResourceExhausted("relatedness: too many people");
  }
  Cooccurrence counted;
  counted.people_count = baskets.people_count();
  NOREN_RETURN_IF_ERROR(CountTokens(baskets, limits, counted));
  const std::vector<std::uint32_t> indices = IndexBaskets(baskets, limits, counted.tokens);
  NOREN_RETURN_IF_ERROR(CountPairs(indices, limits, stop, counted));
  return counted;
}

}  // namespace noren::matching
