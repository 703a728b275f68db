// The last word on a lane: whether it qualifies, and its score, exactly. Lanes wait in a short
// queue so that their cache lines are on the way while others are being looked at.
// Threads:  one owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/matching/index/block.h"
#include "engine/matching/index/terms.h"
#include "engine/matching/points_query.h"
#include "engine/matching/prepared.h"
#include "engine/matching/query/compiled_query.h"
#include "engine/matching/query/kernels/query_kernels.h"
#include "engine/matching/query/selection.h"

namespace noren::matching {

class PointsVerifier {
 public:
  // Everything outlives this. `row` is for rows to be read into.
  PointsVerifier(const PointsQuery& query, const CompiledQuery& compiled, const Terms& terms,
                 const QueryKernels& kernels, SeekerRow& row)
      : query_(query), compiled_(compiled), terms_(terms), kernels_(kernels), row_(row) {}

  // A lane in use that passed the filter; `units` without skills, as the kernels have them.
  void Push(const Block& block, std::size_t lane, std::uint32_t units, Selection& selection) {
    if (((block.wide() >> lane) & 1) != 0) return VerifyRow(block, lane, selection);
    block.PrefetchRecord(lane);
    PushNarrow(block, lane, units, selection);
  }
  // The same for a lane that is not wide and whose record is near.
  void PushNarrow(const Block& block, std::size_t lane, std::uint32_t units, Selection& selection) {
    if (compiled_.rows_decide) return VerifyRow(block, lane, selection);
    waiting_[waiting_count_++] = {&block, static_cast<std::uint32_t>(lane), units};
    if (waiting_count_ == kMostWaiting) Flush(selection);
  }
  void Flush(Selection& selection);
  // A lane in use of which nothing is known.
  void VerifyRow(const Block& block, std::size_t lane, Selection& selection);

  // How many of these lanes, which passed the filter, qualify.
  std::size_t CountEligible(const Block& block, std::uint64_t lanes);
  std::size_t verified_count() const { return verified_count_; }
  std::size_t eligible_count() const { return eligible_count_; }

 private:
  static constexpr std::size_t kMostWaiting = 32;
  struct Waiting {
    const Block* block;
    std::uint32_t lane;
    std::uint32_t units;
  };
  bool MeetsAmounts(const Block& block, std::size_t lane) const;
  std::int32_t UnitsOf(const Waiting& one) const;

  const PointsQuery& query_;
  const CompiledQuery& compiled_;
  const Terms& terms_;
  const QueryKernels& kernels_;
  SeekerRow& row_;
  std::array<Waiting, kMostWaiting> waiting_;
  std::size_t waiting_count_ = 0;
  std::size_t verified_count_ = 0;
  std::size_t eligible_count_ = 0;
};

class PostingVerifier {
 public:
  PostingVerifier(const PostingRow& posting, const CompiledQuery& compiled, const Terms& terms,
                  const QueryKernels&, SeekerRow& row)
      : prepared_(posting), compiled_(compiled), terms_(terms), row_(row) {}

  void Push(const Block& block, std::size_t lane, std::uint32_t, Selection& selection) {
    VerifyRow(block, lane, selection);
  }
  void Flush(Selection&) {}
  void VerifyRow(const Block& block, std::size_t lane, Selection& selection);
  std::size_t CountEligible(const Block& block, std::uint64_t lanes);
  std::size_t verified_count() const { return verified_count_; }
  std::size_t eligible_count() const { return eligible_count_; }

 private:
  PreparedPosting prepared_;
  const CompiledQuery& compiled_;
  const Terms& terms_;
  SeekerRow& row_;
  std::size_t verified_count_ = 0;
  std::size_t eligible_count_ = 0;
};

}  // namespace noren::matching
