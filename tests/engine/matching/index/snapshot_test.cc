// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "crypto/base/encoding.h"
#include "tests/engine/matching/index/index_checks.h"
#include "tests/engine/matching/index/random_rows.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

class BytesSink final : public ImageSink {
 public:
  Status Write(ByteSpan bytes) override {
    image.insert(image.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }
  Bytes image;
};

class BytesSource final : public ImageSource {
 public:
  explicit BytesSource(ByteSpan bytes) : rest_(bytes) {}
  Status Read(MutableByteSpan out) override {
    if (out.size() > rest_.size()) return DataLoss("image ends");
    std::copy_n(rest_.begin(), out.size(), out.begin());
    rest_ = rest_.subspan(out.size());
    return OkStatus();
  }
  bool at_end() const { return rest_.empty(); }

 private:
  ByteSpan rest_;
};

Bytes ImageOf(SeekerIndex& index) {
  BytesSink sink;
  EXPECT_OK(IndexImage(index).WriteTo(sink));
  return std::move(sink.image);
}

Status ReadInto(ByteSpan image, SeekerIndex& index) {
  BytesSource source(image);
  const Status status = IndexImage::Read(source, index);
  EXPECT_TRUE(!status.ok() || source.at_end());
  return status;
}

// An index with a history: free lanes, wide rows, strays, stale entries.
void Live(SeekerIndex& index, RandomRows& random, Rows& rows, int steps, bool maintain = true) {
  for (int step = 0; step < steps; ++step) {
    const std::uint64_t id = 1 + random.Below(900);
    if (random.OneIn(3)) {
      EXPECT_EQ(index.Erase({id}), rows.erase(id) == 1);
    } else {
      rows[id] = random.Seeker(id);
      index.Upsert(rows[id]);
    }
    if (maintain && random.OneIn(3)) index.MaintainStep();
  }
}

TEST(IndexImage, GivesTheIndexBackAsItWasAndItLivesOn) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    RandomRows random(seed);
    Rows rows;
    SeekerIndex index;
    Live(index, random, rows, 2500);
    SeekerIndex again;
    ASSERT_OK(ReadInto(ImageOf(index), again));
    ExpectHolds(again, rows);
    Live(again, random, rows, 1500);
    ExpectHolds(again, rows);
    while (again.MaintainStep()) {
    }
    ExpectHolds(again, rows);
  }
}

TEST(IndexImage, OfAnEmptyIndexIsAnEmptyIndex) {
  SeekerIndex index;
  SeekerIndex again;
  ASSERT_OK(ReadInto(ImageOf(index), again));
  ExpectHolds(again, {});
}

TEST(IndexImage, IsTheSameForTheSameHistory) {
  RandomRows first(5);
  RandomRows second(5);
  Rows rows_a, rows_b;
  SeekerIndex a, b;
  Live(a, first, rows_a, 700, false);
  Live(b, second, rows_b, 700, false);
  EXPECT_EQ(ImageOf(a), ImageOf(b));
}

TEST(IndexImage, HoldsWhoeverIsBeingMovedOnce) {
  RandomRows random(6);
  Rows rows;
  SeekerIndex index;
  const OccupationPath wish = random.Occupation();
  for (std::uint64_t id = 1; id <= kLanes; ++id) {
    rows[id] = random.Seeker(id);
    rows[id].occupations = {wish};
    index.Upsert(rows[id]);
  }
  const SeekerIndex::View reader = index.Read();  // so that the move cannot end
  for (int i = 0; i < 20; ++i) index.MaintainStep();
  ASSERT_NE(index.Read().lanes_left_behind(0), 0U);
  SeekerIndex again;
  ASSERT_OK(ReadInto(ImageOf(index), again));
  ExpectHolds(again, rows);
  const SeekerIndex::View view = again.Read();
  std::size_t live = 0;
  for (std::uint32_t b = 0; b < view.block_count(); ++b)
    live += static_cast<std::size_t>(std::popcount(view.block(b).live()));
  EXPECT_EQ(live, kLanes);
}

TEST(IndexImage, PausesMaintenanceWhileItLives) {
  SeekerIndex index;
  SeekerRow row;
  row.id = {1};
  row.skills = {{RandomRows::SkillToken(1), 5}};
  index.Upsert(row);
  row.skills.clear();
  index.Upsert(row);
  {
    const IndexImage image(index);
    EXPECT_FALSE(index.MaintainStep());
  }
  EXPECT_TRUE(index.MaintainStep());
}

// The promise a snapshot rests on: whoever changed during the writing is applied again, and then
// everything holds.
TEST(IndexImage, WrittenWhileUpdatesGoOnIsRightOnceTheyAreAppliedAgain) {
  for (const std::uint64_t seed : {7U, 8U, 9U, 10U, 11U, 12U}) {
    RandomRows random(seed);
    Rows rows;
    SeekerIndex index;
    Live(index, random, rows, 1500);
    std::set<std::uint64_t> changed;
    BytesSink sink;
    {
      const IndexImage image(index);
      std::atomic<bool> done{false};
      std::thread writing([&] {
        EXPECT_OK(image.WriteTo(sink));
        done = true;
      });
      for (int step = 0; step < 300 || !done; ++step) {
        const std::uint64_t id = 1 + random.Below(1200);
        changed.insert(id);
        if (random.OneIn(3)) {
          EXPECT_EQ(index.Erase({id}), rows.erase(id) == 1);
        } else {
          rows[id] = random.Seeker(id);
          index.Upsert(rows[id]);
        }
      }
      writing.join();
    }
    SeekerIndex again;
    ASSERT_OK(ReadInto(sink.image, again));
    for (const std::uint64_t id : changed) {
      const auto row = rows.find(id);
      if (row != rows.end()) {
        again.Upsert(row->second);
      } else {
        again.Erase({id});
      }
    }
    ExpectHolds(again, rows);
    Live(again, random, rows, 300);
    ExpectHolds(again, rows);
  }
}

// Calls `then` once, after the columns of the first block.
class InterruptedSink final : public ImageSink {
 public:
  explicit InterruptedSink(std::function<void()> then) : then_(std::move(then)) {}
  Status Write(ByteSpan bytes) override {
    image.insert(image.end(), bytes.begin(), bytes.end());
    if (bytes.size() > kLanes * sizeof(SkillRecord) && then_) std::exchange(then_, nullptr)();
    return OkStatus();
  }
  Bytes image;

 private:
  std::function<void()> then_;
};

// Written where they stood before and where they stand now: the image has them twice.
TEST(IndexImage, HoldsOnceWhoLeftAndCameBackElsewhereWhileItWasWritten) {
  RandomRows random(15);
  SeekerRow row = random.Seeker(1);
  Rows rows;
  for (std::uint64_t id = 1; id <= 4 * kLanes; ++id) {
    row.id = {id};
    rows[id] = row;
  }
  SeekerIndex index;
  index.Build(RowsOf(rows));
  const auto add = [&](std::uint64_t id) {
    row.id = {id};
    rows[id] = row;
    index.Upsert(row);
  };
  const auto erase = [&](std::uint64_t id) {
    rows.erase(id);
    ASSERT_TRUE(index.Erase({id}));
  };
  erase(4 * kLanes);  // leaves a lane free in the last block
  InterruptedSink sink([&] {
    erase(1);
    add(1000);  // in the lane that was left
    add(1);
  });
  ASSERT_EQ(BlockOf(*index.Read().Find({1})), 0U);
  EXPECT_OK(IndexImage(index).WriteTo(sink));
  ASSERT_EQ(BlockOf(*index.Read().Find({1})), 3U);
  SeekerIndex again;
  ASSERT_OK(ReadInto(sink.image, again));
  again.Erase({1});
  EXPECT_FALSE(again.Read().Find({1}));
  again.Upsert(rows[1]);
  again.Upsert(rows[1000]);
  ExpectHolds(again, rows);
}

TEST(IndexImage, HasNoTraceOfWhoWasErased) {
  RandomRows random(13);
  Rows rows;
  SeekerIndex index;
  Live(index, random, rows, 400);
  SeekerRow gone = random.Seeker(0x1122334455667788);
  gone.occupations = {random.Occupation()};
  gone.regions = {random.Region()};
  index.Upsert(gone);
  const std::string id = "\x88\x77\x66\x55\x44\x33\x22\x11";
  const std::string reversed(id.rbegin(), id.rend());
  const auto holds = [](const Bytes& image, const std::string& text) {
    return AsText(image).find(text) != std::string_view::npos;
  };
  EXPECT_TRUE(holds(ImageOf(index), id));
  index.Erase(gone.id);
  const Bytes image = ImageOf(index);
  EXPECT_FALSE(holds(image, id));
  EXPECT_FALSE(holds(image, reversed));
  SeekerIndex again;
  ASSERT_OK(ReadInto(image, again));
  const PairView list = again.Read().pairs(
      *again.terms().Find(gone.occupations[0].levels[gone.occupations[0].depth() - 1]),
      *again.terms().Find(gone.regions[0].levels[gone.regions[0].depth() - 1]));
  for (std::size_t i = 0; i < list.size; ++i) {
    const SeekerIndex::View view = again.Read();
    const Slot slot = PairWho::SlotOf(list.who[i]);
    EXPECT_NE(view.block(BlockOf(slot)).live() >> LaneOf(slot) & 1, 0U);
  }
}

// Three people: one as most are, one whom no block holds, one who has left.
void FillForGolden(SeekerIndex& index, Rows& rows) {
  OccupationPath occupation;
  RegionPath region;
  for (std::size_t d = 0; d < occupation.levels.size(); ++d) {
    occupation.levels[d] = {0x100 + d};
    region.levels[d] = {0x200 + d};
  }
  SeekerRow row;
  row.id = {1};
  row.occupations = {occupation};
  row.regions = {region};
  row.skills = {{{0x301}, 2}, {{0x302}, 5}};
  row.licences = {{0x401}};
  row.languages = {{{0x501}, 6}};
  row.employment_types.Add(model::EmploymentType::kFullTime);
  row.wage_floor = model::Wage{2'500'000, model::Currency::kKrw};
  row.experience_months = 30;
  row.education = 6;
  row.available_day = 20'000;
  row.weights[Feature::kWage] = 7;
  rows[1] = row;
  row.id = {2};
  for (std::uint64_t skill = 0x303; skill < 0x320; ++skill) row.skills.push_back({{skill}, 1});
  rows[2] = row;
  row.id = {3};
  index.Upsert(rows[1]);
  index.Upsert(rows[2]);
  index.Upsert(row);
  index.Erase({3});
}

TEST(IndexImage, HasTheBytesOfTheGoldenFile) {
  SeekerIndex index;
  Rows rows;
  FillForGolden(index, rows);
  std::ifstream file(SourceFolder() + "/tests/golden/index_image_v1.bin", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Bytes golden = ToBytes(std::string_view(text));
  EXPECT_TRUE(ImageOf(index) == golden);
  SeekerIndex again;
  ASSERT_OK(ReadInto(golden, again));
  ExpectHolds(again, rows);
}

Bytes SmallImage() {
  RandomRows random(14);
  Rows rows;
  SeekerIndex index;
  for (std::uint64_t id = 1; id <= 40; ++id) index.Upsert(random.Seeker(id));
  index.Erase({7});
  return ImageOf(index);
}

TEST(IndexImage, CutShortAnywhereIsRefused) {
  const Bytes image = SmallImage();
  for (std::size_t size = 0; size < image.size(); size += 1 + size / 97) {
    SeekerIndex index;
    EXPECT_THAT(ReadInto(ByteSpan(image).first(size), index), StatusIs(StatusCode::kDataLoss));
  }
}

TEST(IndexImage, OfAnotherFormatIsRefused) {
  Bytes image = SmallImage();
  image[7] = '0';
  SeekerIndex index;
  EXPECT_THAT(ReadInto(image, index), StatusIs(StatusCode::kDataLoss));
}

// Images are sealed, so that this cannot happen by a flipped bit; but nothing that reads as an
// image makes the process fall.
TEST(IndexImage, WithAnyByteChangedIsRefusedOrCanBeRead) {
  const Bytes image = SmallImage();
  std::mt19937_64 random(15);
  std::size_t refused = 0;
  for (int round = 0; round < 6000; ++round) {
    Bytes changed = image;
    // Half of the changes in what is not columns of bytes.
    const std::size_t at = round % 2 == 0 ? random() % image.size() : random() % 64;
    const std::size_t place =
        round % 4 == 3 ? image.size() - 1 - random() % 6000 % image.size() : at;
    changed[place] = static_cast<std::uint8_t>(changed[place] ^ (1U << random() % 8));
    SeekerIndex index;
    if (!ReadInto(changed, index).ok()) {
      ++refused;
      continue;
    }
    const SeekerIndex::View view = index.Read();
    SeekerRow row;
    for (std::uint32_t b = 0; b < view.block_count(); ++b) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        if ((view.block(b).live() >> lane & 1) != 0)
          view.ReadRow(static_cast<Slot>(b * kLanes + lane), row);
      }
    }
  }
  EXPECT_GT(refused, 1500U);
}

}  // namespace
}  // namespace noren::matching
