// Identifiers as they are blinded, and the golden file of a whole run with them.
// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/identifier.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/oprf/scalars.h"
#include "tests/crypto/oprf/published_vectors.h"
#include "tests/support/folders.h"

namespace noren::oprf {
namespace {

TEST(PhoneIdentifier, IsThePrefixAndTheNumber) {
  EXPECT_THAT(PhoneIdentifier("+819012345678"), IsOkAndHolds("noren/v1/phone:+819012345678"));
  EXPECT_OK(PhoneIdentifier("+12345678"));
  EXPECT_OK(PhoneIdentifier("+123456789012345"));
}

TEST(PhoneIdentifier, RefusesEveryOtherForm) {
  for (const std::string text :
       {"", "+", "819012345678", "09012345678", "+1234567", "+1234567890123456", "+0819012345678",
        "+81 9012345678", "+81-90-1234-5678", "+81(0)9012345678", "++819012345678", "+8190123456a8",
        " +819012345678", "+819012345678\n",
        "+\xEF\xBC\x98\xEF\xBC\x91"
        "9012345678",
        "900101-1234567", "9001011234567", "123456789018"}) {
    EXPECT_THAT(PhoneIdentifier(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(PhoneIdentifier(std::string_view("+8190123\0005678", 13)),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(MailIdentifier, IsThePrefixAndTheAddressInLowerCase) {
  EXPECT_THAT(MailIdentifier("Hanako.Sato+Jobs@Example.CO.JP"),
              IsOkAndHolds("noren/v1/mail:hanako.sato+jobs@example.co.jp"));
  EXPECT_OK(MailIdentifier(std::string(64, 'a') + "@a-b.xn--wgv71a"));
  EXPECT_OK(MailIdentifier("!#$%&'*+-/=?^_`{|}~@e.jp"));
  EXPECT_OK(MailIdentifier("a@" + std::string(63, 'b') + ".jp"));
}

TEST(MailIdentifier, RefusesEveryOtherForm) {
  const std::string label(63, 'b');
  for (const std::string& text : {std::string(),
                                  std::string("@"),
                                  std::string("a"),
                                  std::string("a@"),
                                  std::string("@e.jp"),
                                  std::string("a@e"),
                                  std::string("a@.jp"),
                                  std::string("a@e."),
                                  std::string("a@e..jp"),
                                  std::string("a@b@e.jp"),
                                  std::string(".a@e.jp"),
                                  std::string("a.@e.jp"),
                                  std::string("a..b@e.jp"),
                                  std::string("a b@e.jp"),
                                  std::string("\"a\"@e.jp"),
                                  std::string("a@-e.jp"),
                                  std::string("a@e-.jp"),
                                  std::string("a@e_e.jp"),
                                  std::string("a@[1.2.3.4]"),
                                  std::string("a@e.jp "),
                                  std::string("a@e.jp\n"),
                                  std::string("\xE3\x81\x82@e.jp"),
                                  std::string("a@\xE6\x97\xA5\xE6\x9C\xAC.jp"),
                                  std::string(65, 'a') + "@e.jp",
                                  "a@b" + label + ".jp",
                                  "a@" + label + "." + label + "." + label + "." + label}) {
    EXPECT_THAT(MailIdentifier(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

SecretBytes ScalarOfBytes(std::uint8_t byte) {
  SecretBytes scalar(kScalarSizeBytes);  // the highest byte stays zero: below the order
  std::fill_n(scalar.ExposeSecretForWriting().begin(), kScalarSizeBytes - 1, byte);
  return scalar;
}

// One run with a fixed key, fixed blinds and a fixed nonce: the bytes that portals of every
// language and every later version must send, get and make. docs/formats/oprf.md shows them.
std::string WholeRun(Mode mode) {
  const BlindEvaluator server(
      ServerKey::Derive(mode, SecretBytes::CopyOf(Bytes(32, 0x11)), AsBytes("noren/v1/enrolment/1"))
          .value());
  const std::string identifiers[] = {PhoneIdentifier("+819012345678").value(),
                                     MailIdentifier("Hanako.Sato@Example.jp").value()};
  std::vector<BlindedInput> inputs;
  std::vector<Element> blinded;
  std::string text = "key " + HexEncode(server.key().public_key().element) + "\n";
  for (std::uint8_t i = 0; i < 2; ++i) {
    const SecretBytes blind = ScalarOfBytes(static_cast<std::uint8_t>(0x21 + i));
    inputs.push_back(UncheckedBlindWithScalarForTest(mode, AsBytes(identifiers[i]), blind).value());
    blinded.push_back(inputs.back().element());
    text += "identifier " + identifiers[i] + "\n";
    text += "blind " + HexEncode(blind.ExposeSecret()) + "\n";
    text += "blinded " + HexEncode(blinded.back()) + "\n";
  }
  const auto evaluated = server.BlindEvaluate(blinded).value();
  for (const Element& element : evaluated) text += "evaluated " + HexEncode(element) + "\n";
  if (mode == Mode::kVerifiable) {
    const Proof proof =
        UncheckedProveWithNonceForTest(server.key(), {blinded, evaluated}, ScalarOfBytes(0x31))
            .value();
    text += "proof " + HexEncode(proof) + "\n";
    EXPECT_OK(FinalizeProven(server.key().public_key(), inputs, {evaluated, proof}));
  }
  for (const std::string& identifier : identifiers) {
    text += "output " + HexEncode(server.Evaluate(AsBytes(identifier)).value()) + "\n";
  }
  return text;
}

TEST(OprfFormat, AWholeRunIsTheGoldenFile) {
  const std::string run =
      "mode 0\n" + WholeRun(Mode::kBase) + "mode 1\n" + WholeRun(Mode::kVerifiable);
  EXPECT_EQ(run, AsText(ReadFileBytes(SourceFolder() + "/tests/golden/oprf_v1.txt")));
}

}  // namespace
}  // namespace noren::oprf
