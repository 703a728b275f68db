// Where a row id is: an open-addressing table of slots only (the id is read from the block), five
// to ten bytes a person.
// Threads:  one writer; readers through a pin, by an atomically replaced table
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "engine/matching/index/epochs.h"
#include "engine/matching/rows.h"

namespace noren::matching {

class SlotMap {
 public:
  SlotMap();
  ~SlotMap();
  SlotMap(const SlotMap&) = delete;
  SlotMap& operator=(const SlotMap&) = delete;

  // `is(slot)`: whether the slot holds the id that is looked for.
  template <typename Is>
  std::optional<std::uint32_t> Find(SeekerRowId id, Is is) const {
    const Table& table = *table_.load();
    for (std::size_t i = Mix(id.value) & table.mask;; i = (i + 1) & table.mask) {
      const std::uint32_t cell = table.cells[i].load();
      if (cell == kEmpty) return std::nullopt;
      if (cell != kErased && is(cell)) return cell;
    }
  }

  // --- writer ---
  void Reserve(std::size_t count, Epochs& epochs);
  // `id_of(slot)` gives the id at a slot; used when the table grows. The id is not in the map.
  template <typename IdOf>
  void Insert(SeekerRowId id, std::uint32_t slot, IdOf id_of, Epochs& epochs) {
    if ((used_ + 1) * 5 > (mask() + 1) * 4) Grow(id_of, epochs);
    Put(*table_.load(), id, slot);
    ++used_;
  }
  // Points an id that is in the map at another slot.
  void Move(SeekerRowId id, std::uint32_t from, std::uint32_t to);
  void Erase(SeekerRowId id, std::uint32_t slot);
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFF;
  static constexpr std::uint32_t kErased = 0xFFFFFFFE;
  struct Table {
    explicit Table(std::size_t size)
        : mask(size - 1), cells(std::make_unique<std::atomic<std::uint32_t>[]>(size)) {
      for (std::size_t i = 0; i < size; ++i) cells[i].store(kEmpty, std::memory_order_relaxed);
    }
    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint32_t>[]> cells;
  };
  static std::size_t Mix(std::uint64_t value) {
    value ^= value >> 32;
    value *= 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(value ^ value >> 29);
  }
  static void Put(Table& table, SeekerRowId id, std::uint32_t slot);
  std::atomic<std::uint32_t>& CellOf(SeekerRowId id, std::uint32_t slot);
  std::size_t mask() const { return table_.load()->mask; }
  void Publish(std::unique_ptr<Table> table, Epochs& epochs);

  template <typename IdOf>
  void Grow(IdOf id_of, Epochs& epochs) {
    const Table& old = *table_.load();
    std::size_t live = 0;
    for (std::size_t i = 0; i <= old.mask; ++i) live += old.cells[i].load() < kErased ? 1 : 0;
    std::size_t size = old.mask + 1;
    while ((live + 1) * 5 > size * 3) size *= 2;
    auto table = std::make_unique<Table>(size);
    for (std::size_t i = 0; i <= old.mask; ++i) {
      const std::uint32_t cell = old.cells[i].load();
      if (cell < kErased) Put(*table, id_of(cell), cell);
    }
    used_ = live;
    Publish(std::move(table), epochs);
  }

  std::atomic<Table*> table_;
  std::size_t used_ = 0;  // live and erased cells
};

}  // namespace noren::matching
