// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "bench/macro/truth.h"
#include "bench/macro/w1_data.h"
#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {
namespace {

class Answers : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = MakeW1Data(3'000, 12, Vectors::kMade);
    ASSERT_TRUE(made.ok());
    data_ = *std::move(made);
    truth_ = MakeTruth(data_);
  }
  W1Data data_;
  Truth truth_;
};

TEST_F(Answers, OfTheColumnScanAreTheOracles) {
  const auto rows = W1SeekerRows(data_.seekers, w1::PlainTokens());
  EXPECT_TRUE(AgreesWithOracle(data_, rows, truth_, 12));
  Truth wrong = truth_;
  ++wrong.w1b.answers[5][7].score;
  EXPECT_FALSE(AgreesWithOracle(data_, rows, wrong, 12));
}

TEST_F(Answers, AreExactOnlyWithIdsOrderAndScores) {
  const std::vector<Answer>& right = truth_.w1b.answers;
  EXPECT_TRUE(CompareAnswers(truth_.w1b, right).exact);
  EXPECT_TRUE(CompareAnswers(truth_.w1b, {right[0], right[1]}).exact);
  EXPECT_FALSE(CompareAnswers(truth_.w1b, {}).exact);

  std::vector<Answer> swapped = right;
  std::swap(swapped[3][0], swapped[3][1]);
  EXPECT_FALSE(CompareAnswers(truth_.w1b, swapped).exact);
  EXPECT_EQ(CompareAnswers(truth_.w1b, swapped).recall, 1.0);
  EXPECT_NE(CompareAnswers(truth_.w1b, swapped).hash, CompareAnswers(truth_.w1b, right).hash);

  std::vector<Answer> scored = right;
  ++scored[3][50].score;
  EXPECT_FALSE(CompareAnswers(truth_.w1b, scored).exact);

  std::vector<Answer> short_of_one = right;
  short_of_one[3].pop_back();
  EXPECT_FALSE(CompareAnswers(truth_.w1b, short_of_one).exact);
  EXPECT_LT(CompareAnswers(truth_.w1b, short_of_one).recall, 1.0);
}

TEST_F(Answers, OfVectorsCountPeopleOnceAndOnlyThoseWhoPass) {
  const DenseTruth truth(data_, Passing::kFiltered, 1);
  DenseAnswer everybody;
  for (std::uint32_t i = 0; i < data_.seekers.size(); ++i) everybody.push_back({i, 0});
  EXPECT_TRUE(truth.Compare({everybody}).exact);
  const DenseAnswer one_person_often(200, everybody[0]);
  EXPECT_LE(truth.Compare({one_person_often}).recall, 0.01);
  EXPECT_EQ(truth.Compare({DenseAnswer()}).recall, 0.0);
}

TEST(W1Data, ThatIsSmallNeedsNoFullFingerprint) {
  // The first postings are those of the full workload, and no full workload themselves.
  const auto few = MakeW1Data(10, 20, Vectors::kNone);
  ASSERT_TRUE(few.ok());
  EXPECT_EQ(few->postings.size(), 20u);
  EXPECT_TRUE(few->seeker_vectors.empty());
  EXPECT_TRUE(MakeW1Data(10, 1'000, Vectors::kNone).ok());
}

}  // namespace
}  // namespace noren::bench
