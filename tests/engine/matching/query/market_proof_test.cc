// The indexes against the slow rankings over as many random small markets as are asked for
// (NOREN_MARKETS), with changes between the questions: ids, order, scores, ties, counts and terms,
// both ways, on every path and with every set of kernels that this machine has.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cstdio>

#include "tests/engine/matching/query/checked_market.h"
#include "tests/engine/matching/query/market_plan.h"

namespace noren::matching {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenReports{10};  // an ordinary run is over before the first

void PrintCosts(const char* question, const std::map<std::string, AnswerCost>& costs) {
  for (const auto& [set, cost] : costs) {
    const double seconds = static_cast<double>(cost.nanoseconds) / 1e9;
    std::printf("  %-22s %-10s %12llu answers %9.1f s %8.2f us each\n", question, set.c_str(),
                static_cast<unsigned long long>(cost.answers), seconds,
                cost.answers == 0 ? 0.0 : 1e6 * seconds / static_cast<double>(cost.answers));
  }
}

// Says how far a long proof is, and at its end what it looked at.
class Report {
 public:
  explicit Report(std::size_t markets) : markets_(markets) {}

  // The first difference is said at once: to make a market smaller can take hours.
  void Differs(const std::string& wrong) {
    if (!silent_) {
      std::fprintf(stderr, "after %zu markets a difference, looking for a smaller market: %s\n",
                   done_, wrong.c_str());
    }
    silent_ = true;
  }
  void CountMarket(const ProofCost& cost) {
    if (silent_) return;
    ++done_;
    const steady_clock::time_point now = steady_clock::now();
    if (now - said_ < kBetweenReports) return;
    said_ = now;
    std::fprintf(stderr, "%zu of %zu markets, %llu questions, no difference\n", done_, markets_,
                 static_cast<unsigned long long>(cost.questions));
  }
  void Print(const ProofCost& cost) const {
    const auto count = [](std::uint64_t number) { return static_cast<unsigned long long>(number); };
    std::printf(
        "%zu markets, %llu changes, %llu questions (%llu that nobody qualifies for), %llu pairs "
        "explained\n",
        done_, count(cost.changes), count(cost.questions), count(cost.without_answer),
        count(cost.explained));
    PrintCosts("people for a posting", cost.people);
    PrintCosts("people by points", cost.points);
    PrintCosts("postings for a person", cost.postings);
  }

 private:
  const std::size_t markets_;
  bool silent_ = false;
  std::size_t done_ = 0;
  steady_clock::time_point said_ = steady_clock::now();
};

TEST(MarketProof, EveryAnswerIsTheSlowRankingsInAnyMarketAfterAnyChanges) {
  const std::size_t markets = MarketsToProve();
  ProofCost cost;
  Report report(markets);
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = static_cast<int>(markets);
  const auto result = rc::detail::checkTestable(
      [&] {
        const MarketPlan plan = *AnyMarketPlan();
        const std::string wrong = CheckedMarket(plan, cost).Run();
        if (wrong.empty()) {
          report.CountMarket(cost);
        } else {
          report.Differs(wrong);  // what follows makes the market smaller
          RC_FAIL(wrong);
        }
      },
      rc::detail::TestMetadata{"MarketProof", "every answer is the slow ranking's"}, params);
  rc::detail::printResultMessage(result, std::cerr);
  std::cerr << std::endl;
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
  report.Print(cost);
  // A proof that asks what nobody qualifies for proves little.
  EXPECT_LT(cost.without_answer * 2, cost.questions);
  EXPECT_GE(cost.explained, cost.questions);
}

}  // namespace
}  // namespace noren::matching
