// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/checkpoint.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "crypto/merkle/note.h"
#include "crypto/merkle/note_text.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::merkle {
namespace {

const std::string kGolden = SourceFolder() + "/tests/golden/checkpoint_v1.txt";

// The example in the documentation of Go's sumdb/note.
constexpr std::string_view kGoKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kGoNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

primitives::SigningKey TestKey(std::uint8_t byte = 7) {
  const Bytes seed(32, byte);
  return primitives::SigningKey::FromSeed(SecretBytes::CopyOf(seed)).value();
}

NoteVerifier VerifierOf(const primitives::SigningKey& key,
                        std::string_view name = "noren/example") {
  return NoteVerifier::Create(name, key.verifying_key()).value();
}

Checkpoint ExampleCheckpoint() {
  return {
      .origin = "noren/example", .head = {20260105, HashLeaf(AsBytes("root"))}, .extensions = {}};
}

TEST(SignedNote, OpensTheExampleOfAnotherImplementation) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kGoKey));
  EXPECT_EQ(verifier.name(), "PeterNeumann");
  EXPECT_EQ(HexEncode(verifier.key_id()), "c74f20a3");
  EXPECT_EQ(verifier.ToString(), kGoKey);
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(kGoNote));
  EXPECT_OK(VerifyNote(note, verifier));
}

TEST(SignedNote, AnyByteChangedIsRefused) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kGoKey));
  for (std::size_t i = 0; i < kGoNote.size(); ++i) {
    std::string changed(kGoNote);
    changed[i] = static_cast<char>(changed[i] ^ 1);
    const auto note = ParseNote(changed);
    if (note.ok()) {
      EXPECT_FALSE(VerifyNote(*note, verifier).ok()) << i;
    } else {
      EXPECT_THAT(note, StatusIs(StatusCode::kInvalidArgument)) << i;
    }
  }
}

TEST(SignedNote, SignaturesOfOtherKeysAreIgnoredAndOwnOnesMustAllHold) {
  const auto key = TestKey();
  ASSERT_OK_AND_ASSIGN(const std::string ours, SignNote("text\n", "noren/example", key));
  ASSERT_OK_AND_ASSIGN(const std::string theirs, SignNote("text\n", "witness", TestKey(8)));
  const std::string their_line = theirs.substr(theirs.find("\n\n") + 2);
  ASSERT_OK_AND_ASSIGN(const Note both, ParseNote(ours + their_line));
  EXPECT_EQ(both.signatures.size(), 2u);
  EXPECT_OK(VerifyNote(both, VerifierOf(key)));
  EXPECT_OK(VerifyNote(both, VerifierOf(TestKey(8), "witness")));
  EXPECT_THAT(VerifyNote(both, VerifierOf(TestKey(9))), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(VerifyNote(both, VerifierOf(key, "other")), StatusIs(StatusCode::kNotFound));

  ASSERT_OK_AND_ASSIGN(const std::string other_text, SignNote("other\n", "noren/example", key));
  ASSERT_OK_AND_ASSIGN(const Note forged,
                       ParseNote(ours + other_text.substr(other_text.find("\n\n") + 2)));
  EXPECT_THAT(VerifyNote(forged, VerifierOf(key)), StatusIs(StatusCode::kUnauthenticated));
}

TEST(SignedNote, RefusesTextsAndNamesThatTheFormatCannotCarry) {
  const auto key = TestKey();
  for (const std::string& text :
       {std::string(), std::string("no line end"), std::string("tab\t\n"),
        std::string("nul\0\n", 5), std::string("cr\r\n"), std::string("\xff\n"),
        std::string("\xc0\x80\n"), std::string("\xed\xa0\x80\n"), std::string("\xf4\x90\x80\x80\n"),
        std::string("\xe2\x82\n")}) {
    EXPECT_THAT(SignNote(text, "name", key), StatusIs(StatusCode::kInvalidArgument))
        << HexEncode(AsBytes(text));
  }
  for (const std::string& name :
       {std::string(), std::string("a b"), std::string("a+b"), std::string("a\n"),
        std::string("a\xc2\xa0"), std::string("a\xe3\x80\x80"), std::string("\xff")}) {
    EXPECT_THAT(SignNote("text\n", name, key), StatusIs(StatusCode::kInvalidArgument));
    EXPECT_THAT(NoteVerifier::Create(name, key.verifying_key()),
                StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_OK(SignNote("\xe6\x9a\x96\xe7\xb0\xbe\n", "\xe6\x9a\x96", key));
  EXPECT_THAT(SignNote(std::string(70'000, 'a') + "\n", "name", key),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(SignedNote, RefusesEveryBrokenRuleOfTheFormat) {
  const std::string prefix = "\xe2\x80\x94 ";
  const std::string text = "text\n\n";
  const std::string sig = Base64Encode(Bytes(68));
  EXPECT_OK(ParseNote(text + prefix + "name " + sig + "\n"));
  for (const std::string& note :
       {std::string(), text, text + "name " + sig + "\n", text + "- name " + sig + "\n",
        text + prefix + "name " + sig, text + prefix + "name\n",
        text + prefix + "name " + sig.substr(1) + "\n", text + prefix + " " + sig + "\n",
        text + prefix + "na+me " + sig + "\n", text + prefix + "name  " + sig + "\n",
        text + prefix + "name " + sig + " \n",
        text + prefix + "name " + Base64Encode(Bytes(4)) + "\n",
        text + prefix + "name " + sig + "\n\n", text + prefix + "name " + sig + "\r\n",
        "text\n" + prefix + "name " + sig + "\n", text + prefix + "name " + sig + "\nrest\n"}) {
    EXPECT_THAT(ParseNote(note), StatusIs(StatusCode::kInvalidArgument)) << note;
  }
  std::string many = text;
  for (std::size_t i = 0; i <= kNoteMaxSignaturesCount; ++i) many += prefix + "name " + sig + "\n";
  EXPECT_THAT(ParseNote(many), StatusIs(StatusCode::kInvalidArgument));
}

TEST(NoteVerifier, RefusesMalformedKeys) {
  const std::string good = VerifierOf(TestKey()).ToString();
  EXPECT_OK(NoteVerifier::Parse(good));
  const std::size_t id = good.find('+') + 1;
  std::string other_id = good;
  other_id[id] = other_id[id] == '0' ? '1' : '0';
  for (const std::string& text :
       {std::string(), std::string("name"), std::string("name+00000000"), other_id,
        good.substr(0, good.size() - 1), good + "A", "x" + good,
        std::string("name+c74f20a3+") + Base64Encode(Bytes(33)), std::string("name+c74f20a3+")}) {
    EXPECT_THAT(NoteVerifier::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Checkpoint, IsTheGoldenFile) {
  ASSERT_OK_AND_ASSIGN(const std::string note, SignCheckpoint(ExampleCheckpoint(), TestKey()));
  EXPECT_EQ(note, AsText(ReadFileBytes(kGolden)));
}

TEST(Checkpoint, TheGoldenFileIsRead) {
  EXPECT_THAT(OpenCheckpoint(AsText(ReadFileBytes(kGolden)), VerifierOf(TestKey())),
              IsOkAndHolds(ExampleCheckpoint()));
}

RC_GTEST_PROP(Checkpoint, ReadsBackWhatWasSigned, (std::uint64_t size, std::uint64_t seed)) {
  SeededRandom random(seed);
  Checkpoint checkpoint = {
      .origin = "noren/any", .head = {size, {}}, .extensions = {"one", "two words"}};
  random.Fill(checkpoint.head.root);
  const auto key = TestKey();
  const std::string note = SignCheckpoint(checkpoint, key).value();
  RC_ASSERT(OpenCheckpoint(note, VerifierOf(key, "noren/any")).value() == checkpoint);
}

TEST(Checkpoint, RefusesEveryTextThatIsNotExactlyTheFormat) {
  const std::string root = Base64Encode(Hash256{});
  EXPECT_OK(ParseCheckpoint("origin\n0\n" + root + "\n"));
  EXPECT_OK(ParseCheckpoint("origin\n18446744073709551615\n" + root + "\nextension\n"));
  for (const std::string& text :
       {std::string(), std::string("origin\n"), std::string("origin\n1\n"), "\n1\n" + root + "\n",
        "origin\n01\n" + root + "\n", "origin\n+1\n" + root + "\n", "origin\n-1\n" + root + "\n",
        "origin\n 1\n" + root + "\n", "origin\n1 \n" + root + "\n", "origin\n0x1\n" + root + "\n",
        "origin\n18446744073709551616\n" + root + "\n", "origin\n\n" + root + "\n",
        "origin\n1\n" + root, "origin\n1\n" + root.substr(1) + "\n",
        "origin\n1\n" + Base64EncodeUnpadded(Hash256{}) + "\n",
        "origin\n1\n" + Base64Encode(Bytes(31)) + "\n", "origin\n1\n" + root + "\n\n",
        "origin\n1\n" + root + "\n\nx\n"}) {
    EXPECT_THAT(ParseCheckpoint(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Checkpoint, RefusesOriginsAndExtensionsWithLineEnds) {
  Checkpoint checkpoint = ExampleCheckpoint();
  checkpoint.extensions = {""};
  EXPECT_THAT(FormatCheckpoint(checkpoint), StatusIs(StatusCode::kInvalidArgument));
  checkpoint.extensions = {"a\nb"};
  EXPECT_THAT(FormatCheckpoint(checkpoint), StatusIs(StatusCode::kInvalidArgument));
  checkpoint = ExampleCheckpoint();
  checkpoint.origin = "";
  EXPECT_THAT(FormatCheckpoint(checkpoint), StatusIs(StatusCode::kInvalidArgument));
  checkpoint.origin = "two words";
  EXPECT_THAT(SignCheckpoint(checkpoint, TestKey()), StatusIs(StatusCode::kInvalidArgument));
}

TEST(Checkpoint, OfAnotherLogIsRefusedThoughTheKeySignedIt) {
  const auto key = TestKey();
  ASSERT_OK_AND_ASSIGN(const std::string text, FormatCheckpoint(ExampleCheckpoint()));
  ASSERT_OK_AND_ASSIGN(const std::string note, SignNote(text, "noren/other", key));
  EXPECT_THAT(OpenCheckpoint(note, VerifierOf(key, "noren/other")),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(OpenCheckpoint(note, VerifierOf(key)), StatusIs(StatusCode::kNotFound));
}

}  // namespace
}  // namespace noren::merkle
