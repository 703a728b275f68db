// The people of workload W1, as columns. Person i depends on i alone: fewer people are the first of
// more people.
// Source:   docs/formats/w1.md (seekers)
// Threads:  plain values; const members concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/generate/w1/w1_model.h"

namespace noren::w1 {

inline constexpr std::size_t kMaxSeekerSkills = 25;
inline constexpr std::size_t kMaxSeekerOccupations = 3;
inline constexpr std::size_t kMaxSeekerRegions = 5;
inline constexpr std::size_t kMaxSeekerLicences = 4;

// Lists of ids, one per person, one after another.
struct ListColumn {
  std::vector<std::uint32_t> begins = {0};  // and the end of the last
  std::vector<std::uint16_t> ids;
  std::span<const std::uint16_t> Of(std::size_t index) const {
    return std::span(ids).subspan(begins[index], begins[index + 1] - begins[index]);
  }
};

struct Seekers {
  ListColumn skills;                 // ascending, as are all lists
  std::vector<std::uint8_t> levels;  // beside skills.ids: 1..5
  ListColumn occupations;
  ListColumn regions;
  ListColumn licences;
  std::vector<std::uint8_t> employment_bits;  // 4 types
  std::vector<std::uint8_t> wages;            // floor, 0..63
  std::vector<std::uint8_t> experiences;      // 0..40
  std::vector<std::uint8_t> educations;       // 0..6

  std::size_t size() const { return wages.size(); }
  std::span<const std::uint8_t> LevelsOf(std::size_t index) const {
    return std::span(levels).subspan(skills.begins[index],
                                     skills.begins[index + 1] - skills.begins[index]);
  }
};

Seekers MakeSeekers(const Model& model, std::size_t count);

}  // namespace noren::w1
