// Workload W1 answered by looking at every person's columns: slow and obvious, the truth that every
// engine of a run is held against; itself held against the ranking's oracle.
// Source:   docs/formats/w1.md (queries)
// Threads:  const members concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "bench/macro/answer.h"
#include "datasets/generate/w1/w1_postings.h"
#include "datasets/generate/w1/w1_seekers.h"

namespace noren::bench {

class ColumnScan {
 public:
  // `seekers` must outlive the scan.
  explicit ColumnScan(const w1::Seekers& seekers) : seekers_(seekers) {}
  matching::SeekerRanking W1a(const w1::Posting& posting) const;
  matching::SeekerRanking W1b(const w1::Posting& posting) const;

 private:
  const w1::Seekers& seekers_;
};

}  // namespace noren::bench
