// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/sealed_value.h"

#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::storage {
namespace {

const ValueAddress kAddress{"consent", "consent-1"};

class SealedValue : public ::testing::Test {
 protected:
  Bytes Seal(const ValueAddress& address, std::uint64_t version, std::string_view plaintext) {
    return SealValue(key_, address, version, AsBytes(plaintext), random_);
  }
  SeededRandom random_{1};
  SecretBytes key_ = SecretBytes::Random(random_, 32);
};

TEST_F(SealedValue, OpensWithItsVersion) {
  const Bytes sealed = Seal(kAddress, 7, "granted");
  EXPECT_EQ(sealed.size(), 7 + kSealedValueOverheadBytes);
  ASSERT_OK_AND_ASSIGN(const OpenedValue opened, OpenValue(key_, kAddress, sealed));
  EXPECT_EQ(opened.version, 7u);
  EXPECT_EQ(AsText(opened.plaintext), "granted");
  EXPECT_THAT(OpenValueAt(key_, kAddress, 7, sealed), IsOkAndHolds(ToBytes("granted")));
}

TEST_F(SealedValue, MayBeEmptyOrLong) {
  EXPECT_THAT(OpenValueAt(key_, kAddress, 0, Seal(kAddress, 0, "")), IsOkAndHolds(Bytes()));
  const std::string text(1 << 20, 'x');
  EXPECT_THAT(OpenValueAt(key_, kAddress, 1, Seal(kAddress, 1, text)), IsOkAndHolds(ToBytes(text)));
}

TEST_F(SealedValue, IsDifferentEachTime) {
  EXPECT_NE(Seal(kAddress, 7, "granted"), Seal(kAddress, 7, "granted"));
}

TEST_F(SealedValue, DoesNotOpenElsewhere) {
  const Bytes sealed = Seal(kAddress, 7, "granted");
  for (const ValueAddress& other :
       {ValueAddress{"consent", "consent-2"}, ValueAddress{"invitation", "consent-1"},
        ValueAddress{"consentc", "onsent-1"}, ValueAddress{"", ""}}) {
    EXPECT_THAT(OpenValue(key_, other, sealed), StatusIs(StatusCode::kDataLoss));
  }
}

TEST_F(SealedValue, DoesNotOpenAsAnotherVersion) {
  EXPECT_THAT(OpenValueAt(key_, kAddress, 8, Seal(kAddress, 7, "granted")),
              StatusIs(StatusCode::kDataLoss));
}

TEST_F(SealedValue, DoesNotOpenWithAnotherKey) {
  const Bytes sealed = Seal(kAddress, 7, "granted");
  EXPECT_THAT(OpenValue(SecretBytes::Random(random_, 32), kAddress, sealed),
              StatusIs(StatusCode::kDataLoss));
}

TEST_F(SealedValue, DoesNotOpenWithAnyBitFlippedOrAnyByteMissing) {
  const Bytes sealed = Seal(kAddress, 7, "granted");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes damaged = sealed;
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_THAT(OpenValue(key_, kAddress, damaged), StatusIs(StatusCode::kDataLoss)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(OpenValue(key_, kAddress, ByteSpan(sealed).first(size)),
                StatusIs(StatusCode::kDataLoss))
        << size;
  }
}

TEST_F(SealedValue, GivesOneMessageForEveryFailure) {
  const Bytes sealed = Seal(kAddress, 7, "granted");
  const Status short_one = OpenValue(key_, kAddress, ByteSpan(sealed).first(3)).status();
  const Status elsewhere = OpenValue(key_, {"a", "b"}, sealed).status();
  const Status version = OpenValueAt(key_, kAddress, 8, sealed).status();
  EXPECT_EQ(short_one, elsewhere);
  EXPECT_EQ(elsewhere, version);
}

TEST_F(SealedValue, GoldenValueOpensAndIsWrittenTheSame) {
  const Bytes golden = ReadWholeFile(SourceFolder() + "/tests/golden/sealed_value_v1.bin");
  EXPECT_THAT(OpenValueAt(key_, kAddress, 7, golden), IsOkAndHolds(ToBytes("granted")));
  EXPECT_EQ(HexEncode(Seal(kAddress, 7, "granted")), HexEncode(golden));
}

}  // namespace
}  // namespace noren::storage
