// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "datasets/generate/w1/w1_embeddings.h"

namespace noren::w1 {
namespace {

// Computed once from files of an independent generator of the same recipe. The million people are
// checked by the benchmark, before it measures.
constexpr std::string_view kSeekers20000 =
    "e19fe5d0fa4e5337e9c312d33a42812aaace1fa2ddfec39a40b14dfaaf3dd55c";
constexpr std::string_view kPostings50 =
    "375353894dcd8d37c83dbfb6a0b058d5fca163651fb84125f57b6c2f8bac83f3";
constexpr std::string_view kSeekerVectors20000 =
    "8c0698e77dc7d6c39f80d44401a8cbee28f987f571d243218b16353c420ae828";
constexpr std::string_view kPostingVectors50 =
    "da1efb2818d40a8107b028a985ffb57b7fdd5d01b6b901daf3d275f338221a96";

class W1Bytes : public ::testing::Test {
 protected:
  Model model_;
};

std::string FingerprintOf(const Seekers& seekers) {
  return Fingerprint([&](const ByteSink& sink) { WriteSeekers(seekers, sink); });
}
std::string FingerprintOf(const std::vector<Posting>& postings) {
  return Fingerprint([&](const ByteSink& sink) { WritePostings(postings, sink); });
}
std::string FingerprintOf(const std::vector<float>& matrix) {
  return Fingerprint([&](const ByteSink& sink) { WriteVectors(matrix, sink); });
}

TEST_F(W1Bytes, AreThoseOfTheIndependentGenerator) {
  const Seekers seekers = MakeSeekers(model_, 20'000);
  const std::vector<Posting> postings = MakePostings(model_, 50);
  EXPECT_EQ(FingerprintOf(seekers), kSeekers20000);
  EXPECT_EQ(FingerprintOf(postings), kPostings50);
  const Embeddings embeddings;
  EXPECT_EQ(FingerprintOf(SeekerVectors(embeddings, seekers)), kSeekerVectors20000);
  EXPECT_EQ(FingerprintOf(PostingVectors(embeddings, postings)), kPostingVectors50);
}

TEST_F(W1Bytes, FewerPeopleAreTheFirstOfMore) {
  const Seekers more = MakeSeekers(model_, 300);
  const Seekers fewer = MakeSeekers(model_, 100);
  ASSERT_EQ(fewer.size(), 100u);
  for (std::size_t i = 0; i < fewer.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(fewer.skills.Of(i), more.skills.Of(i))) << i;
    EXPECT_TRUE(std::ranges::equal(fewer.regions.Of(i), more.regions.Of(i))) << i;
    EXPECT_EQ(fewer.wages[i], more.wages[i]) << i;
  }
  const std::vector<Posting> postings = MakePostings(model_, 20);
  EXPECT_EQ(MakePostings(model_, 7), std::vector<Posting>(postings.begin(), postings.begin() + 7));
}

TEST_F(W1Bytes, OneChangedNumberChangesTheFingerprint) {
  Seekers seekers = MakeSeekers(model_, 50);
  const std::string before = FingerprintOf(seekers);
  seekers.educations.back() ^= 1U;
  EXPECT_NE(FingerprintOf(seekers), before);
}

TEST_F(W1Bytes, EveryNumberIsInItsRange) {
  const Seekers seekers = MakeSeekers(model_, 5'000);
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    ASSERT_GE(seekers.skills.Of(i).size(), 5u);
    ASSERT_LE(seekers.skills.Of(i).size(), kMaxSeekerSkills);
    ASSERT_TRUE(std::ranges::is_sorted(seekers.skills.Of(i), std::less_equal())) << i;
    ASSERT_GE(seekers.occupations.Of(i).size(), 1u);
    ASSERT_LT(seekers.occupations.Of(i).back(), kOccupationsCount);
    ASSERT_LT(seekers.regions.Of(i).back(), kRegionsCount);
    ASSERT_LE(seekers.wages[i], 63);
    ASSERT_TRUE(seekers.employment_bits[i] >= 1 && seekers.employment_bits[i] <= 15);
    for (const std::uint8_t level : seekers.LevelsOf(i)) ASSERT_TRUE(level >= 1 && level <= 5);
  }
}

}  // namespace
}  // namespace noren::w1
