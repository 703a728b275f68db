// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/kernels/lane_program.h"

#include <algorithm>

namespace noren::matching {

void LaneProgram::Clear() {
  filter.wage_at_most = 0xFF;
  filter.employment_any = filter.experience_at_least = filter.education_at_least = 0;
  filter.by_occupation = filter.by_region = false;
  filter.occupations = filter.regions = PathTest();
  filter.licences_all.clear();
  constant = 0;
  occupations.clear();
  regions.clear();
  licences.clear();
  experience = education = ByteTest();
  patterns.clear();
}

void SkillProgram::Clear() {
  for (const Weighted& one : list) by_hash[one.hash] = 0;
  list.clear();
  scaled = false;
  if_none = 0;
}

void SkillProgram::Put(std::uint8_t hash, std::uint8_t weight) {
  if (weight == 0 || weight <= by_hash[hash]) return;
  if (by_hash[hash] == 0) {
    list.push_back({hash, weight});
  } else {
    std::ranges::find(list, hash, &Weighted::hash)->weight = weight;
  }
  by_hash[hash] = weight;
}

void RecordProgram::Clear() {
  for (const std::uint16_t number : numbers) weight_of[number] = 0;
  numbers.clear();
  required.clear();
  hashed = false;
}

bool RecordProgram::Add(std::uint16_t number, std::uint8_t weight) {
  if (weight == 0) return true;
  if (number >= weight_of.size()) weight_of.resize(number + std::size_t{1});
  const unsigned sum = unsigned{weight_of[number]} + weight;
  if (sum > 0xFF) return false;
  if (weight_of[number] == 0) numbers.push_back(number);
  weight_of[number] = static_cast<std::uint8_t>(sum);
  return true;
}

void RecordProgram::FindHash() {
  constexpr std::size_t kMostNumbers = 24;
  constexpr int kTries = 64;
  hashed = false;
  if (numbers.size() > kMostNumbers) return;
  std::uint16_t candidate = 0x9E37;
  for (int i = 0; i < kTries && !hashed; ++i) {
    candidate = static_cast<std::uint16_t>(candidate * 0x6255U + 0x3619U);
    multiplier = static_cast<std::uint16_t>(candidate | 1U);
    std::uint64_t taken = 0;
    hashed = std::ranges::all_of(numbers, [&](std::uint16_t number) {
      const std::uint64_t bit = std::uint64_t{1} << PlaceOf(number, multiplier);
      const bool is_free = (taken & bit) == 0;
      taken |= bit;
      return is_free;
    });
  }
  if (!hashed) return;
  hash_numbers.fill(0);  // no skill has number 0
  hash_weights.fill(0);
  for (const std::uint16_t number : numbers) {
    hash_numbers[PlaceOf(number, multiplier)] = number;
    hash_weights[PlaceOf(number, multiplier)] = weight_of[number];
  }
}

}  // namespace noren::matching
