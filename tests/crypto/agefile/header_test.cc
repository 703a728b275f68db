// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/header.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "crypto/agefile/header_parser.h"
#include "crypto/base/encoding.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::agefile {
namespace {

class HeaderTest : public testing::Test {
 protected:
  SeededRandom random_{11};
  Identity alice_ = Identity::Generate(random_);
  Identity bob_ = Identity::Generate(random_);
  SecretBytes file_key_ = GenerateFileKey(random_);

  Bytes HeaderFor(const std::vector<Recipient>& recipients) {
    return EncryptHeader(file_key_, recipients, random_).value();
  }
};

TEST_F(HeaderTest, EveryRecipientFindsTheFileKey) {
  const Bytes header = HeaderFor({alice_.recipient(), bob_.recipient()});
  for (const Identity* identity : {&alice_, &bob_}) {
    ASSERT_OK_AND_ASSIGN(const SecretBytes opened, OpenHeader(header, *identity));
    EXPECT_TRUE(opened == file_key_);
  }
}

TEST_F(HeaderTest, OthersDoNot) {
  EXPECT_THAT(OpenHeader(HeaderFor({alice_.recipient()}), bob_), StatusIs(StatusCode::kNotFound));
}

TEST_F(HeaderTest, EncryptingRefusesNoRecipientWrongKeySizeAndSmallOrderRecipient) {
  const std::vector<Recipient> alice = {alice_.recipient()};
  EXPECT_THAT(EncryptHeader(file_key_, {}, random_), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(EncryptHeader(SecretBytes(15), alice, random_),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(EncryptHeader(SecretBytes(32), alice, random_),
              StatusIs(StatusCode::kInvalidArgument));
  const std::vector<Recipient> zero = {Recipient(primitives::AgreementPublicKey{})};
  EXPECT_THAT(EncryptHeader(file_key_, zero, random_), StatusIs(StatusCode::kInvalidArgument));
  const std::vector<Recipient> too_many(257, alice_.recipient());
  EXPECT_THAT(EncryptHeader(file_key_, too_many, random_), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(HeaderTest, RewrapGivesTheSamePayloadToSomebodyElse) {
  const std::vector<Recipient> alice = {alice_.recipient()};
  const std::vector<Recipient> bob = {bob_.recipient()};
  ASSERT_OK_AND_ASSIGN(const Bytes file, EncryptFile(AsBytes("my papers"), alice, random_));
  ASSERT_OK_AND_ASSIGN(const std::size_t header_size, MeasureHeader(file));
  const ByteSpan header = ByteSpan(file).first(header_size);
  ASSERT_OK_AND_ASSIGN(Bytes rewrapped, Rewrap(header, alice_, bob, random_));
  rewrapped.insert(rewrapped.end(), file.begin() + static_cast<std::ptrdiff_t>(header_size),
                   file.end());
  EXPECT_THAT(DecryptFile(rewrapped, bob_), IsOkAndHolds(ToBytes("my papers")));
  EXPECT_THAT(DecryptFile(rewrapped, alice_), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(Rewrap(header, bob_, bob, random_), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(Rewrap(header, alice_, {}, random_), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(HeaderTest, AnyBitFlippedIsRefused) {
  const Bytes header = HeaderFor({alice_.recipient()});
  for (std::size_t bit = 0; bit < header.size() * 8; ++bit) {
    Bytes changed = header;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(OpenHeader(changed, alice_).ok()) << bit;
  }
}

TEST_F(HeaderTest, AnyTruncationAndExtensionIsMalformed) {
  Bytes header = HeaderFor({alice_.recipient()});
  for (std::size_t size = 0; size < header.size(); ++size) {
    EXPECT_THAT(OpenHeader(ByteSpan(header).first(size), alice_),
                StatusIs(StatusCode::kInvalidArgument))
        << size;
    EXPECT_THAT(MeasureHeader(ByteSpan(header).first(size)),
                StatusIs(StatusCode::kInvalidArgument));
  }
  const std::size_t size = header.size();
  header.push_back('x');
  EXPECT_THAT(OpenHeader(header, alice_), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(MeasureHeader(header), IsOkAndHolds(size));
}

TEST_F(HeaderTest, AChangedMacIsDataLoss) {
  Bytes header = HeaderFor({alice_.recipient()});
  std::uint8_t& character = header[header.size() - 40];  // within the 43 characters of the MAC
  character = character == 'A' ? 'B' : 'A';
  EXPECT_THAT(OpenHeader(header, alice_), StatusIs(StatusCode::kDataLoss));
}

// A stanza that somebody adds later is under the MAC too.
TEST_F(HeaderTest, AnAddedStanzaIsDataLoss) {
  const std::string header(AsText(HeaderFor({alice_.recipient()})));
  const std::string added =
      std::string(kVersionLine) + "-> grease x\n\n" + header.substr(kVersionLine.size());
  EXPECT_THAT(OpenHeader(AsBytes(added), alice_), StatusIs(StatusCode::kDataLoss));
}

struct MalformedHeader {
  std::string name;
  std::string text;
};

TEST_F(HeaderTest, InspectingTellsTheSharesAndOtherStanzasWithoutAnyKey) {
  const Bytes header = HeaderFor({alice_.recipient(), bob_.recipient()});
  ASSERT_OK_AND_ASSIGN(const HeaderForm form, InspectHeader(header));
  EXPECT_EQ(form.size_bytes, header.size());
  EXPECT_EQ(form.other_stanzas, 0u);
  ASSERT_EQ(form.shares.size(), 2u);
  EXPECT_NE(form.shares[0], form.shares[1]);
  std::string text(AsText(header));
  text.insert(text.find("--- "), "-> x-grease a\n\n");
  ASSERT_OK_AND_ASSIGN(const HeaderForm greased, InspectHeader(AsBytes(text + "payload")));
  EXPECT_EQ(greased.size_bytes, text.size());
  EXPECT_EQ(greased.other_stanzas, 1u);
  EXPECT_EQ(greased.shares, form.shares);
}

TEST_F(HeaderTest, InspectingRefusesMalformedX25519StanzasAndSharesOfSmallOrder) {
  const std::string good(AsText(HeaderFor({alice_.recipient()})));
  const std::string share = good.substr(good.find("X25519 ") + 7, 43);
  Bytes one(32);
  one[0] = 1;
  for (const std::string& other :
       {std::string(43, 'A'), Base64EncodeUnpadded(one), share.substr(1), share + " more"}) {
    std::string text = good;
    text.replace(text.find(share), share.size(), other);
    EXPECT_THAT(InspectHeader(AsBytes(text)), StatusIs(StatusCode::kInvalidArgument)) << other;
  }
  EXPECT_OK(InspectHeader(AsBytes(good)));
}

TEST_F(HeaderTest, ARecipientOfSmallOrderIsNotUsable) {
  EXPECT_TRUE(alice_.recipient().IsUsable());
  EXPECT_FALSE(Recipient(primitives::AgreementPublicKey{}).IsUsable());
  primitives::AgreementPublicKey one;
  one.bytes[0] = 1;
  EXPECT_FALSE(Recipient(one).IsUsable());
}

TEST(ParseHeader, ReadsStanzasOfUnknownTypes) {
  const std::string mac(43, 'A');
  const std::string text = std::string(kVersionLine) + "-> a b !~\n" + std::string(64, 'A') +
                           "\nAAAA\n-> X\n\n--- " + mac + "\npayload";
  ASSERT_OK_AND_ASSIGN(const ParsedHeader parsed, ParseHeader(AsBytes(text)));
  ASSERT_EQ(parsed.stanzas.size(), 2u);
  EXPECT_EQ(parsed.stanzas[0].arguments, (std::vector<std::string_view>{"a", "b", "!~"}));
  EXPECT_EQ(parsed.stanzas[0].body, Bytes(51));
  EXPECT_EQ(parsed.stanzas[1].body, Bytes());
  EXPECT_EQ(parsed.mac, Bytes(32));
  EXPECT_EQ(parsed.size_bytes, text.size() - 7);
  EXPECT_TRUE(AsText(parsed.authenticated).ends_with("\n---"));
}

TEST(ParseHeader, RefusesEveryBrokenRuleOfTheGrammar) {
  const std::string version(kVersionLine);
  const std::string mac = "--- " + std::string(43, 'A') + "\n";
  const std::string stanza = "-> a\n\n";
  const std::vector<MalformedHeader> cases = {
      {"empty", ""},
      {"version two", "age-encryption.org/v2\n" + stanza + mac},
      {"version with CR", "age-encryption.org/v1\r\n" + stanza + mac},
      {"no stanza", version + mac},
      {"no MAC", version + stanza},
      {"no body line", version + "-> a\n" + mac},
      {"no argument", version + "->\n\n" + mac},
      {"empty argument", version + "-> \n\n" + mac},
      {"two spaces", version + "-> a  b\n\n" + mac},
      {"trailing space", version + "-> a \n\n" + mac},
      {"control character", version + "-> a\x7f\n\n" + mac},
      {"non-ASCII argument", version + "-> \xc3\xa9\n\n" + mac},
      {"long body line", version + "-> a\n" + std::string(68, 'A') + "\n\n" + mac},
      {"full last line", version + "-> a\n" + std::string(64, 'A') + "\n" + mac},
      {"padded body", version + "-> a\nAA==\n" + mac},
      {"not canonical body", version + "-> a\nAB\n" + mac},
      {"two short lines", version + "-> a\nAAAA\nAAAA\n" + mac},
      {"blank line between", version + stanza + "\n" + mac},
      {"MAC without space", version + stanza + "---" + std::string(43, 'A') + "\n"},
      {"MAC short", version + stanza + "--- " + std::string(42, 'A') + "\n"},
      {"MAC long", version + stanza + "--- " + std::string(44, 'A') + "\n"},
      {"MAC padded", version + stanza + "--- " + std::string(43, 'A') + "=\n"},
      {"MAC not canonical", version + stanza + "--- " + std::string(42, 'A') + "B\n"},
      {"MAC line not ended", version + stanza + "--- " + std::string(43, 'A')},
      {"armored", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"},
  };
  EXPECT_OK(ParseHeader(AsBytes(version + stanza + mac)));
  for (const MalformedHeader& test : cases) {
    EXPECT_THAT(ParseHeader(AsBytes(test.text)), StatusIs(StatusCode::kInvalidArgument))
        << test.name;
  }
}

TEST(ParseHeader, RefusesWhatIsTooLong) {
  const std::string mac = "--- " + std::string(43, 'A') + "\n";
  std::string many(kVersionLine);
  for (std::size_t i = 0; i < kStanzasMaxCount; ++i) many += "-> a\n\n";
  EXPECT_OK(ParseHeader(AsBytes(many + mac)));
  EXPECT_THAT(ParseHeader(AsBytes(many + "-> a\n\n" + mac)),
              StatusIs(StatusCode::kInvalidArgument));
  std::string body(kVersionLine);
  body += "-> a\n";
  while (body.size() < kHeaderMaxSizeBytes) body += std::string(64, 'A') + "\n";
  EXPECT_THAT(ParseHeader(AsBytes(body + "\n" + mac)), StatusIs(StatusCode::kInvalidArgument));
}

RC_GTEST_PROP(ParseHeader, NeverReadsBeyondWhatItIsGiven, (const Bytes& noise)) {
  Bytes text = ToBytes(kVersionLine);
  text.insert(text.end(), noise.begin(), noise.end());
  const auto parsed = ParseHeader(text);
  if (parsed.ok()) RC_ASSERT(parsed->size_bytes <= text.size());
  RC_ASSERT(!ParseHeader(noise).ok());
}

}  // namespace
}  // namespace noren::agefile
