// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_model.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace noren::w1 {
namespace {

constexpr std::uint32_t kPoolSkillsCount = 40;

std::vector<double> HarmonicWeights(std::uint32_t count) {
  std::vector<double> weights(count);
  for (std::uint32_t rank = 0; rank < count; ++rank) weights[rank] = 1.0 / (rank + 1);
  return weights;
}

std::vector<double> InverseRootWeights(std::uint32_t count) {
  std::vector<double> weights(count);
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    weights[rank] = 1.0 / std::sqrt(static_cast<double>(rank + 1));
  }
  return weights;
}

// rank^-0.75 by square roots alone, which IEEE 754 rounds the same way everywhere.
double PopularityOfRank(std::uint32_t rank) {
  const double root = std::sqrt(static_cast<double>(rank));
  return 1.0 / (root * std::sqrt(root));
}

template <typename T>
void Shuffle(std::vector<T>& list, Stream& stream) {
  for (std::size_t i = list.size() - 1; i > 0; --i) {
    std::swap(list[i], list[stream.Below(static_cast<std::uint32_t>(i + 1))]);
  }
}

// Weight of each id, when the order of popularity is a random one.
std::vector<double> ShuffledPopularity(std::uint32_t count, Stream& stream) {
  std::vector<std::uint32_t> by_rank(count);
  std::iota(by_rank.begin(), by_rank.end(), 0U);
  Shuffle(by_rank, stream);
  std::vector<double> weights(count);
  for (std::uint32_t i = 0; i < count; ++i) weights[by_rank[i]] = PopularityOfRank(i + 1);
  return weights;
}

// Distinct skills in the order they were added.
class SkillSet {
 public:
  std::size_t size() const { return skills_.size(); }
  void Add(std::uint32_t skill) {
    if (seen_[skill]) return;
    seen_[skill] = true;
    skills_.push_back(static_cast<std::uint16_t>(skill));
  }
  void AddAll(const std::vector<std::uint16_t>& skills) {
    for (const std::uint16_t skill : skills) Add(skill);
  }
  void FillTo(std::size_t count, const Cumulative& from, Stream& stream) {
    while (size() < count) Add(from.Draw(stream));
  }
  std::vector<std::uint16_t> Take() { return std::move(skills_); }

 private:
  std::vector<std::uint16_t> skills_;
  std::vector<bool> seen_ = std::vector<bool>(kSkillsCount);
};

std::vector<std::vector<std::uint16_t>> DrawPools(std::uint32_t count, const Cumulative& from,
                                                  Stream& stream) {
  std::vector<std::vector<std::uint16_t>> pools(count);
  for (auto& pool : pools) {
    SkillSet skills;
    skills.FillTo(kPoolSkillsCount, from, stream);
    pool = skills.Take();
  }
  return pools;
}

}  // namespace

Model::Model() : Model(Stream(kSeed)) {}

// The members are declared in the order in which the stream is drawn from.
Model::Model(Stream stream)
    : skills_(HarmonicWeights(kSkillsCount)),
      occupation_weights_(ShuffledPopularity(kOccupationsCount, stream)),
      occupations_(occupation_weights_),
      region_weights_(ShuffledPopularity(kRegionsCount, stream)),
      regions_(region_weights_),
      ranks_(HarmonicWeights(kOccupationSkillsCount)) {
  DrawSkillTables(stream);
}

void Model::DrawSkillTables(Stream& stream) {
  const Cumulative from(InverseRootWeights(kSkillsCount));
  const auto sub_major_pools = DrawPools(kSubMajorGroupsCount, from, stream);
  const auto minor_pools = DrawPools(kMinorGroupsCount, from, stream);
  skills_of_.reserve(kOccupationsCount);
  for (std::uint32_t occupation = 0; occupation < kOccupationsCount; ++occupation) {
    SkillSet skills;
    skills.AddAll(sub_major_pools[SubMajorOf(occupation)]);
    skills.AddAll(minor_pools[MinorOf(occupation)]);
    skills.FillTo(kOccupationSkillsCount, from, stream);
    skills_of_.push_back(skills.Take());
    Shuffle(skills_of_.back(), stream);
  }
}

std::uint32_t Model::DrawAdvertisedOccupation(Stream& stream) const {
  const std::uint32_t first = occupations_.Draw(stream);
  const std::uint32_t second = occupations_.Draw(stream);
  return occupation_weights_[second] > occupation_weights_[first] ? second : first;
}

std::uint32_t Model::DrawAdvertisedRegion(Stream& stream) const {
  const std::uint32_t first = regions_.Draw(stream);
  const std::uint32_t second = regions_.Draw(stream);
  return region_weights_[second] > region_weights_[first] ? second : first;
}

std::uint32_t Model::TypicalLicence(std::uint32_t occupation, std::uint32_t which) {
  return static_cast<std::uint32_t>(StreamSeed(occupation + 1, which + 77) % kLicencesCount);
}

}  // namespace noren::w1
