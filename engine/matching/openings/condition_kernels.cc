// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/condition_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/matching/openings/condition_kernels.cc"
#include <hwy/foreach_target.h>
// Highway needs this order.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace noren::matching {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One bit per element for which `test(vector)` holds.
template <typename T, typename Test>
HWY_INLINE std::uint64_t BitsWhere(const std::array<T, kBlockLanes>& column, Test test) {
  const hn::CappedTag<T, kBlockLanes> d;
  const std::size_t lanes = hn::Lanes(d);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBlockLanes; i += lanes) {
    std::uint64_t part = 0;
    hn::StoreMaskBits(d, test(hn::Load(d, column.data() + i)),
                      reinterpret_cast<std::uint8_t*>(&part));
    bits |= part << i;
  }
  return bits;
}

// Highway 1.0.3 compares unsigned numbers by "less" only, so the opposite is asked.
template <typename T>
HWY_INLINE std::uint64_t BitsAtMost(const std::array<T, kBlockLanes>& column, T limit) {
  const auto most = hn::Set(hn::CappedTag<T, kBlockLanes>(), limit);
  return ~BitsWhere(column, [most](auto v) HWY_ATTR { return hn::Lt(most, v); });
}

template <typename T>
HWY_INLINE std::uint64_t BitsAtLeast(const std::array<T, kBlockLanes>& column, T limit) {
  const auto least = hn::Set(hn::CappedTag<T, kBlockLanes>(), limit);
  return ~BitsWhere(column, [least](auto v) HWY_ATTR { return hn::Lt(v, least); });
}

// The lanes that share a bit with `bits`.
template <typename T>
HWY_INLINE std::uint64_t BitsSharing(const std::array<T, kBlockLanes>& column, T bits) {
  const hn::CappedTag<T, kBlockLanes> d;
  const auto wanted = hn::Set(d, bits);
  const auto zero = hn::Zero(d);
  return BitsWhere(column,
                   [wanted, zero](auto v) HWY_ATTR { return hn::Ne(hn::And(v, wanted), zero); });
}

std::uint64_t MaskOf(const ConditionColumns& columns, const PersonConditions& person) {
  std::uint64_t lanes = ~BitsSharing(columns.required, ~person.held);
  if (lanes != 0 && person.currency != 0) {
    const auto same = hn::Set(hn::CappedTag<std::uint8_t, kBlockLanes>(), person.currency);
    lanes &= BitsWhere(columns.currency, [same](auto v) HWY_ATTR { return hn::Eq(v, same); });
    lanes &= BitsAtLeast(columns.wage_max, person.wage_floor);
  }
  if (lanes != 0 && person.employment != 0) {
    lanes &= BitsSharing(columns.employment, person.employment);
  }
  if (lanes == 0) return 0;
  return lanes & BitsAtMost(columns.min_experience, person.experience) &
         BitsAtMost(columns.min_education, person.education) &
         BitsAtLeast(columns.start_by, person.available);
}

}  // namespace HWY_NAMESPACE
}  // namespace noren::matching
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace noren::matching {
HWY_EXPORT(MaskOf);

std::uint64_t ConditionMask(const ConditionColumns& columns, const PersonConditions& person) {
  return HWY_DYNAMIC_DISPATCH(MaskOf)(columns, person);
}

std::uint64_t ConditionMaskScalar(const ConditionColumns& columns, const PersonConditions& person) {
  std::uint64_t lanes = 0;
  for (std::size_t l = 0; l < kBlockLanes; ++l) {
    const bool wage = person.currency == 0 || (columns.currency[l] == person.currency &&
                                               columns.wage_max[l] >= person.wage_floor);
    const bool employment =
        person.employment == 0 || (columns.employment[l] & person.employment) != 0;
    const bool meets = (columns.required[l] & ~person.held) == 0 && wage && employment &&
                       columns.min_experience[l] <= person.experience &&
                       columns.min_education[l] <= person.education &&
                       columns.start_by[l] >= person.available;
    lanes |= std::uint64_t{meets} << l;
  }
  return lanes;
}

void ForEachInstructionSet(const std::function<void(std::string_view)>& visit) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    visit(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace noren::matching
#endif
