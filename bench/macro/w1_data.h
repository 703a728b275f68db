// Workload W1 in memory, with the fingerprints of what is measured on, and the answers that every
// engine is held against.
// Source:   docs/formats/w1.md
// Threads:  const after construction.
// Errors:   kDataLoss: a full workload whose fingerprints are not those of the recipe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/baseline/dense_answer.h"
#include "bench/macro/answer.h"
#include "crypto/base/status.h"
#include "datasets/generate/w1/w1_embeddings.h"
#include "datasets/generate/w1/w1_filters.h"
#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::bench {

struct W1Data {
  w1::Seekers seekers;
  std::vector<w1::Posting> postings;
  std::vector<float> seeker_vectors;  // seekers x kDimensions; empty when not asked for
  std::vector<float> posting_vectors;
  std::vector<std::vector<std::uint64_t>> filters;
  std::string seekers_fingerprint;
  std::string postings_fingerprint;

  std::span<const float> VectorOf(std::size_t posting) const {
    return std::span(posting_vectors).subspan(posting * w1::kDimensions, w1::kDimensions);
  }
  const std::vector<std::uint64_t>& FilterOf(std::size_t posting) const {
    return filters[posting % filters.size()];
  }
};

enum class Vectors : std::uint8_t { kNone, kMade };
StatusOr<W1Data> MakeW1Data(std::size_t seekers_count, std::size_t postings_count, Vectors vectors);

// Writes seekers.bin and postings.bin into `folder`.
Status WriteW1Files(const W1Data& data, const std::string& folder);

}  // namespace noren::bench
