// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/block.h"

#include <algorithm>
#include <cstring>

#include "engine/matching/index/block_memory.h"

namespace noren::matching {
namespace {

std::uint32_t RoundUpToLine(std::size_t size) {
  return static_cast<std::uint32_t>((size + 63) / 64 * 64);
}

}  // namespace

Block::Block(BlockShape shape) : shape_(shape) {
  std::size_t at = kColumns + 4 * kLanes;
  const auto place = [&at](std::uint32_t& offset, std::size_t size) {
    offset = static_cast<std::uint32_t>(at);
    at += size;
  };
  place(occupations_, shape.occupations * 3 * kLanes);
  place(regions_, shape.regions * 2 * kLanes);
  place(licences_, shape.licences * 2 * kLanes);
  place(languages_, shape.languages * 2 * kLanes);
  place(slots_, shape.skills / 2 * kSlotPairBytes);
  place(amounts_, shape.amounts ? kLanes * 10 : 0);
  place(days_, shape.days ? kLanes * 8 : 0);
  place(weights_, shape.weights ? kLanes * kPersonWeights : 0);
  size_bytes_ = RoundUpToLine(at);
}

std::unique_ptr<Block> Block::Make(BlockShape shape) {
  static_assert(sizeof(Block) <= kFixed);
  const Block probe(shape);
  void* memory = AllocateBlockMemory(probe.size_bytes_);
  std::memset(memory, 0, probe.size_bytes_);
  std::unique_ptr<Block> block(new (memory) Block(shape));
  if (shape.days) {
    std::int32_t* days = block->Mutable(block->available_day());
    std::fill_n(days, 2 * kLanes, kNoDay);
  }
  return block;
}

void Block::operator delete(Block* block, std::destroying_delete_t) {
  const std::size_t size = block->size_bytes_;
  block->~Block();
  FreeBlockMemory(block, size);
}

std::unique_ptr<Block> Block::CopyWith(BlockShape shape) const {
  std::unique_ptr<Block> copy = Make(shape);
  copy->live_ = live_;
  copy->wide_ = wide_;
  copy->wide_rows_ = wide_rows_;
  const auto bring = [&](std::uint32_t Block::*section, std::size_t size) {
    std::memcpy(copy->Mutable(copy->At(*copy.*section)), At(this->*section), size);
  };
  std::memcpy(copy->Mutable(copy->At(kFixed)), At(kFixed), kColumns + 4 * kLanes - kFixed);
  bring(&Block::occupations_, shape_.occupations * 3 * kLanes);
  bring(&Block::regions_, shape_.regions * 2 * kLanes);
  bring(&Block::licences_, shape_.licences * 2 * kLanes);
  bring(&Block::languages_, shape_.languages * 2 * kLanes);
  bring(&Block::slots_, shape_.skills / 2 * kSlotPairBytes);
  if (shape_.days) bring(&Block::days_, 8 * kLanes);
  if (shape_.weights) bring(&Block::weights_, kPersonWeights * kLanes);
  if (shape_.amounts) {
    bring(&Block::amounts_, 10 * kLanes);
  } else if (shape.amounts) {
    copy->FillAmountsFromCoarse();
  }
  return copy;
}

// Without exact columns every amount is below 64 and in won.
void Block::FillAmountsFromCoarse() {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (wage()[lane] != 0) {
      *Mutable(exact_wage() + lane) = PackWage({wage()[lane] - 1, model::Currency::kKrw});
    }
    *Mutable(exact_experience() + lane) = experience()[lane];
  }
}

const SeekerRow& Block::WideRowOf(std::size_t lane) const {
  return *std::ranges::find(wide_rows_, lane, &WideRow::lane)->row;
}

void Block::SetLive(std::size_t lane, bool live) {
  const std::uint64_t bit = std::uint64_t{1} << lane;
  live_ = live ? live_ | bit : live_ & ~bit;
  MutableSkills(lane).live = live ? 1 : 0;
}

void Block::SetWide(std::size_t lane, const SeekerRow* row) {
  const std::uint64_t bit = std::uint64_t{1} << lane;
  std::erase_if(wide_rows_, [lane](const WideRow& one) { return one.lane == lane; });
  wide_ = row != nullptr ? wide_ | bit : wide_ & ~bit;
  if (row == nullptr) return;
  wide_rows_.push_back(
      {static_cast<std::uint8_t>(lane), std::make_shared<const SeekerRow>(*row)});
}

}  // namespace noren::matching
