// What happens in a random small market: who is there at first, and then changes and questions in
// any order. Drawn by RapidCheck, so that a market in which something is wrong is made smaller
// until every line of it is needed.
// Threads:  plain values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidcheck.h>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace noren::matching {

// How many markets a proof looks at: the environment's NOREN_MARKETS, or else a few hundred, which
// is what an ordinary run of the tests has time for.
std::size_t MarketsToProve();

enum class RowKind : std::uint8_t {
  kModels = 0,  // made of valid models: also checked against the rules written a second time
  kExtremes,    // the same with numbers and lists that no index has columns for
  kTokens,      // over few tokens, without models behind them
};

enum class EventKind : std::uint8_t {
  kPutPerson = 0,  // new or changed
  kRemovePerson,
  kPutPosting,
  kRemovePosting,
  kMaintain,
  kAskPeople,    // for a posting
  kAskPoints,    // people by points
  kAskPostings,  // for a person
};

struct MarketEvent {
  EventKind kind = EventKind::kMaintain;
  std::uint64_t who = 0;   // any number: the market makes an id, a count, ... of it
  std::uint64_t seed = 0;  // of the row or query
};

struct MarketPlan {
  RowKind rows = RowKind::kModels;
  bool built = false;                   // the first people at once, not one by one
  bool coarse_ties = false;             // two tie numbers only, so that ids have to decide
  std::uint64_t around = 0;             // seed of what the ranking adds to postings
  std::vector<std::uint64_t> people;    // seeds of the first
  std::vector<std::uint64_t> postings;  // seeds of the first
  std::vector<MarketEvent> events;
};

rc::Gen<MarketPlan> AnyMarketPlan();
void showValue(const MarketPlan& plan, std::ostream& out);  // NOLINT: RapidCheck's name

}  // namespace noren::matching
