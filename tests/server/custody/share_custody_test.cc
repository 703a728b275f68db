// SPDX-License-Identifier: Apache-2.0
#include "server/custody/share_custody.h"

#include <gtest/gtest.h>

#include "engine/model/errors.h"
#include "engine/storage/durable_file.h"
#include "server/custody/key_file.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using model::CodeOf;
using model::ErrorCode;
constexpr auto kNever = RootKeySource::Asking::kNever;

class ShareCustodyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SeededRandom random(3);
    root_key_ = SecretBytes::Random(random, 32);
    ASSERT_OK_AND_ASSIGN(set_,
                         WriteShareFiles(directory_.Child("share-"), root_key_, 3, 5, random));
  }
  SecretBytes Share(int number) {
    const auto text =
        ReadPassphrase({.file = directory_.Child("share-" + std::to_string(number) + ".txt"),
                        .environment_name = {},
                        .prompt = false});
    EXPECT_OK(text.status());
    return text.ok() ? text->Clone() : SecretBytes();
  }
  ErrorCode CodeFor(ShareCustody& custody, const SecretBytes& share) {
    return CodeOf(custody.Open(share, kNever).status());
  }

  TemporaryDirectory directory_;
  SecretBytes root_key_;
  keys::ShareSet set_;
};

TEST_F(ShareCustodyTest, OpensWithTheThirdShareWhicheverTheyAre) {
  for (const auto& [a, b, c] : {std::tuple{1, 2, 3}, {5, 3, 1}, {2, 4, 5}}) {
    ShareCustody custody(set_);
    ASSERT_OK_AND_ASSIGN(const auto first, custody.Open(Share(a), kNever));
    EXPECT_FALSE(first.has_value());
    EXPECT_EQ(custody.shares_given(), 1u);
    ASSERT_OK_AND_ASSIGN(const auto second, custody.Open(Share(b), kNever));
    EXPECT_FALSE(second.has_value());
    ASSERT_OK_AND_ASSIGN(const auto third, custody.Open(Share(c), kNever));
    ASSERT_TRUE(third.has_value());
    EXPECT_TRUE(*third == root_key_);
    EXPECT_EQ(custody.shares_given(), 0u) << "nothing is kept once it opened";
  }
}

TEST_F(ShareCustodyTest, EveryRefusalHasItsOwnCodeAndCountsNothing) {
  ShareCustody custody(set_);
  EXPECT_OK(custody.Open(Share(1), kNever).status());
  EXPECT_EQ(CodeFor(custody, Share(1)), ErrorCode::kShareRepeated);
  EXPECT_EQ(CodeFor(custody, SecretBytes()), ErrorCode::kMissingField);
  EXPECT_EQ(CodeFor(custody, SecretBytes::CopyOf(AsBytes("NOREN-SHARE-1QQQ"))),
            ErrorCode::kShareMistyped);
  SecretBytes mistyped = Share(2);
  std::uint8_t& letter = mistyped.ExposeSecretForWriting()[50];
  letter = letter == 'Q' ? 'P' : 'Q';
  EXPECT_EQ(CodeFor(custody, mistyped), ErrorCode::kShareMistyped);
  SeededRandom random(4);
  ASSERT_OK(WriteShareFiles(directory_.Child("other-"), root_key_, 3, 5, random).status());
  const auto other = ReadPassphrase(
      {.file = directory_.Child("other-2.txt"), .environment_name = {}, .prompt = false});
  ASSERT_OK(other.status());
  EXPECT_EQ(CodeFor(custody, *other), ErrorCode::kShareOtherSet);
  EXPECT_EQ(custody.shares_given(), 1u);
}

// A forged share has good checksums; that the three give no key is all that can be said.
TEST_F(ShareCustodyTest, AfterAWrongShareAllAreGivenAgain) {
  ShareCustody custody(set_);
  const keys::KeyShare forged{set_, 4, SecretBytes(keys::kShareBodySizeBytes)};
  EXPECT_OK(custody.Open(Share(1), kNever).status());
  EXPECT_OK(custody.Open(keys::ShareToText(forged), kNever).status());
  EXPECT_EQ(CodeFor(custody, Share(2)), ErrorCode::kShareWrong);
  EXPECT_EQ(custody.shares_given(), 0u);
  EXPECT_OK(custody.Open(Share(1), kNever).status());
  EXPECT_OK(custody.Open(Share(2), kNever).status());
  ASSERT_OK_AND_ASSIGN(const auto opened, custody.Open(Share(4), kNever));
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(*opened == root_key_);
}

TEST_F(ShareCustodyTest, TheSetsDescriptionIsReadAsItWasWrittenAndNothingElseIs) {
  const std::string path = directory_.Child("root.shares");
  ASSERT_OK(WriteShareSet(path, set_));
  EXPECT_THAT(ReadShareSet(path), IsOkAndHolds(set_));
  const std::string good = "noren-share-set/1 0011223344556677 3 of 5\n";
  ASSERT_OK(storage::ReplaceFile(path, ToBytes(good)));
  EXPECT_OK(ReadShareSet(path).status());
  for (const std::string& wrong :
       {std::string(), std::string("noren-share-set/1 "),
        std::string("noren-share-set/1 0011223344556677 6 of 5\n"),
        std::string("noren-share-set/1 0011223344556677 1 of 5\n"),
        std::string("noren-share-set/1 0011223344556677 03 of 5\n"),
        std::string("noren-share-set/1 001122334455667 3 of 5\n"), good + " "}) {
    ASSERT_OK(storage::ReplaceFile(path, ToBytes(wrong)));
    EXPECT_THAT(ReadShareSet(path), StatusIs(StatusCode::kInvalidArgument)) << wrong;
  }
  EXPECT_THAT(ReadShareSet(directory_.Child("none")), StatusIs(StatusCode::kNotFound));
}

TEST_F(ShareCustodyTest, AShareFileIsNeverWrittenOver) {
  SeededRandom random(5);
  EXPECT_FALSE(WriteShareFiles(directory_.Child("share-"), root_key_, 2, 3, random).ok());
}

}  // namespace
}  // namespace noren::server
