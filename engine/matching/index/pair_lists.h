// For each pair (wished occupation, wished region): the people who wish for both, with what a
// filter asks packed beside them, so that a selective query touches nobody else. Lists are a hint:
// entries go stale when a person changes, and the version says so.
// Threads:  one writer appends; readers see a prefix; a rewritten list is published anew
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/matching/index/epochs.h"
#include "engine/matching/index/slot.h"
#include "engine/matching/index/terms.h"

namespace noren::matching {

// Bits of PairEntry::packed, low to high: wage 8 (column byte), employment 8, experience 6 (column
// byte, 63 at most), education 4 (column byte), version 6.
struct PairPacking {
  static constexpr std::uint32_t kEmploymentShift = 8, kExperienceShift = 16, kEducationShift = 22,
                                 kVersionShift = 26;
  static constexpr std::uint8_t kMaxExperience = 63;
  // An entry is to be trusted when its version is the record's and below this; else the block
  // itself is asked. A lane whose people changed that often stays here until it is moved.
  static constexpr std::uint8_t kMaxVersion = 63;
};
// Bits of PairEntry::who: the slot, and above it a mark for each licence that the person holds, so
// that a query for a licence leaves out most of the others without touching their blocks.
struct PairWho {
  static constexpr std::uint32_t kMarkShift = 26, kMarks = 6;
  static constexpr std::uint32_t kSlotMask = (std::uint32_t{1} << kMarkShift) - 1;
  static constexpr std::uint32_t kAllMarks = ~kSlotMask;  // whose licences are not in the columns

  static constexpr std::uint32_t MarkOf(std::uint16_t licence) {
    return std::uint32_t{1} << (kMarkShift + licence % kMarks);
  }
  static constexpr Slot SlotOf(std::uint32_t who) { return who & kSlotMask; }
};
struct PairEntry {
  std::uint32_t who = 0;
  std::uint32_t packed = 0;
  bool operator==(const PairEntry&) const = default;
};

struct PairColumns {
  std::uint8_t wage = 0, employment = 0, experience = 0, education = 0, version = 0;
  std::uint32_t Packed() const {
    const std::uint32_t months =
        experience < PairPacking::kMaxExperience ? experience : PairPacking::kMaxExperience;
    return wage | std::uint32_t{employment} << PairPacking::kEmploymentShift |
           months << PairPacking::kExperienceShift |
           std::uint32_t{education} << PairPacking::kEducationShift |
           std::uint32_t{version} << PairPacking::kVersionShift;
  }
};

// What a reader sees of one list: two arrays of the same length. Read no further than `size`: the
// writer may be appending there.
struct PairView {
  const std::uint32_t* who = nullptr;
  const std::uint32_t* packed = nullptr;
  std::size_t size = 0;
  PairEntry operator[](std::size_t i) const { return {who[i], packed[i]}; }
};

class PairLists {
 public:
  PairLists();
  ~PairLists();
  PairLists(const PairLists&) = delete;
  PairLists& operator=(const PairLists&) = delete;

  // Empty when there is none. Valid while the reader's pin lives.
  PairView Find(TermId occupation, TermId region) const;

  // --- writer ---
  void Append(TermId occupation, TermId region, PairEntry entry, Epochs& epochs);
  // Rewrites the list without the entries for which keep(entry) is false.
  template <typename Keep>
  void Rewrite(TermId occupation, TermId region, Keep keep, Epochs& epochs) {
    const PairView now = Find(occupation, region);
    std::vector<PairEntry> kept;
    for (std::size_t i = 0; i < now.size; ++i) {
      if (keep(now[i])) kept.push_back(now[i]);
    }
    if (kept.size() != now.size) Replace(occupation, region, kept, epochs);
  }
  void Replace(TermId occupation, TermId region, std::span<const PairEntry> entries,
               Epochs& epochs);
  std::vector<std::pair<TermId, TermId>> Keys() const;  // writer only
  std::size_t memory_bytes() const;

 private:
  struct List;
  struct Table;
  static std::uint64_t KeyOf(TermId occupation, TermId region) {
    return (std::uint64_t{occupation} << 32 | region) + 1;
  }
  std::atomic<const List*>& CellFor(std::uint64_t key, Epochs& epochs);

  std::atomic<Table*> table_;
  std::size_t count_ = 0;
};

}  // namespace noren::matching
