// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/engine/matching/relatedness/trades.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

const RelatednessOptions kSmall{.dimension = 8, .min_people = 5};
const RetrainingRule kRule{.changed_thousandths = 100, .min_changed_people = 20};

TokenBaskets Market(std::uint64_t seed) { return BasketsOf(People(400, 3, seed)); }

TEST(RelatednessTrainer, PublishesWhatItTrained) {
  RelatednessTrainer trainer(kSmall, kRule);
  EXPECT_EQ(trainer.Current()->tokens_count(), 0u);
  EXPECT_THAT(trainer.Wait(), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(trainer.Start(Market(1)));
  ASSERT_OK(trainer.Wait());
  EXPECT_FALSE(trainer.IsTraining());
  ASSERT_OK_AND_ASSIGN(const RelatednessModel expected, TrainRelatedness(Market(1), kSmall));
  EXPECT_EQ(*trainer.Current(), expected);
}

TEST(RelatednessTrainer, LeavesAReaderTheModelItHolds) {
  RelatednessTrainer trainer(kSmall, kRule);
  ASSERT_OK(trainer.Start(Market(1)));
  ASSERT_OK(trainer.Wait());
  const std::shared_ptr<const RelatednessModel> held = trainer.Current();
  const Bytes bytes = held->Encode();
  ASSERT_OK(trainer.Start(Market(2)));
  ASSERT_OK(trainer.Wait());
  EXPECT_EQ(held->Encode(), bytes);
  EXPECT_NE(trainer.Current()->Encode(), bytes);
}

TEST(RelatednessTrainer, IsDueWhenEnoughPeopleChanged) {
  RelatednessTrainer trainer(kSmall, kRule);
  for (int i = 0; i < 19; ++i) trainer.CountChange();
  EXPECT_FALSE(trainer.IsDue());
  trainer.CountChange();
  EXPECT_TRUE(trainer.IsDue());  // the least number, as nobody was trained on
  ASSERT_OK(trainer.Start(Market(1)));
  ASSERT_OK(trainer.Wait());
  EXPECT_EQ(trainer.changed_people(), 0u);
  for (int i = 0; i < 39; ++i) trainer.CountChange();
  EXPECT_FALSE(trainer.IsDue());
  trainer.CountChange();
  EXPECT_TRUE(trainer.IsDue());  // a tenth of 400
}

TEST(RelatednessTrainer, KeepsModelAndChangesWhenATrainingFails) {
  RelatednessOptions options = kSmall;
  options.max_tokens = 1;
  RelatednessTrainer trainer(options, kRule);
  for (int i = 0; i < 30; ++i) trainer.CountChange();
  ASSERT_OK(trainer.Start(Market(1)));
  EXPECT_THAT(trainer.Wait(), StatusIs(StatusCode::kResourceExhausted));
  EXPECT_EQ(trainer.Current()->tokens_count(), 0u);
  EXPECT_EQ(trainer.changed_people(), 30u);
  EXPECT_TRUE(trainer.IsDue());
}

TEST(RelatednessTrainer, RunsOneTrainingAtATimeAndStopsIt) {
  // A training of seconds, which is stopped: it would otherwise be the slowest test of all.
  RelatednessTrainer trainer({.dimension = 256, .min_people = 2, .power_iterations = 16}, kRule);
  std::vector<std::vector<Token>> people;
  for (std::uint64_t i = 0; i < 40'000; ++i) {
    people.push_back({{1 + i % 4000}, {1 + i * 7 % 4000}, {1 + i * 13 % 3989}});
  }
  trainer.CountChange();
  ASSERT_OK(trainer.Start(BasketsOf(people)));
  EXPECT_THAT(trainer.Start(Market(1)), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_TRUE(trainer.IsTraining());
  trainer.Stop();
  EXPECT_THAT(trainer.Wait(), StatusIs(StatusCode::kCancelled));
  EXPECT_EQ(trainer.changed_people(), 1u);
  ASSERT_OK(trainer.Start(Market(1)));
  ASSERT_OK(trainer.Wait());
  EXPECT_GT(trainer.Current()->tokens_count(), 0u);
}

TEST(RelatednessTrainer, EndsATrainingWhenItIsDestroyed) {
  RelatednessTrainer trainer(kSmall, kRule);
  ASSERT_OK(trainer.Start(BasketsOf(People(20'000, 50, 1))));
}

TEST(RelatednessTrainer, TakesOverAModelFromDisk) {
  ASSERT_OK_AND_ASSIGN(const RelatednessModel model, TrainRelatedness(Market(4), kSmall));
  RelatednessTrainer trainer(kSmall, kRule);
  trainer.CountChange();
  trainer.Restore(model);
  EXPECT_EQ(*trainer.Current(), model);
  EXPECT_EQ(trainer.changed_people(), 0u);
}

TEST(RelatednessTrainer, AnswersReadersWhileItTrains) {
  // Two readers use whatever is current while models come and go; each sees a whole model.
  RelatednessTrainer trainer(kSmall, kRule);
  ASSERT_OK(trainer.Start(Market(1)));
  ASSERT_OK(trainer.Wait());
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> broken{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        const std::shared_ptr<const RelatednessModel> model = trainer.Current();
        if (model->Related(model->tokens().front(), 3).size() != 3) ++broken;
      }
    });
  }
  for (std::uint64_t round = 0; round < 5; ++round) {
    ASSERT_OK(trainer.Start(Market(round)));
    ASSERT_OK(trainer.Wait());
  }
  done = true;
  readers.clear();
  EXPECT_EQ(broken.load(), 0u);
}

}  // namespace
}  // namespace noren::matching
