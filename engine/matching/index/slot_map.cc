// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/slot_map.h"

namespace noren::matching {
namespace {

constexpr std::size_t kFirstTable = 1024;

}  // namespace

SlotMap::SlotMap() : table_(new Table(kFirstTable)) {}
SlotMap::~SlotMap() { delete table_.load(); }

void SlotMap::Put(Table& table, SeekerRowId id, std::uint32_t slot) {
  std::size_t i = Mix(id.value) & table.mask;
  while (table.cells[i].load() < kErased) i = (i + 1) & table.mask;
  table.cells[i].store(slot);
}

std::atomic<std::uint32_t>& SlotMap::CellOf(SeekerRowId id, std::uint32_t slot) {
  Table& table = *table_.load();
  std::size_t i = Mix(id.value) & table.mask;
  while (table.cells[i].load() != slot) i = (i + 1) & table.mask;
  return table.cells[i];
}

void SlotMap::Reserve(std::size_t count, Epochs& epochs) {
  std::size_t size = mask() + 1;
  while (count * 5 > size * 4) size *= 2;
  if (used_ == 0 && size != mask() + 1) Publish(std::make_unique<Table>(size), epochs);
}

void SlotMap::Move(SeekerRowId id, std::uint32_t from, std::uint32_t to) {
  CellOf(id, from).store(to);
}

void SlotMap::Erase(SeekerRowId id, std::uint32_t slot) { CellOf(id, slot).store(kErased); }

void SlotMap::Publish(std::unique_ptr<Table> table, Epochs& epochs) {
  epochs.Retire(std::unique_ptr<Table>(table_.exchange(table.release())));
}

std::size_t SlotMap::memory_bytes() const { return (mask() + 1) * sizeof(std::uint32_t); }

}  // namespace noren::matching
