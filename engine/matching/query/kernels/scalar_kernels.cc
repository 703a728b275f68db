// The kernels lane by lane: slow and obvious, what the others are held against.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/matching/query/kernels/kernel_tables.h"
#include "engine/matching/query/kernels/lane_tests.h"

namespace noren::matching {
namespace {

using PathBytes = std::array<std::uint8_t, 3>;

PathBytes OccupationBytes(const Block& block, std::size_t slot, std::size_t lane) {
  return {block.occupation_group(slot)[lane], block.occupation_minor(slot)[lane],
          block.occupation_unit(slot)[lane]};
}
PathBytes RegionBytes(const Block& block, std::size_t slot, std::size_t lane) {
  return {block.province(slot)[lane], block.place(slot)[lane], 0};
}

template <typename BytesAt>
bool Holds(const LaneProgram& program, const PathTest& test, std::size_t slots, BytesAt bytes_at) {
  if (test.always) return true;
  if (test.if_missing && (slots == 0 || bytes_at(0)[0] == 0)) return true;
  for (std::size_t s = 0; s < slots; ++s) {
    const PathBytes bytes = bytes_at(s);
    for (std::size_t p = test.first; p < std::size_t{test.first} + test.count; ++p) {
      const NodePattern& pattern = program.patterns[p];
      if (std::equal(bytes.begin(), bytes.begin() + pattern.depth, pattern.bytes.begin()))
        return true;
    }
  }
  return false;
}

bool HoldsOccupation(const Block& block, const LaneProgram& program, const PathTest& test,
                     std::size_t lane) {
  return Holds(program, test, block.shape().occupations,
               [&](std::size_t slot) { return OccupationBytes(block, slot, lane); });
}
bool HoldsRegion(const Block& block, const LaneProgram& program, const PathTest& test,
                 std::size_t lane) {
  return Holds(program, test, block.shape().regions,
               [&](std::size_t slot) { return RegionBytes(block, slot, lane); });
}
bool HoldsLicence(const Block& block, std::uint16_t number, std::size_t lane) {
  for (std::size_t s = 0; s < block.shape().licences; ++s) {
    if (block.licence(s)[lane] == number) return true;
  }
  return false;
}

}  // namespace

bool HasLicences(const Block& block, const LaneFilter& filter, std::size_t lane) {
  return std::ranges::all_of(
      filter.licences_all, [&](std::uint16_t number) { return HoldsLicence(block, number, lane); });
}

std::uint32_t UnitsOfLane(const Block& block, const LaneProgram& program, std::size_t lane) {
  std::uint32_t sum = program.constant;
  for (const PathTest& test : program.occupations) {
    if (HoldsOccupation(block, program, test, lane)) sum += test.units;
  }
  for (const PathTest& test : program.regions) {
    if (HoldsRegion(block, program, test, lane)) sum += test.units;
  }
  for (const NumberTest& test : program.licences) {
    if (HoldsLicence(block, test.number, lane)) sum += test.units;
  }
  if (block.experience()[lane] >= program.experience.at_least) sum += program.experience.units;
  if (block.education()[lane] >= program.education.at_least) sum += program.education.units;
  return std::min(sum, kMostUnits);
}

namespace {

// By the columns that wide lanes have too.
bool MayMeetFixed(const Block& block, const LaneFilter& filter, std::size_t lane) {
  return block.wage()[lane] <= filter.wage_at_most &&
         (filter.employment_any == 0 || (block.employment()[lane] & filter.employment_any) != 0) &&
         block.experience()[lane] >= filter.experience_at_least &&
         block.education()[lane] >= filter.education_at_least;
}

bool MayMeetLists(const Block& block, const LaneProgram& program, std::size_t lane) {
  const LaneFilter& filter = program.filter;
  return (!filter.by_occupation || HoldsOccupation(block, program, filter.occupations, lane)) &&
         (!filter.by_region || HoldsRegion(block, program, filter.regions, lane)) &&
         HasLicences(block, filter, lane);
}

std::uint64_t Filter(const Block& block, const LaneProgram& program) {
  std::uint64_t fixed = 0;
  std::uint64_t lists = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    fixed |= std::uint64_t{MayMeetFixed(block, program.filter, lane)} << lane;
    lists |= std::uint64_t{MayMeetLists(block, program, lane)} << lane;
  }
  return fixed & ((lists & block.live()) | block.wide());
}

std::uint64_t Units(const Block& block, const LaneProgram& program, std::uint32_t need,
                    LaneSums& sums) {
  std::uint64_t lanes = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums.of[lane] = static_cast<std::uint16_t>(UnitsOfLane(block, program, lane));
    lanes |= std::uint64_t{sums.of[lane] >= need} << lane;
  }
  return lanes;
}

std::uint32_t SkillUnits(const Block& block, const SkillProgram& program, std::size_t lane) {
  std::uint32_t sum = 0;
  const std::size_t in_half = lane % (kLanes / 2) * 2;
  const std::size_t half = lane / (kLanes / 2);
  bool none = true;  // slots are filled from the first
  for (std::size_t pair = 0; pair < block.shape().skills / 2U; ++pair) {
    const std::uint8_t* slots = block.skill_slots(pair);
    for (std::size_t i = in_half; i < in_half + 2; ++i) {
      const std::uint8_t hash = slots[half * kLanes + i];
      const unsigned level = slots[2 * kLanes + i] >> (4 * half) & 0x0FU;
      sum += program.by_hash[hash] * level;
      if (pair == 0 && i == in_half) none = hash == 0;
    }
  }
  sum = std::min(sum, kMostUnits);
  if (program.scaled) sum = program.Scaled(sum);
  return none ? std::max<std::uint32_t>(sum, program.if_none) : sum;
}

std::uint64_t Skills(const Block& block, const SkillProgram& program, const LaneSums& sums,
                     std::uint32_t need) {
  std::uint64_t lanes = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const std::uint32_t all =
        std::min(sums.of[lane] + SkillUnits(block, program, lane), kMostUnits);
    lanes |= std::uint64_t{all >= need} << lane;
  }
  return lanes;
}

void AddDense(std::span<const DenseTerm> terms, std::uint16_t* sums) {
  for (std::size_t b = 0; b < kSegmentBlocks; ++b) {
    std::uint32_t sum = sums[b];
    for (const DenseTerm& term : terms) {
      sum += std::uint32_t{term.units} * std::min(term.most[b], term.most_counted);
      sum = std::min(sum, kMostUnits);
    }
    sums[b] = static_cast<std::uint16_t>(sum);
  }
}

std::size_t Collect(const std::uint16_t* bounds, std::size_t size, std::uint32_t least,
                    std::uint32_t below, std::uint32_t* found) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (bounds[i] >= least && bounds[i] < below) found[count++] = static_cast<std::uint32_t>(i);
  }
  return count;
}

bool Passes(std::uint32_t word, const PairFilter& filter) {
  constexpr std::uint32_t kExperience = 0x3FU << PairPacking::kExperienceShift;
  constexpr std::uint32_t kEducation = 0x0FU << PairPacking::kEducationShift;
  return (word & 0xFFU) <= filter.wage_at_most &&
         (filter.employment_any == 0 || (word & filter.employment_any) != 0) &&
         (word & kExperience) >= filter.experience_at_least &&
         (word & kEducation) >= filter.education_at_least;
}

std::size_t FilterPairs(const PairView& list, const PairFilter& filter, Slot* slots,
                        std::uint32_t* words) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < list.size; ++i) {
    if ((list.who[i] & filter.licence_marks) != filter.licence_marks) continue;
    if (!Passes(list.packed[i], filter)) continue;
    slots[count] = PairWho::SlotOf(list.who[i]);
    words[count++] = list.packed[i];
  }
  return count;
}

bool HasAll(const SkillRecord& record, std::span<const std::uint16_t> required) {
  const std::span own(record.skill, record.count());
  return std::ranges::all_of(required, [own](std::uint16_t number) {
    return std::ranges::find(own, number) != own.end();
  });
}

}  // namespace

void ScoreRecordsScalar(std::span<const SkillRecord* const> records, const RecordProgram& program,
                        std::int32_t* points) {
  for (std::size_t r = 0; r < records.size(); ++r) {
    const SkillRecord& record = *records[r];
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < record.count(); ++i)
      sum += program.WeightOf(record.skill[i]) * record.LevelAt(i);
    points[r] = HasAll(record, program.required) ? sum : kLacksRequired;
  }
}

void FillScalarKernels(QueryKernels& kernels) {
  kernels = {.set = KernelSet::kScalar,
             .filter = Filter,
             .units = Units,
             .skills = Skills,
             .add_dense = AddDense,
             .collect = Collect,
             .filter_pairs = FilterPairs,
             .score_records = ScoreRecordsScalar};
}

}  // namespace noren::matching
