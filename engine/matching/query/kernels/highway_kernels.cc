// The kernels in Highway, compiled once per instruction set.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "engine/matching/query/kernels/kernel_tables.h"

// Three sets are enough on x86: SSE4, AVX2, and AVX-512 as of Ice Lake.
#define HWY_WANT_AVX3_DL
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/matching/query/kernels/highway_kernels.cc"
#include <hwy/foreach_target.h>
// Highway needs this order.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace noren::matching {
namespace HWY_NAMESPACE {
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128
bool Fill(QueryKernels&) { return false; }  // our own scalar kernels are better
#else
namespace hn = hwy::HWY_NAMESPACE;

using ByteTag = hn::CappedTag<std::uint8_t, kLanes>;
using WordTag = hn::CappedTag<std::uint16_t, kLanes>;

// Highway 1.0.3 orders no unsigned integers before AVX-512.
template <typename V>
HWY_INLINE auto AtLeast(V a, V b) {
  return hn::Eq(hn::Max(a, b), a);
}
template <typename V>
HWY_INLINE auto AtMost(V a, V b) {
  return hn::Eq(hn::Min(a, b), a);
}

// An unsigned integer with one bit for each of `lanes` lanes.
template <std::size_t lanes>
using BitPerLane = std::conditional_t<
    lanes == 64, std::uint64_t,
    std::conditional_t<lanes == 32, std::uint32_t,
                       std::conditional_t<lanes == 16, std::uint16_t, std::uint8_t> > >;

template <typename D, typename M>
HWY_INLINE std::uint64_t BitsOf(D d, M mask) {
  BitPerLane<hn::MaxLanes(D())> bits = 0;
  hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(&bits));
#if defined(__GNUC__) && !defined(__clang__)
  // g++ 12 may widen a mask of 32 lanes on its way to the stack: it stores four bytes and reads
  // eight. Widened from a general register, nothing is read that was not written.
  asm("" : "+r"(bits));
#endif
  return bits;
}
template <typename D>
HWY_INLINE auto MaskAt(D d, std::uint64_t bits, std::size_t first) {
  // LoadMaskBits may read eight bytes.
  const std::uint64_t part = bits >> first;
  return hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(&part));
}

// One bit per lane for which test(offset) holds; test gives a mask for the bytes from offset.
template <typename Test>
HWY_INLINE std::uint64_t LanesWhere(Test test) {
  const ByteTag d;
  const std::size_t step = hn::Lanes(d);
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < kLanes; at += step) bits |= BitsOf(d, test(at)) << at;
  return bits;
}

HWY_INLINE std::uint64_t LanesAtMost(const std::uint8_t* column, std::uint8_t most) {
  const ByteTag d;
  return LanesWhere([=](std::size_t at)
                        HWY_ATTR { return AtMost(hn::Load(d, column + at), hn::Set(d, most)); });
}
HWY_INLINE std::uint64_t LanesAtLeast(const std::uint8_t* column, std::uint8_t least) {
  const ByteTag d;
  return LanesWhere([=](std::size_t at)
                        HWY_ATTR { return AtLeast(hn::Load(d, column + at), hn::Set(d, least)); });
}
HWY_INLINE std::uint64_t LanesSharing(const std::uint8_t* column, std::uint8_t bits) {
  const ByteTag d;
  return LanesWhere([=](std::size_t at) HWY_ATTR {
    return hn::Ne(hn::And(hn::Load(d, column + at), hn::Set(d, bits)), hn::Zero(d));
  });
}
HWY_INLINE std::uint64_t LanesEqual(const std::uint8_t* column, std::uint8_t value) {
  const ByteTag d;
  return LanesWhere([=](std::size_t at)
                        HWY_ATTR { return hn::Eq(hn::Load(d, column + at), hn::Set(d, value)); });
}

// columns(slot, byte) gives a column.
template <typename Columns>
HWY_INLINE std::uint64_t PathLanes(const LaneProgram& program, const PathTest& test,
                                   std::size_t slots, Columns columns) {
  if (test.always) return ~std::uint64_t{0};
  std::uint64_t lanes = 0;
  if (test.if_missing) lanes = slots == 0 ? ~std::uint64_t{0} : LanesEqual(columns(0, 0), 0);
  const NodePattern* patterns = program.patterns.data() + test.first;
  for (std::size_t p = 0; p < test.count; ++p) {
    const NodePattern& pattern = patterns[p];
    for (std::size_t s = 0; s < slots; ++s) {
      std::uint64_t equal = LanesEqual(columns(s, 0), pattern.bytes[0]);
      for (std::size_t i = 1; i < pattern.depth; ++i)
        equal &= LanesEqual(columns(s, i), pattern.bytes[i]);
      lanes |= equal;
    }
  }
  return lanes;
}

HWY_INLINE std::uint64_t OccupationLanes(const Block& block, const LaneProgram& program,
                                         const PathTest& test) {
  return PathLanes(program, test, block.shape().occupations,
                   [&block](std::size_t slot, std::size_t byte)
                       HWY_ATTR { return block.occupation_group(slot) + byte * kLanes; });
}
HWY_INLINE std::uint64_t RegionLanes(const Block& block, const LaneProgram& program,
                                     const PathTest& test) {
  return PathLanes(program, test, block.shape().regions,
                   [&block](std::size_t slot, std::size_t byte)
                       HWY_ATTR { return block.province(slot) + byte * kLanes; });
}

HWY_INLINE std::uint64_t LicenceLanes(const Block& block, std::uint16_t number) {
  const WordTag d;
  const std::size_t step = hn::Lanes(d);
  const auto wanted = hn::Set(d, number);
  std::uint64_t lanes = 0;
  for (std::size_t s = 0; s < block.shape().licences; ++s) {
    for (std::size_t at = 0; at < kLanes; at += step) {
      lanes |= BitsOf(d, hn::Eq(hn::Load(d, block.licence(s) + at), wanted)) << at;
    }
  }
  return lanes;
}

std::uint64_t Filter(const Block& block, const LaneProgram& program) {
  const LaneFilter& filter = program.filter;
  std::uint64_t lanes =
      (block.live() | block.wide()) & LanesAtMost(block.wage(), filter.wage_at_most);
  if (filter.employment_any != 0) lanes &= LanesSharing(block.employment(), filter.employment_any);
  if (filter.experience_at_least != 0)
    lanes &= LanesAtLeast(block.experience(), filter.experience_at_least);
  if (filter.education_at_least != 0)
    lanes &= LanesAtLeast(block.education(), filter.education_at_least);
  const std::uint64_t wide = lanes & block.wide();  // whose lists are not in columns
  if (lanes != 0 && filter.by_region) lanes &= RegionLanes(block, program, filter.regions);
  if (lanes != 0 && filter.by_occupation)
    lanes &= OccupationLanes(block, program, filter.occupations);
  for (const std::uint16_t number : filter.licences_all) {
    if (lanes != 0) lanes &= LicenceLanes(block, number);
  }
  return lanes | wide;
}

// Adds units to the sums of some lanes. Two halves of 32 lanes fill a register each on AVX-512.
class Adder {
 public:
  HWY_INLINE Adder(LaneSums& sums, std::uint16_t constant) : sums_(&sums) {
    const WordTag d;
    for (std::size_t at = 0; at < kLanes; at += hn::Lanes(d))
      hn::Store(hn::Set(d, constant), d, sums_->of.data() + at);
  }
  HWY_INLINE void Add(std::uint64_t lanes, std::uint16_t units) {
    const WordTag d;
    if (lanes == 0) return;
    const auto added = hn::Set(d, units);
    for (std::size_t at = 0; at < kLanes; at += hn::Lanes(d)) {
      const auto sum = hn::Load(d, sums_->of.data() + at);
      const auto part = hn::IfThenElseZero(MaskAt(d, lanes, at), added);
      hn::Store(hn::SaturatedAdd(sum, part), d, sums_->of.data() + at);
    }
  }

 private:
  LaneSums* sums_;
};

std::uint64_t Units(const Block& block, const LaneProgram& program, std::uint32_t need,
                    LaneSums& sums) {
  Adder adder(sums, program.constant);
  for (const PathTest& test : program.occupations)
    adder.Add(OccupationLanes(block, program, test), test.units);
  for (const PathTest& test : program.regions)
    adder.Add(RegionLanes(block, program, test), test.units);
  for (const NumberTest& test : program.licences)
    adder.Add(LicenceLanes(block, test.number), test.units);
  if (program.experience.units != 0) {
    adder.Add(LanesAtLeast(block.experience(), program.experience.at_least),
              program.experience.units);
  }
  if (program.education.units != 0) {
    adder.Add(LanesAtLeast(block.education(), program.education.at_least), program.education.units);
  }
  if (need > kMostUnits) return 0;
  const WordTag d;
  const auto least = hn::Set(d, static_cast<std::uint16_t>(need));
  std::uint64_t lanes = 0;
  for (std::size_t at = 0; at < kLanes; at += hn::Lanes(d))
    lanes |= BitsOf(d, AtLeast(hn::Load(d, sums.of.data() + at), least)) << at;
  return lanes;
}

// Weight x level of the two slots of each lane in one vector of bytes, as words.
template <typename DB, typename V>
HWY_INLINE auto WeighSlots(DB db, V hashes, V levels, const SkillProgram& program) {
  const hn::Repartition<std::uint16_t, DB> dw;
  auto weights = hn::Zero(db);
  for (const SkillProgram::Weighted& one : program.list) {
    const auto equal = hn::Eq(hashes, hn::Set(db, one.hash));
    weights = hn::Or(weights, hn::IfThenElseZero(equal, hn::Set(db, one.weight)));
  }
  const auto low = hn::Set(dw, std::uint16_t{0xFF});
  const auto w = hn::BitCast(dw, weights);
  const auto l = hn::BitCast(dw, levels);
  const auto even = hn::Mul(hn::And(w, low), hn::And(l, low));
  const auto odd = hn::Mul(hn::ShiftRight<8>(w), hn::ShiftRight<8>(l));
  return hn::Add(even, odd);
}

template <typename D, typename V>
HWY_INLINE V ScaleSkills(D d, V sum, const SkillProgram& program) {
  const auto capped = hn::Min(sum, hn::Set(d, program.cap));
  const auto scale = hn::Set(d, static_cast<std::uint16_t>(1U << program.shift));
  const auto high = hn::MulHigh(hn::Mul(capped, scale), hn::Set(d, program.factor));
  return hn::Add(high, hn::Set(d, std::uint16_t{1}));
}

std::uint64_t Skills(const Block& block, const SkillProgram& program, const LaneSums& sums,
                     std::uint32_t need) {
  if (need > kMostUnits) return 0;
  const ByteTag db;
  const hn::Repartition<std::uint16_t, ByteTag> dw;
  const auto least = hn::Set(dw, static_cast<std::uint16_t>(need));
  const auto nibble = hn::Set(db, std::uint8_t{0x0F});
  const std::size_t pairs = block.shape().skills / 2U;
  std::uint64_t lanes = 0;
  // `at`: byte within the 128 of a pair; byte 2 l belongs to lane l.
  for (std::size_t at = 0; at < 2 * kLanes; at += hn::Lanes(db)) {
    auto sum = hn::Zero(dw);
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const std::uint8_t* slots = block.skill_slots(pair);
      const auto packed = hn::Load(db, slots + 2 * kLanes + at % kLanes);
      const auto levels =
          at < kLanes
              ? hn::And(packed, nibble)
              : hn::And(hn::BitCast(db, hn::ShiftRight<4>(hn::BitCast(dw, packed))), nibble);
      sum = hn::SaturatedAdd(sum, WeighSlots(db, hn::Load(db, slots + at), levels, program));
    }
    if (program.scaled) sum = ScaleSkills(dw, sum, program);
    if (program.if_none != 0) {
      auto first = hn::Zero(dw);
      if (pairs != 0) {
        first = hn::And(hn::BitCast(dw, hn::Load(db, block.skill_slots(0) + at)),
                        hn::Set(dw, std::uint16_t{0xFF}));
      }
      const auto none = hn::Eq(first, hn::Zero(dw));
      sum = hn::Max(sum, hn::IfThenElseZero(none, hn::Set(dw, program.if_none)));
    }
    const auto all = hn::SaturatedAdd(sum, hn::Load(dw, sums.of.data() + at / 2));
    lanes |= BitsOf(dw, AtLeast(all, least)) << at / 2;
  }
  return lanes;
}

void AddDense(std::span<const DenseTerm> terms, std::uint16_t* sums) {
  const WordTag d;
  const hn::Rebind<std::uint8_t, WordTag> half;
  const std::size_t step = hn::Lanes(d);
  for (std::size_t b = 0; b < kSegmentBlocks; b += 2 * step) {
    auto low = hn::LoadU(d, sums + b);
    auto high = hn::LoadU(d, sums + b + step);
    for (const DenseTerm& term : terms) {
      const auto units = hn::Set(d, term.units);
      const auto counted = hn::Set(half, term.most_counted);
      const auto first = hn::Min(hn::LoadU(half, term.most + b), counted);
      const auto second = hn::Min(hn::LoadU(half, term.most + b + step), counted);
      low = hn::SaturatedAdd(low, hn::Mul(hn::PromoteTo(d, first), units));
      high = hn::SaturatedAdd(high, hn::Mul(hn::PromoteTo(d, second), units));
    }
    hn::StoreU(low, d, sums + b);
    hn::StoreU(high, d, sums + b + step);
  }
}

std::size_t Collect(const std::uint16_t* bounds, std::size_t size, std::uint32_t least,
                    std::uint32_t below, std::uint32_t* found) {
  if (least > kMostUnits || below == 0) return 0;
  const WordTag d;
  const std::size_t step = hn::Lanes(d);
  const auto low = hn::Set(d, static_cast<std::uint16_t>(least));
  const auto high = hn::Set(d, static_cast<std::uint16_t>(std::min(below - 1, kMostUnits)));
  std::size_t count = 0;
  std::size_t i = 0;
  for (; i + step <= size; i += step) {
    const auto bound = hn::LoadU(d, bounds + i);
    std::uint64_t bits = BitsOf(d, hn::And(AtLeast(bound, low), AtMost(bound, high)));
    for (; bits != 0; bits &= bits - 1)
      found[count++] =
          static_cast<std::uint32_t>(i + static_cast<std::size_t>(std::countr_zero(bits)));
  }
  for (; i < size; ++i) {
    if (bounds[i] >= least && bounds[i] < below) found[count++] = static_cast<std::uint32_t>(i);
  }
  return count;
}

constexpr std::size_t kMostLanes = 16;  // of 32 bits, in the widest vector there is

std::size_t FilterPairs(const PairView& list, const PairFilter& filter, Slot* slots,
                        std::uint32_t* words) {
  const hn::ScalableTag<std::uint32_t> d;
  const std::size_t step = hn::Lanes(d);
  const auto wage_bits = hn::Set(d, 0xFFU);
  const auto experience_bits = hn::Set(d, 0x3FU << PairPacking::kExperienceShift);
  const auto education_bits = hn::Set(d, 0x0FU << PairPacking::kEducationShift);
  // Without a condition every bit of employment passes: one is set in all of them by adding it.
  const std::uint32_t any = filter.employment_any;
  const auto employment_bits = hn::Set(d, any == 0 ? 1U : any);
  const auto employment_extra = hn::Set(d, any == 0 ? 1U : 0U);
  const auto wage = hn::Set(d, filter.wage_at_most);
  const auto experience = hn::Set(d, filter.experience_at_least);
  const auto education = hn::Set(d, filter.education_at_least);
  const auto marks = hn::Set(d, filter.licence_marks);
  const auto slot_bits = hn::Set(d, PairWho::kSlotMask);
  // The rest of a list is copied first: a masked load of Highway 1.0.3 may read all lanes.
  alignas(64) std::array<std::uint32_t, 2 * kMostLanes> rest{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < list.size; i += step) {
    const std::size_t left = std::min(step, list.size - i);
    const std::uint32_t* packed = list.packed + i;
    const std::uint32_t* from = list.who + i;
    if (left < step) {
      std::copy_n(from, left, rest.data());
      std::copy_n(packed, left, rest.data() + kMostLanes);
      from = rest.data();
      packed = rest.data() + kMostLanes;
    }
    const auto in = hn::FirstN(d, left);
    const auto word = hn::LoadU(d, packed);
    const auto who = hn::LoadU(d, from);
    const auto employed =
        hn::Ne(hn::And(hn::Or(word, employment_extra), employment_bits), hn::Zero(d));
    auto pass = hn::And(employed, AtMost(hn::And(word, wage_bits), wage));
    pass = hn::And(pass, AtLeast(hn::And(word, experience_bits), experience));
    pass = hn::And(pass, AtLeast(hn::And(word, education_bits), education));
    pass = hn::And(pass, hn::Eq(hn::And(who, marks), marks));
    pass = hn::And(pass, in);
    hn::CompressStore(hn::And(who, slot_bits), pass, d, slots + count);
    count += hn::CompressStore(word, pass, d, words + count);
  }
  return count;
}

bool Fill(QueryKernels& kernels) {
  kernels.filter = Filter;
  kernels.units = Units;
  kernels.skills = Skills;
  kernels.add_dense = AddDense;
  kernels.collect = Collect;
  kernels.filter_pairs = FilterPairs;
  return true;
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace noren::matching
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace noren::matching {
namespace {

HWY_EXPORT(Fill);

constexpr std::int64_t kAvxTargets = HWY_AVX2 | HWY_AVX3_DL;

std::int64_t TargetOf(KernelSet set) {
  const std::int64_t there = hwy::SupportedTargets() & HWY_TARGETS;
  if (set == KernelSet::kAvx2) return there & HWY_AVX2;
  if (set == KernelSet::kAvx512) return there & HWY_AVX3_DL;
  const std::int64_t others = there & ~kAvxTargets;
  return others & -others;  // the lowest bit is the best
}

}  // namespace

bool FillHighwayKernels(KernelSet set, QueryKernels& kernels) {
  FillScalarKernels(kernels);  // what Highway is not used for
  const std::int64_t target = TargetOf(set);
  if (target == 0) return false;
  hwy::ChosenTarget chosen;  // of this table only, not the program's
  chosen.Update(target);
  return (*HWY_DISPATCH_TABLE(Fill)[chosen.GetIndex()])(kernels);
}

}  // namespace noren::matching
#endif
