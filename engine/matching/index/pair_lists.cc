// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/pair_lists.h"

#include <cstring>
#include <new>

namespace noren::matching {
namespace {

constexpr std::size_t kFirstTable = 1024;
constexpr std::size_t kGrain = 2;  // capacities are multiples of this

std::size_t Mix(std::uint64_t key) {
  key *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::size_t>(key ^ key >> 32);
}

}  // namespace

// The header, then `capacity` words who, then `capacity` packed words, in one allocation.
struct PairLists::List {
  static std::unique_ptr<List> Make(std::size_t capacity) {
    capacity = (capacity + kGrain - 1) / kGrain * kGrain;
    void* memory = ::operator new(sizeof(List) + capacity * 8);
    return std::unique_ptr<List>(new (memory) List(static_cast<std::uint32_t>(capacity)));
  }
  static void operator delete(void* list) { ::operator delete(list); }

  // What is behind `size` is the writer's, so writing there needs no lock.
  std::uint32_t* who() const {
    return reinterpret_cast<std::uint32_t*>(const_cast<List*>(this) + 1);
  }
  std::uint32_t* packed() const { return who() + capacity; }
  void Put(PairEntry entry) const {
    const std::uint32_t at = size.load(std::memory_order_relaxed);
    who()[at] = entry.who;
    packed()[at] = entry.packed;
    size.store(at + 1, std::memory_order_release);
  }

  std::uint32_t capacity;
  mutable std::atomic<std::uint32_t> size{0};

 private:
  explicit List(std::uint32_t room) : capacity(room) {}
};

struct PairLists::Table {
  struct Cell {
    std::atomic<std::uint64_t> key{0};
    std::atomic<const List*> list{nullptr};
  };
  explicit Table(std::size_t size) : mask(size - 1), cells(std::make_unique<Cell[]>(size)) {}
  std::size_t mask;
  std::unique_ptr<Cell[]> cells;
};

PairLists::PairLists() : table_(new Table(kFirstTable)) {}

PairLists::~PairLists() {
  const std::unique_ptr<Table> table(table_.load());
  for (std::size_t i = 0; i <= table->mask; ++i) delete table->cells[i].list.load();
}

PairView PairLists::Find(TermId occupation, TermId region) const {
  const std::uint64_t key = KeyOf(occupation, region);
  const Table& table = *table_.load();
  for (std::size_t i = Mix(key) & table.mask;; i = (i + 1) & table.mask) {
    const std::uint64_t found = table.cells[i].key.load();
    if (found == 0) return {};
    if (found != key) continue;
    const List* list = table.cells[i].list.load();
    if (list == nullptr) return {};
    return {list->who(), list->packed(), list->size.load(std::memory_order_acquire)};
  }
}

std::atomic<const PairLists::List*>& PairLists::CellFor(std::uint64_t key, Epochs& epochs) {
  if ((count_ + 1) * 8 > (table_.load()->mask + 1) * 7) {
    const Table& old = *table_.load();
    auto grown = std::make_unique<Table>((old.mask + 1) * 2);
    for (std::size_t i = 0; i <= old.mask; ++i) {
      const std::uint64_t moved = old.cells[i].key.load();
      if (moved == 0) continue;
      std::size_t at = Mix(moved) & grown->mask;
      while (grown->cells[at].key.load(std::memory_order_relaxed) != 0) at = (at + 1) & grown->mask;
      grown->cells[at].list.store(old.cells[i].list.load(), std::memory_order_relaxed);
      grown->cells[at].key.store(moved, std::memory_order_relaxed);
    }
    epochs.Retire(std::unique_ptr<Table>(table_.exchange(grown.release())));
  }
  Table& table = *table_.load();
  std::size_t i = Mix(key) & table.mask;
  while (table.cells[i].key.load() != 0 && table.cells[i].key.load() != key)
    i = (i + 1) & table.mask;
  if (table.cells[i].key.load() == 0) {
    table.cells[i].key.store(key);
    ++count_;
  }
  return table.cells[i].list;
}

void PairLists::Append(TermId occupation, TermId region, PairEntry entry, Epochs& epochs) {
  std::atomic<const List*>& cell = CellFor(KeyOf(occupation, region), epochs);
  const List* now = cell.load();
  if (now != nullptr && now->size.load() < now->capacity) {
    now->Put(entry);
    return;
  }
  const std::size_t size = now == nullptr ? 0 : now->size.load();
  std::unique_ptr<List> grown = List::Make(size + size / 4 + 1);
  for (std::size_t i = 0; i < size; ++i) grown->Put({now->who()[i], now->packed()[i]});
  grown->Put(entry);
  cell.store(grown.release());
  if (now != nullptr) epochs.Retire(std::unique_ptr<const List>(now));
}

void PairLists::Replace(TermId occupation, TermId region, std::span<const PairEntry> entries,
                        Epochs& epochs) {
  std::unique_ptr<List> list;
  if (!entries.empty()) {
    list = List::Make(entries.size());
    for (const PairEntry& entry : entries) list->Put(entry);
  }
  const List* old = CellFor(KeyOf(occupation, region), epochs).exchange(list.release());
  if (old != nullptr) epochs.Retire(std::unique_ptr<const List>(old));
}

std::vector<std::pair<TermId, TermId>> PairLists::Keys() const {
  std::vector<std::pair<TermId, TermId>> keys;
  const Table& table = *table_.load();
  for (std::size_t i = 0; i <= table.mask; ++i) {
    const std::uint64_t key = table.cells[i].key.load();
    if (key != 0) {
      keys.emplace_back(static_cast<TermId>((key - 1) >> 32), static_cast<TermId>(key - 1));
    }
  }
  return keys;
}

std::size_t PairLists::memory_bytes() const {
  const Table& table = *table_.load();
  std::size_t bytes = (table.mask + 1) * sizeof(Table::Cell);
  for (std::size_t i = 0; i <= table.mask; ++i) {
    const List* list = table.cells[i].list.load();
    if (list != nullptr) bytes += sizeof(List) + 16 + list->capacity * 8;
  }
  return bytes;
}

}  // namespace noren::matching
