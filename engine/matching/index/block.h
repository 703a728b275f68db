// 64 people side by side: columns that a kernel reads whole, and one cache line of skills per
// person. A block never changes once published: an update publishes a changed copy.
// Source:   docs/design/0002-the-index.md (layout, bytes per person)
// Threads:  immutable after publication
// Memory:   one allocation, 64-byte aligned; the header is followed by the columns in this order
//           skill records; ids; wage, experience, education, employment; occupations; regions;
//           licences; languages; skill slots; then, only when a lane needs them, exact amounts,
//           days and weights
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "engine/matching/index/slot.h"
#include "engine/matching/rows.h"

namespace noren::matching {

inline constexpr std::size_t kMaxRecordSkills = 25;
inline constexpr std::size_t kPersonWeights = 5;
// The features a person weighs, in the order of the weight columns.
inline constexpr std::array<Feature, kPersonWeights> kPersonWeightFeatures = {
    Feature::kSkills, Feature::kOccupation, Feature::kRegion, Feature::kWage,
    Feature::kEmploymentType};

// The skills of one lane in the order of the row (by token, not by number); the exact source for
// verification. Levels are nibbles, the even index in the low one.
struct alignas(64) SkillRecord {
  std::uint16_t skill[kMaxRecordSkills] = {};
  std::uint8_t levels[(kMaxRecordSkills + 1) / 2] = {};
  std::uint8_t version : 6 = 0;  // as in the pair lists: an entry of another version is stale
  std::uint8_t wide : 1 = 0;     // 1: the row did not fit; see Block::WideRowOf
  std::uint8_t live : 1 = 0;     // 1: the lane is in use, so that the block need not be asked

  // Numbers are not 0 and stand without gaps.
  std::size_t count() const {
    std::size_t n = 0;
    while (n < kMaxRecordSkills && skill[n] != 0) ++n;
    return n;
  }
  std::uint8_t LevelAt(std::size_t i) const {
    return static_cast<std::uint8_t>((levels[i / 2] >> (i % 2 * 4)) & 0x0F);
  }
};
static_assert(sizeof(SkillRecord) == 64);

// How many slots each lane has, and which optional columns there are.
struct BlockShape {
  std::uint8_t occupations = 0;  // three bytes each: group, minor, unit
  std::uint8_t regions = 0;      // two bytes each: province, place
  std::uint8_t licences = 0;     // two bytes each
  std::uint8_t languages = 0;    // two bytes each
  std::uint8_t skills = 0;       // even; one and a half bytes each
  bool amounts = false;          // wage u64 (amount, currency << 56), experience u16 (months + 1)
  bool days = false;             // available and updated, i32, kNoDay when not stated
  bool weights = false;          // five bytes; without: the person weighs nothing
  auto operator<=>(const BlockShape&) const = default;
};
// What a lane of a block can hold at most; a row beyond is wide.
inline constexpr BlockShape kMaxShape = {3, 5, 6, 4, kMaxRecordSkills + 1, true, true, true};
inline constexpr std::int32_t kNoDay = INT32_MIN;

// The byte that stands for a skill in the slots: 0 is an empty slot. Numbers are given out in order
// of appearance, so that common skills seldom share a byte.
constexpr std::uint8_t SkillSlotHash(std::uint16_t number) {
  return static_cast<std::uint8_t>(number % 255 + 1);
}

// A wage as the exact column holds it: the amount, at most kMaxPackedWage, and the currency above
// it; 0 is "not stated".
inline constexpr std::int64_t kMaxPackedWage = (std::int64_t{1} << 56) - 1;
constexpr std::uint64_t PackWage(model::Wage wage) {
  return static_cast<std::uint64_t>(wage.amount_per_month) |
         std::uint64_t{static_cast<std::uint8_t>(wage.currency)} << 56;
}
constexpr model::Wage UnpackWage(std::uint64_t packed) {
  return {static_cast<std::int64_t>(packed & kMaxPackedWage),
          static_cast<model::Currency>(packed >> 56)};
}

class Block {
 public:
  static std::unique_ptr<Block> Make(BlockShape shape);
  // The same people, with room for `shape` (at least this one's).
  std::unique_ptr<Block> CopyWith(BlockShape shape) const;
  ~Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  static void operator delete(Block* block, std::destroying_delete_t);

  const BlockShape& shape() const { return shape_; }
  std::size_t size_bytes() const { return size_bytes_; }
  std::uint64_t live() const { return live_; }  // lanes in use
  std::uint64_t wide() const { return wide_; }  // of those, whose row did not fit

  // Columns of kLanes bytes. 0: not stated; wage, experience: CoarseStated; education: level + 1;
  // employment: the bits, 0xFF when not stated (a person who states none accepts any).
  const std::uint8_t* wage() const { return At(kColumns); }
  const std::uint8_t* experience() const { return At(kColumns + kLanes); }
  const std::uint8_t* education() const { return At(kColumns + 2 * kLanes); }
  const std::uint8_t* employment() const { return At(kColumns + 3 * kLanes); }
  const std::uint8_t* occupation_group(std::size_t slot) const { return Occupation(slot, 0); }
  const std::uint8_t* occupation_minor(std::size_t slot) const { return Occupation(slot, 1); }
  const std::uint8_t* occupation_unit(std::size_t slot) const { return Occupation(slot, 2); }
  const std::uint8_t* province(std::size_t slot) const { return At(regions_ + slot * 2 * kLanes); }
  const std::uint8_t* place(std::size_t slot) const {
    return At(regions_ + (slot * 2 + 1) * kLanes);
  }
  const std::uint16_t* licence(std::size_t slot) const {
    return As<std::uint16_t>(licences_ + slot * 2 * kLanes);
  }
  // number | level << 13
  const std::uint16_t* language(std::size_t slot) const {
    return As<std::uint16_t>(languages_ + slot * 2 * kLanes);
  }
  // Slots in pairs; pair p has 192 bytes: hashes of lanes 0..31 (two bytes a lane), of lanes
  // 32..63, and levels as nibbles: byte i holds the level for byte i of the first 64 in its low
  // nibble, for byte i of the second in its high one.
  static constexpr std::size_t kSlotPairBytes = 3 * kLanes;
  const std::uint8_t* skill_slots(std::size_t pair) const {
    return At(slots_ + pair * kSlotPairBytes);
  }
  const SkillRecord& skills(std::size_t lane) const { return As<SkillRecord>(kFixed)[lane]; }
  SeekerRowId id(std::size_t lane) const { return {As<std::uint64_t>(kIds)[lane]}; }

  // With shape().amounts; without, wages are in won and below 64, as the coarse bytes say.
  const std::uint64_t* exact_wage() const { return As<std::uint64_t>(amounts_); }
  const std::uint16_t* exact_experience() const { return As<std::uint16_t>(amounts_ + 8 * kLanes); }
  // With shape().days.
  const std::int32_t* available_day() const { return As<std::int32_t>(days_); }
  const std::int32_t* updated_day() const { return As<std::int32_t>(days_ + 4 * kLanes); }
  // With shape().weights; `which` as in kPersonWeightFeatures.
  const std::uint8_t* weight(std::size_t which) const { return At(weights_ + which * kLanes); }

  // The full row of a wide lane.
  const SeekerRow& WideRowOf(std::size_t lane) const;

  // Everything but the header, as it lies in memory: for a snapshot.
  std::span<const std::uint8_t> columns() const { return {At(kFixed), size_bytes_ - kFixed}; }

  // Bring near, without touching the header: the columns that most queries read first, a record.
  void PrefetchColumns() const {
    for (std::size_t i = 0; i < kFirstColumns; ++i) __builtin_prefetch(At(kColumns + i * kLanes));
  }
  void PrefetchSlots() const {
    const std::uint8_t* line = skill_slots(0);
    const std::size_t lines = shape_.skills / 2U * (kSlotPairBytes / kLanes);
    for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(line + i * kLanes);
  }
  void PrefetchRecord(std::size_t lane) const { __builtin_prefetch(&skills(lane)); }
  // For a record that is read soon and once: it does not stay in the outer caches.
  void PrefetchRecordOnce(std::size_t lane) const { __builtin_prefetch(&skills(lane), 0, 0); }
  void PrefetchId(std::size_t lane) const { __builtin_prefetch(As<std::uint64_t>(kIds) + lane); }

  // --- for the writer, before publication ---
  template <typename T>
  T* Mutable(const T* column) {
    return const_cast<T*>(column);  // columns are const to readers only
  }
  std::span<std::uint8_t> MutableColumns() { return {Mutable(At(kFixed)), size_bytes_ - kFixed}; }
  SkillRecord& MutableSkills(std::size_t lane) { return *Mutable(&skills(lane)); }
  void SetId(std::size_t lane, SeekerRowId id) {
    *Mutable(As<std::uint64_t>(kIds) + lane) = id.value;
  }
  void SetLive(std::size_t lane, bool live);
  void SetWide(std::size_t lane, const SeekerRow* row);  // null: not wide

 private:
  static constexpr std::size_t kFixed = 128;  // the header's size
  static constexpr std::size_t kFirstColumns = 22;
  static constexpr std::size_t kIds = kFixed + kLanes * sizeof(SkillRecord);
  static constexpr std::size_t kColumns = kIds + kLanes * sizeof(std::uint64_t);
  explicit Block(BlockShape shape);
  void FillAmountsFromCoarse();
  const std::uint8_t* At(std::size_t offset) const {
    return reinterpret_cast<const std::uint8_t*>(this) + offset;
  }
  template <typename T>
  const T* As(std::size_t offset) const {
    return reinterpret_cast<const T*>(At(offset));
  }
  const std::uint8_t* Occupation(std::size_t slot, std::size_t part) const {
    return At(occupations_ + (slot * 3 + part) * kLanes);
  }

  struct WideRow {
    std::uint8_t lane;
    std::shared_ptr<const SeekerRow> row;
  };

  std::uint64_t live_ = 0;
  std::uint64_t wide_ = 0;
  BlockShape shape_;
  std::uint32_t size_bytes_ = 0;
  std::uint32_t occupations_ = 0, regions_ = 0, licences_ = 0, languages_ = 0;
  std::uint32_t slots_ = 0, amounts_ = 0, days_ = 0, weights_ = 0;
  std::vector<WideRow> wide_rows_;
};

}  // namespace noren::matching
