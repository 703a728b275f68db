// Every kernel of every set that this machine has, against the scalar ones: on random blocks of
// every shape, at every length and alignment, with extreme values.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "engine/matching/query/kernels/query_kernels.h"

namespace noren::matching {
namespace {

constexpr std::uint32_t kUntouched = 0xA5A5A5A5;

class RandomBytes {
 public:
  explicit RandomBytes(std::uint64_t seed) : random_(seed) {}
  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }
  template <typename T>
  T Any() {
    return static_cast<T>(random_());
  }
  // Few values, so that tests hold often; now and then any.
  std::uint8_t Code() {
    return OneIn(20) ? Any<std::uint8_t>() : static_cast<std::uint8_t>(Below(4));
  }

 private:
  std::mt19937_64 random_;
};

class QueryKernelsOnThisMachine : public testing::TestWithParam<KernelSet> {
 protected:
  QueryKernelsOnThisMachine()
      : kernels_(*KernelsFor(GetParam())), scalar_(*KernelsFor(KernelSet::kScalar)) {}
  const QueryKernels& kernels_;
  const QueryKernels& scalar_;
};

std::vector<KernelSet> SetsHere() {
  std::vector<KernelSet> sets;
  for (const KernelSet set :
       {KernelSet::kBest, KernelSet::kPortable, KernelSet::kAvx2, KernelSet::kAvx512}) {
    if (KernelsFor(set) != nullptr) sets.push_back(set);
  }
  return sets;
}
INSTANTIATE_TEST_SUITE_P(Sets, QueryKernelsOnThisMachine, testing::ValuesIn(SetsHere()),
                         [](const auto& set) { return std::string(KernelSetName(set.param)); });

template <typename T, typename Make>
void FillColumn(Block& block, const T* column, Make make) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) block.Mutable(column)[lane] = make();
}

void FillSkills(RandomBytes& random, Block& block) {
  const std::uint8_t full = random.OneIn(8) ? 0xFF : 0;  // the highest levels
  for (std::size_t pair = 0; pair < block.shape().skills / 2U; ++pair) {
    std::uint8_t* slots = block.Mutable(block.skill_slots(pair));
    for (std::size_t i = 0; i < 2 * kLanes; ++i)
      slots[i] = random.OneIn(3) ? std::uint8_t{0} : random.Any<std::uint8_t>();
    for (std::size_t i = 2 * kLanes; i < 3 * kLanes; ++i)
      slots[i] = static_cast<std::uint8_t>(random.Any<std::uint8_t>() | full);
  }
}

std::unique_ptr<Block> RandomBlock(RandomBytes& random) {
  const auto upto = [&](std::uint64_t most) {
    return static_cast<std::uint8_t>(random.Below(most + 1));
  };
  const BlockShape shape{.occupations = upto(3),
                         .regions = upto(5),
                         .licences = upto(6),
                         .languages = upto(1),
                         .skills = static_cast<std::uint8_t>(2 * upto(12))};
  std::unique_ptr<Block> block = Block::Make(shape);
  const auto code = [&] { return random.Code(); };
  for (const std::uint8_t* column :
       {block->wage(), block->experience(), block->education(), block->employment()})
    FillColumn(*block, column, [&] { return random.Any<std::uint8_t>(); });
  for (std::size_t s = 0; s < shape.occupations; ++s) {
    FillColumn(*block, block->occupation_group(s), code);
    FillColumn(*block, block->occupation_minor(s), code);
    FillColumn(*block, block->occupation_unit(s), code);
  }
  for (std::size_t s = 0; s < shape.regions; ++s) {
    FillColumn(*block, block->province(s), code);
    FillColumn(*block, block->place(s), code);
  }
  for (std::size_t s = 0; s < shape.licences; ++s)
    FillColumn(*block, block->licence(s),
               [&] { return static_cast<std::uint16_t>(random.Below(4) * 0x100); });
  FillSkills(random, *block);
  const SeekerRow wide;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    block->SetLive(lane, !random.OneIn(8));
    if (random.OneIn(30)) {
      block->SetLive(lane, true);
      block->SetWide(lane, &wide);
    }
  }
  return block;
}

PathTest RandomTest(RandomBytes& random, std::uint8_t most_depth, LaneProgram& program) {
  PathTest test;
  test.first = static_cast<std::uint16_t>(program.patterns.size());
  test.count = static_cast<std::uint16_t>(random.Below(5));
  test.if_missing = random.OneIn(4);
  test.always = random.OneIn(12);
  test.units = static_cast<std::uint16_t>(random.OneIn(8) ? 0xFF00 : random.Below(300));
  for (std::size_t i = 0; i < test.count; ++i) {
    program.patterns.push_back({{random.Code(), random.Code(), random.Code()},
                                static_cast<std::uint8_t>(1 + random.Below(most_depth))});
  }
  return test;
}

LaneProgram RandomProgram(RandomBytes& random) {
  LaneProgram program;
  LaneFilter& filter = program.filter;
  if (random.OneIn(2)) filter.wage_at_most = random.Any<std::uint8_t>();
  if (random.OneIn(2)) filter.employment_any = random.Any<std::uint8_t>();
  if (random.OneIn(3)) filter.experience_at_least = static_cast<std::uint8_t>(random.Below(100));
  if (random.OneIn(3)) filter.education_at_least = static_cast<std::uint8_t>(random.Below(100));
  filter.by_occupation = random.OneIn(3);
  filter.by_region = random.OneIn(3);
  filter.occupations = RandomTest(random, 3, program);
  filter.regions = RandomTest(random, 2, program);
  for (std::uint64_t i = random.OneIn(3) ? random.Below(3) : 0; i > 0; --i)
    filter.licences_all.push_back(static_cast<std::uint16_t>(random.Below(4) * 0x100));
  program.constant = static_cast<std::uint16_t>(random.OneIn(6) ? 0xFFFF : random.Below(50));
  for (std::uint64_t i = random.Below(5); i > 0; --i)
    program.occupations.push_back(RandomTest(random, 3, program));
  for (std::uint64_t i = random.Below(5); i > 0; --i)
    program.regions.push_back(RandomTest(random, 2, program));
  for (std::uint64_t i = random.Below(3); i > 0; --i) {
    program.licences.push_back(
        {static_cast<std::uint16_t>(random.Below(4) * 0x100), random.Any<std::uint16_t>()});
  }
  program.experience = {random.Any<std::uint8_t>(), static_cast<std::uint16_t>(random.Below(40))};
  program.education = {random.Any<std::uint8_t>(), static_cast<std::uint16_t>(random.Below(40))};
  return program;
}

std::uint32_t RandomNeed(RandomBytes& random) {
  const std::uint32_t choices[] = {0, 1, 100, 400, 5000, 0x8000, kMostUnits};
  return choices[random.Below(std::size(choices))] +
         static_cast<std::uint32_t>(random.Below(2)) *
             static_cast<std::uint32_t>(random.Below(200)) % 0x100;
}

TEST_P(QueryKernelsOnThisMachine, FilterTheSameLanes) {
  RandomBytes random(1);
  for (int i = 0; i < 600; ++i) {
    const auto block = RandomBlock(random);
    const LaneProgram program = RandomProgram(random);
    ASSERT_EQ(kernels_.filter(*block, program), scalar_.filter(*block, program)) << i;
  }
}

TEST_P(QueryKernelsOnThisMachine, CountTheSameUnits) {
  RandomBytes random(2);
  for (int i = 0; i < 600; ++i) {
    const auto block = RandomBlock(random);
    const LaneProgram program = RandomProgram(random);
    const std::uint32_t need = std::min(RandomNeed(random), kMostUnits);
    LaneSums sums;
    LaneSums expected;
    ASSERT_EQ(kernels_.units(*block, program, need, sums),
              scalar_.units(*block, program, need, expected))
        << i;
    ASSERT_EQ(sums.of, expected.of) << i;
  }
}

SkillProgram RandomSkills(RandomBytes& random) {
  SkillProgram program;
  for (std::uint64_t i = random.Below(30); i > 0; --i) {
    program.Put(static_cast<std::uint8_t>(1 + random.Below(255)),
                random.OneIn(6) ? std::uint8_t{255} : static_cast<std::uint8_t>(random.Below(11)));
  }
  program.scaled = random.OneIn(2);
  program.cap = static_cast<std::uint16_t>(1 + random.Below(2000));
  program.shift = static_cast<std::uint8_t>(std::countl_zero(program.cap));
  program.factor = random.Any<std::uint16_t>();
  program.if_none = static_cast<std::uint16_t>(random.OneIn(2) ? 0 : random.Below(5000));
  return program;
}

TEST_P(QueryKernelsOnThisMachine, AddTheSameSkills) {
  RandomBytes random(3);
  for (int i = 0; i < 600; ++i) {
    const auto block = RandomBlock(random);
    const SkillProgram program = RandomSkills(random);
    LaneSums sums;
    for (std::uint16_t& sum : sums.of) {
      sum = static_cast<std::uint16_t>(random.OneIn(10) ? 0xFFF0 : random.Below(500));
    }
    // Every need around the sums, so that each lane's total is pinned down.
    for (std::uint32_t need = 0; need < 600; need += 7) {
      ASSERT_EQ(kernels_.skills(*block, program, sums, need),
                scalar_.skills(*block, program, sums, need))
          << i << " " << need;
    }
    for (int more = 0; more < 20; ++more) {
      const std::uint32_t need = random.Any<std::uint16_t>();
      ASSERT_EQ(kernels_.skills(*block, program, sums, need),
                scalar_.skills(*block, program, sums, need))
          << i << " " << need;
    }
  }
}

TEST_P(QueryKernelsOnThisMachine, AddTheSameDenseBounds) {
  RandomBytes random(4);
  struct alignas(64) Bytes {
    std::array<std::uint8_t, kSegmentBlocks> of{};
  };
  struct alignas(64) Words {
    std::array<std::uint16_t, kSegmentBlocks> of{};
  };
  for (int i = 0; i < 60; ++i) {
    std::vector<Bytes> most(random.Below(9));
    std::vector<DenseTerm> terms;
    for (Bytes& one : most) {
      for (std::uint8_t& byte : one.of)
        byte = random.OneIn(9) ? random.Any<std::uint8_t>()
                               : static_cast<std::uint8_t>(random.Below(6));
      if (random.OneIn(2)) {
        terms.push_back({one.of.data(), static_cast<std::uint16_t>(random.Below(256)), 0xFF});
      } else {
        terms.push_back({one.of.data(), random.Any<std::uint16_t>(), 1});
      }
    }
    Words sums;
    for (std::uint16_t& sum : sums.of)
      sum = random.OneIn(5) ? random.Any<std::uint16_t>() : std::uint16_t{1};
    Words expected = sums;
    kernels_.add_dense(terms, sums.of.data());
    scalar_.add_dense(terms, expected.of.data());
    ASSERT_EQ(sums.of, expected.of) << i;
  }
}

TEST_P(QueryKernelsOnThisMachine, CollectTheSameBlocksAtEveryLengthAndAlignment) {
  RandomBytes random(5);
  std::vector<std::uint16_t> memory(400);
  for (std::size_t size = 0; size <= 300; ++size) {
    const std::uint64_t spread = random.OneIn(4) ? 0x10000 : 8;
    for (std::uint16_t& bound : memory)
      bound = static_cast<std::uint16_t>(0U - random.Below(spread));
    const std::uint16_t* bounds = memory.data() + random.Below(64);
    const auto least = static_cast<std::uint32_t>(random.OneIn(5) ? 0 : 0x10000 - random.Below(10));
    const auto below =
        static_cast<std::uint32_t>(random.OneIn(3) ? 0x10000 : 0x10000 - random.Below(10));
    std::vector<std::uint32_t> found(size + 16, kUntouched);
    std::vector<std::uint32_t> expected(size + 16, kUntouched);
    const std::size_t count = kernels_.collect(bounds, size, least, below, found.data());
    ASSERT_EQ(count, scalar_.collect(bounds, size, least, below, expected.data())) << size;
    found.resize(count);
    expected.resize(count);
    ASSERT_EQ(found, expected) << size;
  }
}

PairFilter RandomPairFilter(RandomBytes& random) {
  PairFilter filter;
  if (random.OneIn(2)) filter.wage_at_most = static_cast<std::uint32_t>(random.Below(256));
  if (random.OneIn(2))
    filter.employment_any = static_cast<std::uint32_t>(random.Below(256))
                            << PairPacking::kEmploymentShift;
  if (random.OneIn(2))
    filter.experience_at_least = static_cast<std::uint32_t>(random.Below(64))
                                 << PairPacking::kExperienceShift;
  if (random.OneIn(2))
    filter.education_at_least = static_cast<std::uint32_t>(random.Below(16))
                                << PairPacking::kEducationShift;
  if (random.OneIn(3))
    filter.licence_marks = PairWho::MarkOf(static_cast<std::uint16_t>(random.Below(100)));
  return filter;
}

// The list ends where its memory ends, so that a sanitizer sees a read beyond.
TEST_P(QueryKernelsOnThisMachine, FilterTheSamePairsAtEveryLength) {
  RandomBytes random(6);
  for (std::size_t size = 0; size <= 257; ++size) {
    std::vector<std::uint32_t> who(size);
    std::vector<std::uint32_t> words(size);
    for (std::uint32_t& one : who) one = random.Any<std::uint32_t>();
    for (std::uint32_t& word : words) word = random.Any<std::uint32_t>();
    const PairView list{who.data(), words.data(), size};
    for (int i = 0; i < 8; ++i) {
      const PairFilter filter = RandomPairFilter(random);
      std::vector<Slot> found_slots(size + 16), expected_slots(size + 16);
      std::vector<std::uint32_t> found_words(size + 16), expected_words(size + 16);
      const std::size_t count =
          kernels_.filter_pairs(list, filter, found_slots.data(), found_words.data());
      ASSERT_EQ(count,
                scalar_.filter_pairs(list, filter, expected_slots.data(), expected_words.data()))
          << size;
      ASSERT_TRUE(std::equal(found_slots.begin(),
                             found_slots.begin() + static_cast<std::ptrdiff_t>(count),
                             expected_slots.begin()))
          << size;
      ASSERT_TRUE(std::equal(found_words.begin(),
                             found_words.begin() + static_cast<std::ptrdiff_t>(count),
                             expected_words.begin()))
          << size;
    }
  }
}

SkillRecord RandomRecord(RandomBytes& random, std::uint64_t numbers) {
  SkillRecord record;
  const std::uint64_t count = random.Below(kMaxRecordSkills + 1);
  for (std::size_t i = 0; i < count; ++i) {
    // Distinct: one residue per place.
    record.skill[i] =
        static_cast<std::uint16_t>(1 + (random.Below(numbers) * kMaxRecordSkills + i) % 65535);
    record.levels[i / 2] =
        static_cast<std::uint8_t>(record.levels[i / 2] | random.Below(16) << (i % 2 * 4));
  }
  record.version = random.Any<std::uint8_t>() & 0x3FU;
  return record;
}

TEST_P(QueryKernelsOnThisMachine, ScoreTheSameRecords) {
  RandomBytes random(7);
  for (int i = 0; i < 400; ++i) {
    const std::uint64_t numbers = random.OneIn(3) ? 2700 : 3;
    RecordProgram program;
    for (std::uint64_t n = random.Below(random.OneIn(4) ? 60 : 18); n > 0; --n) {
      const auto number = static_cast<std::uint16_t>(1 + random.Below(numbers * kMaxRecordSkills));
      if (program.WeightOf(number) != 0) continue;
      ASSERT_TRUE(program.Add(number, static_cast<std::uint8_t>(1 + random.Below(255))));
    }
    for (std::uint64_t n = random.OneIn(3) ? random.Below(3) : 0; n > 0; --n)
      program.required.push_back(
          static_cast<std::uint16_t>(1 + random.Below(numbers * kMaxRecordSkills)));
    program.FindHash();
    std::vector<SkillRecord> records(random.Below(40));
    std::vector<const SkillRecord*> pointers;
    for (SkillRecord& record : records) {
      record = RandomRecord(random, numbers);
      pointers.push_back(&record);
    }
    std::vector<std::int32_t> points(records.size());
    std::vector<std::int32_t> expected(records.size());
    kernels_.score_records(pointers, program, points.data());
    scalar_.score_records(pointers, program, expected.data());
    ASSERT_EQ(points, expected) << i;
  }
}

TEST(QueryKernelSets, ScalarAndBestAreAlwaysThere) {
  EXPECT_EQ(KernelsFor(KernelSet::kScalar)->set, KernelSet::kScalar);
  EXPECT_NE(KernelsFor(KernelSet::kBest), nullptr);
}

TEST(RecordProgram, RefusesASumThatDoesNotFitAByte) {
  RecordProgram program;
  EXPECT_TRUE(program.Add(9, 200));
  EXPECT_TRUE(program.Add(9, 55));
  EXPECT_FALSE(program.Add(9, 1));
}

}  // namespace
}  // namespace noren::matching
