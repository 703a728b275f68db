// How much the best lane of each block can have, from the bounds of the query's terms.
// Threads:  one owner.
// Memory:   two words per block, reused from query to query
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/index/seeker_index.h"
#include "engine/matching/query/compiled_query.h"
#include "engine/matching/query/kernels/query_kernels.h"

namespace noren::matching {

class BlockBounds {
 public:
  void Compute(const SeekerIndex::View& view, const CompiledQuery& query,
               const QueryKernels& kernels);

  // 0: nobody of the block can qualify; else one more than the units, 65,535 meaning "at least".
  std::span<const std::uint16_t> plus_one() const { return {total_.words, size_}; }
  std::uint32_t skill_units(std::uint32_t block) const { return skills_.words[block]; }
  // Over the blocks where somebody can qualify; 1 and 0 when there are none.
  std::uint32_t least() const { return least_; }
  std::uint32_t most() const { return most_; }

 private:
  struct Words {  // 64-byte aligned
    std::vector<std::uint16_t> memory;
    std::uint16_t* words = nullptr;
    void Reserve(std::size_t count);
  };
  void AddTerms(const SeekerIndex::View& view, std::uint32_t segment,
                std::span<const BoundTerm> terms, std::uint8_t most_counted,
                const QueryKernels& kernels, std::uint16_t* sums);
  void AddPersonSide(const SeekerIndex::View& view);
  void RuleOut(const SeekerIndex::View& view, std::uint32_t segment, const CompiledQuery& query,
               std::uint16_t* sums);

  Words skills_;
  Words total_;
  std::size_t size_ = 0;
  std::uint32_t least_ = 1;
  std::uint32_t most_ = 0;
  std::vector<const BoundChunk*> chunks_;
  std::vector<DenseTerm> dense_;
};

}  // namespace noren::matching
