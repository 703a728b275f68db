// The engine one would write without a special index: inverted lists, Roaring bitmaps for the
// filters, a heap for the best. Exact.
// Source:   docs/formats/w1.md (queries); Roaring bitmaps (Lemire et al. 2016)
// Threads:  const members concurrently, with a workspace each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/baseline/w1_points.h"
#include "bench/macro/answer.h"
#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::bench {

// What one thread keeps between queries.
struct RoaringWorkspace {
  explicit RoaringWorkspace(std::size_t seekers_count) : scores(seekers_count) {}
  SkillWeights weights;
  std::vector<std::uint16_t> scores;  // by person, zero between queries
  std::vector<std::uint32_t> survivors;
};

class RoaringEngine {
 public:
  // `seekers` must outlive the engine: it is also the forward index.
  explicit RoaringEngine(const w1::Seekers& seekers);
  ~RoaringEngine();
  RoaringEngine(const RoaringEngine&) = delete;
  RoaringEngine& operator=(const RoaringEngine&) = delete;

  // Intersects bitmaps, scores what is left from the forward lists.
  Answer W1a(const w1::Posting& posting, RoaringWorkspace& workspace) const;
  // Term at a time into one score per person, then a scan with the filters.
  Answer W1b(const w1::Posting& posting, RoaringWorkspace& workspace) const;
  std::size_t memory_bytes() const;

 private:
  struct Lists;
  const w1::Seekers& seekers_;
  std::unique_ptr<Lists> lists_;
};

}  // namespace noren::bench
