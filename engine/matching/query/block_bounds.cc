// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/block_bounds.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/matching/query/kernels/person_units.h"

namespace noren::matching {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kLineWords = kLine / sizeof(std::uint16_t);
constexpr std::uint8_t kAnyLevel = 0xFF;

void AddSparse(const BoundChunk& chunk, BoundTerm term, std::uint8_t most_counted,
               std::uint16_t* sums) {
  const std::span<const std::uint16_t> blocks = chunk.blocks();
  const std::uint8_t* most = chunk.most().data();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::uint32_t added = std::uint32_t{term.units} * std::min(most[i], most_counted);
    std::uint16_t& sum = sums[blocks[i]];
    sum = static_cast<std::uint16_t>(std::min(sum + added, kMostUnits));
  }
}

// Which blocks of a segment have any of some terms.
using Presence = std::array<std::uint8_t, kSegmentBlocks>;

void AddPresence(const BoundChunk& chunk, Presence& there) {
  if (const std::uint8_t* dense = chunk.dense(); dense != nullptr) {
    for (std::size_t b = 0; b < kSegmentBlocks; ++b)
      there[b] = static_cast<std::uint8_t>(there[b] | dense[b]);
    return;
  }
  const std::span<const std::uint8_t> most = chunk.most();
  std::size_t i = 0;
  for (const std::uint16_t block : chunk.blocks())
    there[block] = static_cast<std::uint8_t>(there[block] | most[i++]);
}

}  // namespace

void BlockBounds::Words::Reserve(std::size_t count) {
  if (memory.size() >= count + kLineWords) return;
  memory.assign(count + count / 4 + kLineWords, 0);
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  words = memory.data() + (kLine - address % kLine) % kLine / sizeof(std::uint16_t);
}

// Skill terms first, then the others.
void BlockBounds::FindChunks(const SeekerIndex::View& view, std::uint32_t segment,
                             const CompiledQuery& query) {
  if (segment >= view.segment_count()) return;
  Chunks& chunks = chunks_[segment % kInFlight];
  chunks.clear();
  for (const std::vector<BoundTerm>* terms : {&query.skill_terms, &query.other_terms}) {
    for (const BoundTerm& term : *terms) {
      chunks.push_back(view.bounds(segment, term.term));
      __builtin_prefetch(chunks.back());
    }
  }
}

void BlockBounds::AddTerms(std::span<const BoundTerm> terms,
                           std::span<const BoundChunk* const> chunks, std::uint8_t most_counted,
                           const QueryKernels& kernels, std::uint16_t* sums) {
  dense_.clear();
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (chunks[i] == nullptr) continue;
    const std::uint8_t* dense = chunks[i]->dense();
    if (dense != nullptr) dense_.push_back({dense, terms[i].units, most_counted});
  }
  if (!dense_.empty()) kernels.add_dense(dense_, sums);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (chunks[i] != nullptr && chunks[i]->dense() == nullptr)
      AddSparse(*chunks[i], terms[i], most_counted, sums);
  }
}

void BlockBounds::RuleOut(const SeekerIndex::View& view, std::uint32_t segment,
                          const CompiledQuery& query, std::uint16_t* sums) {
  for (const std::vector<TermId>& any : query.any_of) {
    Presence there{};
    for (const TermId term : any) {
      const BoundChunk* chunk = view.bounds(segment, term);
      if (chunk != nullptr) AddPresence(*chunk, there);
    }
    for (std::size_t b = 0; b < kSegmentBlocks; ++b) {
      if (there[b] == 0) sums[b] = 0;
    }
  }
}

// What the people of a block weigh is not among its bounds: all of their side, unless nobody weighs
// anything.
void BlockBounds::AddPersonSide(const SeekerIndex::View& view) {
  constexpr std::uint32_t kAhead = 16;
  for (std::uint32_t b = 0; b < size_; ++b) {
    if (b + kAhead < size_) __builtin_prefetch(&view.block(b + kAhead));
    if (total_.words[b] == 0) continue;
    const Block& block = view.block(b);
    // What a row that is kept whole weighs is in no column.
    const bool weighed = block.shape().weights || block.wide() != 0;
    const std::uint32_t side = weighed ? kSideUnits : kNothingAskedUnits;
    total_.words[b] = static_cast<std::uint16_t>(std::min(total_.words[b] + side, kMostUnits));
  }
}

void BlockBounds::ComputeSegment(const CompiledQuery& query, std::uint32_t segment,
                                 const QueryKernels& kernels) {
  std::uint16_t* skills = skills_.words + segment * kSegmentBlocks;
  std::uint16_t* total = total_.words + segment * kSegmentBlocks;
  const std::span<const BoundChunk* const> chunks = chunks_[segment % kInFlight];
  std::memset(skills, 0, kSegmentBlocks * sizeof(*skills));
  AddTerms(query.skill_terms, chunks.first(query.skill_terms.size()), kAnyLevel, kernels, skills);
  if (query.skills.scaled) {
    for (std::size_t b = 0; b < kSegmentBlocks; ++b) {
      skills[b] = static_cast<std::uint16_t>(
          std::max<std::uint32_t>(query.skills.Scaled(skills[b]), query.skills.if_none));
    }
  }
  const auto constant = static_cast<std::uint16_t>(std::min(query.block_constant + 1U, kMostUnits));
  const auto room = static_cast<std::uint16_t>(kMostUnits - constant);
  for (std::size_t b = 0; b < kSegmentBlocks; ++b)
    total[b] = static_cast<std::uint16_t>(std::min(skills[b], room) + constant);
  AddTerms(query.other_terms, chunks.subspan(query.skill_terms.size()), 1, kernels, total);
}

void BlockBounds::Compute(const SeekerIndex::View& view, const CompiledQuery& query,
                          const QueryKernels& kernels) {
  size_ = view.block_count();
  const std::size_t padded = std::size_t{view.segment_count()} * kSegmentBlocks;
  skills_.Reserve(padded);
  total_.Reserve(padded);
  for (std::uint32_t s = 0; s + 1 < kInFlight; ++s) FindChunks(view, s, query);
  for (std::uint32_t s = 0; s < view.segment_count(); ++s) {
    FindChunks(view, s + kInFlight - 1, query);
    ComputeSegment(query, s, kernels);
    RuleOut(view, s, query, total_.words + s * kSegmentBlocks);
  }
  if (query.two_sided) AddPersonSide(view);
  std::fill(total_.words + size_, total_.words + padded, std::uint16_t{0});
  common_ = query.block_constant + 1U + (query.two_sided ? kNothingAskedUnits : 0U);
  most_ = 0;
  for (std::size_t s = 0; s < padded; s += kSegmentBlocks) {
    std::uint16_t most = 0;
    for (std::size_t b = 0; b < kSegmentBlocks; ++b) most = std::max(most, total_.words[s + b]);
    most_ = std::max<std::uint32_t>(most_, most);
  }
}

}  // namespace noren::matching
