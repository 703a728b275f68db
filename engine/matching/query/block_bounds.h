// How much the best lane of each block can have, from the bounds of the query's terms.
// Threads:  one owner.
// Memory:   two words per block, reused from query to query
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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
  // Over all blocks; and what every block has of it where somebody can qualify.
  std::uint32_t most() const { return most_; }
  std::uint32_t common() const { return common_; }

 private:
  struct Words {  // 64-byte aligned
    std::vector<std::uint16_t> memory;
    std::uint16_t* words = nullptr;
    void Reserve(std::size_t count);
  };
  using Chunks = std::vector<const BoundChunk*>;  // of one segment, by term of the query
  void FindChunks(const SeekerIndex::View& view, std::uint32_t segment, const CompiledQuery& query);
  void AddTerms(std::span<const BoundTerm> terms, std::span<const BoundChunk* const> chunks,
                std::uint8_t most_counted, const QueryKernels& kernels, std::uint16_t* sums);
  void ComputeSegment(const CompiledQuery& query, std::uint32_t segment,
                      const QueryKernels& kernels);
  void AddPersonSide(const SeekerIndex::View& view);
  void RuleOut(const SeekerIndex::View& view, std::uint32_t segment, const CompiledQuery& query,
               std::uint16_t* sums);

  Words skills_;
  Words total_;
  std::size_t size_ = 0;
  std::uint32_t most_ = 0;
  std::uint32_t common_ = 0;
  static constexpr std::size_t kInFlight = 4;  // segments
  std::array<Chunks, kInFlight> chunks_;       // by segment
  std::vector<DenseTerm> dense_;
};

}  // namespace noren::matching
