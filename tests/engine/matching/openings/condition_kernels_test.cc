// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/condition_kernels.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/seeded_random.h"

namespace noren::matching {
namespace {

// Few values and the ends of the range, so that equal numbers and overflows are common.
template <typename T>
T Number(SeededRandom& random) {
  constexpr T kMost = static_cast<T>(~T{0});
  switch (random.Below(4)) {
    case 0:
      return static_cast<T>(random.Below(4));
    case 1:
      return static_cast<T>(kMost - static_cast<T>(random.Below(3)));
    case 2:
      return static_cast<T>(kMost / 2 + static_cast<T>(random.Below(3)));
    default:
      return static_cast<T>(random.Below(~std::uint64_t{0}));
  }
}

template <typename T>
void Fill(SeededRandom& random, std::array<T, kBlockLanes>& column) {
  for (T& value : column) value = Number<T>(random);
}

ConditionColumns RandomColumns(SeededRandom& random) {
  ConditionColumns columns;
  Fill(random, columns.min_education);
  for (auto& value : columns.currency) value = static_cast<std::uint8_t>(random.Below(4));
  Fill(random, columns.employment);
  Fill(random, columns.min_experience);
  Fill(random, columns.start_by);
  Fill(random, columns.wage_max);
  for (auto& value : columns.required)
    value = random.Below(3) == 0 ? Number<std::uint64_t>(random) : 0;
  return columns;
}

PersonConditions RandomPerson(SeededRandom& random) {
  PersonConditions person;
  person.education = Number<std::uint8_t>(random);
  person.currency = static_cast<std::uint8_t>(random.Below(4));
  person.employment = random.Below(2) == 0 ? std::uint16_t{0} : Number<std::uint16_t>(random);
  person.experience = Number<std::uint16_t>(random);
  person.available = Number<std::uint16_t>(random);
  person.wage_floor = Number<std::uint32_t>(random);
  person.held = random.Below(2) == 0 ? ~std::uint64_t{0} : Number<std::uint64_t>(random);
  return person;
}

TEST(ConditionMask, IsTheScalarOneOnEveryInstructionSet) {
  std::vector<std::string> names;
  ForEachInstructionSet([&names](std::string_view name) {
    names.emplace_back(name);
    SeededRandom random(7);
    int nonempty = 0;
    for (int i = 0; i < 5'000; ++i) {
      const ConditionColumns columns = RandomColumns(random);
      const PersonConditions person = RandomPerson(random);
      const std::uint64_t expected = ConditionMaskScalar(columns, person);
      ASSERT_EQ(ConditionMask(columns, person), expected) << name << " " << i;
      nonempty += expected != 0 ? 1 : 0;
    }
    EXPECT_GT(nonempty, 1'000) << name;
  });
  EXPECT_GE(names.size(), 2u);
}

// One lane at a time, each condition alone at its limit and one beyond.
TEST(ConditionMask, TurnsAtTheLimitOfEachColumn) {
  PersonConditions person;
  person.education = 5;
  person.currency = 1;
  person.employment = 0b10;
  person.experience = 300;
  person.available = 500;
  person.wage_floor = 70'000;
  person.held = 0b101;
  ConditionColumns met;
  met.min_education.fill(5);
  met.currency.fill(1);
  met.employment.fill(0b110);
  met.min_experience.fill(300);
  met.start_by.fill(500);
  met.wage_max.fill(70'000);
  met.required.fill(0b100);
  ASSERT_EQ(ConditionMask(met, person), ~std::uint64_t{0});
  for (std::size_t lane = 0; lane < kBlockLanes; ++lane) {
    const std::uint64_t others = ~(std::uint64_t{1} << lane);
    const auto without = [&](auto change) {
      ConditionColumns columns = met;
      change(columns);
      return ConditionMask(columns, person);
    };
    EXPECT_EQ(without([lane](auto& c) { c.min_education[lane] = 6; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.currency[lane] = 2; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.employment[lane] = 0b101; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.min_experience[lane] = 301; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.start_by[lane] = 499; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.wage_max[lane] = 69'999; }), others);
    EXPECT_EQ(without([lane](auto& c) { c.required[lane] = 0b110; }), others);
  }
}

TEST(ConditionMask, AsksNothingThatThePersonDoesNotSet) {
  ConditionColumns columns;  // no wage, no employment type, no requirement
  columns.start_by.fill(kNoStartBy);
  EXPECT_EQ(ConditionMask(columns, PersonConditions{}), ~std::uint64_t{0});
  PersonConditions wants_a_type;
  wants_a_type.employment = 1;
  EXPECT_EQ(ConditionMask(columns, wants_a_type), 0u);
  PersonConditions has_a_floor;
  has_a_floor.currency = 1;
  EXPECT_EQ(ConditionMask(columns, has_a_floor), 0u);
}

}  // namespace
}  // namespace noren::matching
