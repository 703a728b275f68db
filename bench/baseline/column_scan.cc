// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/column_scan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "bench/baseline/w1_points.h"
#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {
namespace {

using w1::Posting;
using w1::Seekers;

std::uint64_t NoTie() { return 0; }

// Sets of codes as tables, so that each person costs one look per code.
template <std::size_t kCodes>
class CodeSet {
 public:
  explicit CodeSet(const std::vector<std::uint16_t>& codes) {
    for (const std::uint16_t code : codes) has_[code] = true;
  }
  bool Has(std::uint32_t code) const { return has_[code]; }
  bool HasAny(std::span<const std::uint16_t> codes) const {
    return std::ranges::any_of(codes, [this](std::uint16_t code) { return has_[code]; });
  }

 private:
  std::array<bool, kCodes> has_{};
};

bool HoldsAll(std::span<const std::uint16_t> held, const std::vector<std::uint16_t>& asked) {
  return std::ranges::all_of(
      asked, [held](std::uint16_t code) { return std::ranges::binary_search(held, code); });
}

bool PersonAccepts(const Seekers& seekers, std::size_t i, const Posting& posting) {
  return (seekers.employment_bits[i] & posting.employment_bits) != 0 &&
         seekers.wages[i] <= posting.wage;
}

// Groups repeat among a person's occupations, but count once.
std::int32_t HierarchyPoints(std::span<const std::uint16_t> wished, const Posting& posting) {
  std::int32_t sum = 0;
  for (const std::uint16_t occupation : posting.occupations) {
    if (std::ranges::find(wished, occupation) != wished.end()) sum += kOccupationPoints;
  }
  const auto count_groups = [&](std::uint32_t (*group_of)(std::uint32_t), std::int32_t points) {
    for (const std::uint16_t group : DistinctGroups(posting.occupations, group_of)) {
      if (std::ranges::any_of(wished, [&](std::uint16_t o) { return group_of(o) == group; })) {
        sum += points;
      }
    }
  };
  count_groups(w1::MinorOf, kMinorGroupPoints);
  count_groups(w1::SubMajorOf, kSubMajorGroupPoints);
  return sum;
}

std::int32_t CountIn(std::span<const std::uint16_t> held, const std::vector<std::uint16_t>& asked) {
  return static_cast<std::int32_t>(std::ranges::count_if(
      asked, [held](std::uint16_t code) { return std::ranges::binary_search(held, code); }));
}

}  // namespace

matching::SeekerRanking ColumnScan::W1a(const Posting& posting) const {
  const CodeSet<w1::kOccupationsCount> occupations(posting.occupations);
  const CodeSet<w1::kRegionsCount> regions(posting.regions);
  const auto weights = std::make_unique<SkillWeights>();
  weights->Set(posting, false);
  matching::SeekerRanking ranking;
  matching::BestK<matching::SeekerRowId> best(kTopK);
  for (std::size_t i = 0; i < seekers_.size(); ++i) {
    if (!PersonAccepts(seekers_, i, posting) || seekers_.experiences[i] < posting.min_experience ||
        seekers_.educations[i] < posting.min_education ||
        !occupations.HasAny(seekers_.occupations.Of(i)) ||
        !regions.HasAny(seekers_.regions.Of(i)) ||
        !HoldsAll(seekers_.licences.Of(i), posting.licences) ||
        !HoldsAll(seekers_.skills.Of(i), posting.required_skills)) {
      continue;
    }
    ++ranking.eligible_count;
    best.Offer(w1::RowIdOf(i), weights->ScoreOf(seekers_, i), NoTie);
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

matching::SeekerRanking ColumnScan::W1b(const Posting& posting) const {
  const auto weights = std::make_unique<SkillWeights>();
  weights->Set(posting, true);
  matching::SeekerRanking ranking;
  matching::BestK<matching::SeekerRowId> best(kTopK);
  for (std::size_t i = 0; i < seekers_.size(); ++i) {
    if (!PersonAccepts(seekers_, i, posting)) continue;
    const std::int32_t score = weights->ScoreOf(seekers_, i) +
                               ThresholdPointsOf(seekers_, i, posting) +
                               HierarchyPoints(seekers_.occupations.Of(i), posting) +
                               kRegionPoints * CountIn(seekers_.regions.Of(i), posting.regions) +
                               kLicencePoints * CountIn(seekers_.licences.Of(i), posting.licences);
    ++ranking.eligible_count;
    best.Offer(w1::RowIdOf(i), score, NoTie);
  }
  ranking.best = best.TakeSorted();
  return ranking;
}

}  // namespace noren::bench
