// The dense vectors of workload W1: unit vectors of 128 floats around the centre of the first
// occupation listed. Noisy on purpose, so that no graph finds them easily.
// Source:   docs/formats/w1.md (vectors)
// Threads:  const after construction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::w1 {

inline constexpr std::size_t kDimensions = 128;
using Vector = std::span<float, kDimensions>;

class Embeddings {
 public:
  Embeddings();
  // The vector of seeker `index`, whose first occupation is given.
  void OfSeeker(std::size_t index, std::uint32_t occupation, Vector out) const;
  void OfPosting(std::size_t index, std::uint32_t occupation, Vector out) const;

 private:
  void Draw(std::uint64_t seed, std::uint32_t occupation, Vector out) const;
  std::vector<float> centres_;  // occupations x kDimensions
};

// rows x kDimensions, row-major.
std::vector<float> SeekerVectors(const Embeddings& embeddings, const Seekers& seekers);
std::vector<float> PostingVectors(const Embeddings& embeddings,
                                  const std::vector<Posting>& postings);

}  // namespace noren::w1
