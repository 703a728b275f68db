// The pair path: only the people on the lists by (occupation, region) that the query names.
// Source:   docs/design/0002-the-index.md
// Threads:  one owner.
// Memory:   one bit per slot, and the lists' entries that pass; reused
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/matching/query/block_search.h"
#include "engine/matching/query/verifier.h"

namespace noren::matching {

class PairSearch {
 public:
  // Finds the query's lists: how many entries they have, or nullopt when the query has no lists or
  // too many. Once per query, before Run.
  std::optional<std::size_t> Prepare(const SeekerIndex::View& view, const CompiledQuery& query);
  Status Run(const SearchContext& context, PointsVerifier& verifier);

 private:
  void Gather(const SearchContext& context);
  void DropDoubles(const SeekerIndex::View& view);
  Status VerifyAll(const SearchContext& context, PointsVerifier& verifier);

  std::vector<PairView> lists_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint64_t> seen_;  // a bit per slot; all clear between queries
  std::size_t count_ = 0;
};

}  // namespace noren::matching
