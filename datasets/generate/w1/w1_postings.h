// The postings of workload W1. Posting i depends on i alone.
// Source:   docs/formats/w1.md (postings)
// Threads:  plain values; pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "datasets/generate/w1/w1_model.h"

namespace noren::w1 {

struct Posting {
  std::vector<std::uint16_t> occupations;  // ascending
  std::vector<std::uint16_t> regions;      // ascending
  std::vector<std::uint16_t> licences;
  std::vector<std::uint16_t> required_skills;
  std::vector<std::uint16_t> preferred_skills;
  std::vector<std::uint8_t> weights;  // beside preferred_skills: 1..10
  std::uint8_t employment_bits = 0;   // one type
  std::uint8_t wage = 0;              // offered
  std::uint8_t min_experience = 0;
  std::uint8_t min_education = 0;
  bool operator==(const Posting&) const = default;
};

std::vector<Posting> MakePostings(const Model& model, std::size_t count);

}  // namespace noren::w1
