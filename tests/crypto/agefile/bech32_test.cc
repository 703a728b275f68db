// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/bech32.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cctype>
#include <string>

#include "crypto/agefile/recipient.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::agefile {
namespace {

// The pair that the age specification shows.
constexpr std::string_view kIdentity =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
constexpr std::string_view kRecipient =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

std::string Encoded(std::string_view prefix, ByteSpan data) {
  Bytes out(Bech32Size(prefix.size(), data.size()));
  EncodeBech32(prefix, data, out);
  return std::string(AsText(out));
}

TEST(Recipient, AgreesWithTheSpecification) {
  ASSERT_OK_AND_ASSIGN(const Identity identity, Identity::Parse(kIdentity));
  EXPECT_EQ(identity.recipient().ToString(), kRecipient);
  EXPECT_EQ(AsText(identity.ToSecretText().ExposeSecret()), kIdentity);
  EXPECT_THAT(Recipient::Parse(kRecipient), IsOkAndHolds(identity.recipient()));
}

RC_GTEST_PROP(Bech32, ReadsBackEveryByteString, (const Bytes& data)) {
  const std::string text = Encoded("age", data);
  Bytes decoded(data.size());
  RC_ASSERT(DecodeBech32(text, "age", decoded).ok());
  RC_ASSERT(decoded == data);
  std::string upper = text;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  RC_ASSERT(DecodeBech32(upper, "age", decoded).ok());
  RC_ASSERT(decoded == data);
}

TEST(Bech32, AnyOneCharacterChangedIsRefused) {
  const std::string text(kRecipient);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char replacement :
         std::string_view("qpzry9x8gf2tvdw0s3jn54khce6mua7l1bio -+\n\xff")) {
      if (replacement == text[i]) continue;
      std::string changed = text;
      changed[i] = replacement;
      EXPECT_THAT(Recipient::Parse(changed), StatusIs(StatusCode::kInvalidArgument)) << changed;
    }
  }
}

TEST(Bech32, RefusesOtherLengthsPrefixesAndMixedCase) {
  std::string mixed(kRecipient);
  mixed.back() = 'J';
  std::string upper(kRecipient);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const std::string& text :
       {std::string(), std::string("age1"), std::string(kRecipient).substr(1),
        std::string(kRecipient) + "q", std::string(kRecipient).substr(0, kRecipient.size() - 1),
        " " + std::string(kRecipient), std::string(kRecipient) + "\n", mixed, upper,
        Encoded("agf", Bytes(32)), Encoded("age", Bytes(31)), Encoded("age", Bytes(33)),
        std::string(kIdentity)}) {
    EXPECT_THAT(Recipient::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  for (const std::string_view text : {kRecipient, kIdentity.substr(0, 40), std::string_view()}) {
    EXPECT_THAT(Identity::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  std::string lower(kIdentity);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_THAT(Identity::Parse(lower), StatusIs(StatusCode::kInvalidArgument));
}

// Two spellings of one key would let one recipient be listed twice. The checksums of these texts
// hold; what is wrong is the bits behind the last byte, or a digit too many or too few.
TEST(Bech32, RefusesPaddingThatIsNotZeroOrNotMinimal) {
  for (const std::string_view text :
       {"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73epp9g8nq",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73ez0ka3al",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73eyne75pg",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73egz8c7s0",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73e0r70w32",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73eqqhruuh4",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73esfj526"}) {
    EXPECT_THAT(Recipient::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Identity, GeneratesDifferentOnesAndTakesAScalar) {
  SeededRandom random(1);
  const Identity first = Identity::Generate(random);
  const Identity second = Identity::Generate(random);
  EXPECT_NE(first.recipient(), second.recipient());
  ASSERT_OK_AND_ASSIGN(const Identity again, Identity::FromScalar(first.key().scalar().Clone()));
  EXPECT_EQ(again.recipient(), first.recipient());
  EXPECT_THAT(Identity::FromScalar(SecretBytes(31)), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren::agefile
