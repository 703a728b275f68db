// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/query/market_plan.h"

#include <array>
#include <cstdlib>
#include <ostream>
#include <string_view>

namespace noren::matching {
namespace {

constexpr std::size_t kMarketsOfAnOrdinaryRun = 200;
constexpr double kPeoplePerSize = 2.5;  // RapidCheck's size grows to 100: up to 250 people
constexpr double kPostingsPerSize = 0.8;
constexpr double kEventsPerSize = 1.5;

constexpr std::array<std::string_view, 8> kEventNames = {
    "put person", "remove person", "put posting", "remove posting",
    "maintain",   "ask people",    "ask points",  "ask postings"};

// A seed has no smaller one: what is made smaller is the market.
rc::Gen<std::uint64_t> Seed() {
  return rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>()));
}

rc::Gen<MarketEvent> AnyEvent() {
  const auto kind = rc::gen::weightedElement<EventKind>({{6, EventKind::kPutPerson},
                                                         {2, EventKind::kRemovePerson},
                                                         {3, EventKind::kPutPosting},
                                                         {1, EventKind::kRemovePosting},
                                                         {3, EventKind::kMaintain},
                                                         {3, EventKind::kAskPeople},
                                                         {3, EventKind::kAskPoints},
                                                         {3, EventKind::kAskPostings}});
  return rc::gen::build<MarketEvent>(rc::gen::set(&MarketEvent::kind, kind),
                                     rc::gen::set(&MarketEvent::who, Seed()),
                                     rc::gen::set(&MarketEvent::seed, Seed()));
}

template <typename T>
rc::Gen<std::vector<T>> Many(double per_size, const rc::Gen<T>& one) {
  return rc::gen::scale(per_size, rc::gen::container<std::vector<T>>(one));
}

}  // namespace

std::size_t MarketsToProve() {
  const char* said = std::getenv("NOREN_MARKETS");
  const unsigned long long count = said == nullptr ? 0 : std::strtoull(said, nullptr, 10);
  return count == 0 ? kMarketsOfAnOrdinaryRun : static_cast<std::size_t>(count);
}

rc::Gen<MarketPlan> AnyMarketPlan() {
  const auto rows = rc::gen::weightedElement<RowKind>(
      {{2, RowKind::kModels}, {1, RowKind::kExtremes}, {2, RowKind::kTokens}});
  return rc::gen::build<MarketPlan>(
      rc::gen::set(&MarketPlan::rows, rows),
      rc::gen::set(&MarketPlan::built, rc::gen::arbitrary<bool>()),
      rc::gen::set(&MarketPlan::coarse_ties, rc::gen::arbitrary<bool>()),
      rc::gen::set(&MarketPlan::around, Seed()),
      rc::gen::set(&MarketPlan::people, Many(kPeoplePerSize, Seed())),
      rc::gen::set(&MarketPlan::postings, Many(kPostingsPerSize, Seed())),
      rc::gen::set(&MarketPlan::events, Many(kEventsPerSize, AnyEvent())));
}

void showValue(const MarketPlan& plan, std::ostream& out) {
  out << "rows of kind " << static_cast<int>(plan.rows) << ", built " << plan.built
      << ", coarse ties " << plan.coarse_ties << ", around " << plan.around;
  out << "\npeople:";
  for (const std::uint64_t seed : plan.people) out << ' ' << seed;
  out << "\npostings:";
  for (const std::uint64_t seed : plan.postings) out << ' ' << seed;
  for (const MarketEvent& event : plan.events)
    out << '\n'
        << kEventNames[static_cast<std::size_t>(event.kind)] << ' ' << event.who << ' '
        << event.seed;
  out << '\n';
}

}  // namespace noren::matching
