// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/bounds.h"

#include <algorithm>
#include <cstring>

namespace noren::matching {
namespace {

// Three bytes an entry sparse, one byte a block dense; dense is also the faster one to read.
constexpr std::size_t kDenseFrom = kSegmentBlocks / 4;

}  // namespace

std::unique_ptr<BoundChunk> BoundChunk::Allocate(bool dense, std::size_t count) {
  const std::size_t size = dense ? kDenseOffset + kSegmentBlocks : kSparseOffset + 3 * count;
  static_assert(kDenseOffset % __STDCPP_DEFAULT_NEW_ALIGNMENT__ == 0);
  void* memory = ::operator new(size);
  return std::unique_ptr<BoundChunk>(
      new (memory) BoundChunk(dense, static_cast<std::uint16_t>(count)));
}

std::unique_ptr<BoundChunk> BoundChunk::Make(std::span<const std::uint16_t> blocks,
                                             std::span<const std::uint8_t> most) {
  const bool dense = blocks.size() >= kDenseFrom;
  std::unique_ptr<BoundChunk> chunk = Allocate(dense, blocks.size());
  if (dense) {
    std::uint8_t* bytes = chunk->Payload(kDenseOffset);
    std::memset(bytes, 0, kSegmentBlocks);
    for (std::size_t i = 0; i < blocks.size(); ++i) bytes[blocks[i]] = most[i];
  } else if (!blocks.empty()) {
    std::memcpy(chunk->Payload(kSparseOffset), blocks.data(), blocks.size_bytes());
    std::memcpy(chunk->Payload(kSparseOffset + 2 * blocks.size()), most.data(), most.size());
  }
  return chunk;
}

// A dense chunk stays dense: terms that many blocks have seldom become rare.
std::unique_ptr<BoundChunk> BoundChunk::DenseWith(std::uint16_t block, std::uint8_t most) const {
  std::unique_ptr<BoundChunk> chunk = Allocate(true, count_);
  std::memcpy(chunk->Payload(kDenseOffset), dense(), kSegmentBlocks);
  chunk->Payload(kDenseOffset)[block] = most;
  return chunk;
}

std::uint8_t BoundChunk::MostIn(std::uint16_t block) const {
  if (dense_) return dense()[block];
  const auto found = std::ranges::lower_bound(blocks(), block);
  if (found == blocks().end() || *found != block) return 0;
  return most()[static_cast<std::size_t>(found - blocks().begin())];
}

std::size_t BoundChunk::memory_bytes() const {
  const std::size_t size = dense_ ? kDenseOffset + kSegmentBlocks : kSparseOffset + 3u * count_;
  return (size + 15) / 16 * 16 + 16;  // with the allocator's own
}

SegmentBounds::~SegmentBounds() {
  for (auto& cell : pages_) {
    const std::unique_ptr<Page> page(cell.load());
    if (page == nullptr) continue;
    for (auto& chunk : page->chunks) delete chunk.load();
  }
}

std::atomic<const BoundChunk*>& SegmentBounds::CellOf(TermId term) {
  std::atomic<Page*>& page = pages_[term / kPageTerms];
  if (page.load() == nullptr) page.store(new Page);
  return page.load()->chunks[term % kPageTerms];
}

void SegmentBounds::Put(TermId term, std::unique_ptr<BoundChunk> chunk) {
  CellOf(term).store(chunk.release());
}

void SegmentBounds::Raise(TermId term, std::uint16_t block, std::uint8_t most, Epochs& epochs) {
  const BoundChunk* now = Find(term);
  if (now == nullptr || now->MostIn(block) < most) Set(term, block, most, epochs);
}

void SegmentBounds::Set(TermId term, std::uint16_t block, std::uint8_t most, Epochs& epochs) {
  std::vector<std::uint16_t> blocks;
  std::vector<std::uint8_t> mosts;
  const auto add = [&](std::uint16_t b, std::uint8_t m) {
    if (m == 0) return;
    blocks.push_back(b);
    mosts.push_back(m);
  };
  bool done = false;
  const auto visit = [&](std::uint16_t b, std::uint8_t m) {
    if (!done && b >= block) {
      add(block, most);
      done = true;
    }
    if (b != block) add(b, m);
  };
  std::atomic<const BoundChunk*>& cell = CellOf(term);
  const BoundChunk* now = cell.load();
  if (now != nullptr && now->dense() != nullptr) {
    cell.store(now->DenseWith(block, most).release());
    epochs.Retire(std::unique_ptr<const BoundChunk>(now));
    return;
  }
  if (now != nullptr) {
    for (std::size_t i = 0; i < now->blocks().size(); ++i) visit(now->blocks()[i], now->most()[i]);
  }
  if (!done) add(block, most);
  cell.store(blocks.empty() ? nullptr : BoundChunk::Make(blocks, mosts).release());
  if (now != nullptr) epochs.Retire(std::unique_ptr<const BoundChunk>(now));
}

std::size_t SegmentBounds::memory_bytes() const {
  std::size_t bytes = sizeof(*this);
  for (const auto& cell : pages_) {
    const Page* page = cell.load();
    if (page == nullptr) continue;
    bytes += sizeof(Page);
    for (const auto& chunk : page->chunks) {
      if (const BoundChunk* one = chunk.load(); one != nullptr) bytes += one->memory_bytes();
    }
  }
  return bytes;
}

}  // namespace noren::matching
