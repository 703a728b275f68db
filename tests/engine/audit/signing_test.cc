// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/signing.h"

#include "crypto/base/encoding.h"
#include "crypto/merkle/checkpoint.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {
namespace {

TEST(LogSigner, SignsCheckpointsThatItsVerifierKeyOpens) {
  LogFixture log;
  log.AppendEach(3);
  const LogSigner signer = FixtureSigner();
  ASSERT_OK_AND_ASSIGN(const std::string note, signer.SignCheckpoint(log.state()));
  ASSERT_OK_AND_ASSIGN(const std::string text, signer.VerifierKey({}));
  ASSERT_OK_AND_ASSIGN(const auto key, merkle::NoteVerifier::Parse(text));
  ASSERT_OK_AND_ASSIGN(const auto checkpoint, merkle::OpenCheckpoint(note, key));
  EXPECT_EQ(checkpoint.origin, "noren/sample");
  EXPECT_EQ(checkpoint.head, (merkle::TreeHead{3, RootOf(log.state())}));
}

TEST(LogSigner, SignsTheEmptyLog) {
  const LogSigner signer = FixtureSigner();
  ASSERT_OK_AND_ASSIGN(const std::string note, signer.SignCheckpoint(LogState{}));
  EXPECT_TRUE(note.starts_with("noren/sample\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"));
}

TEST(LogSigner, NamesFurtherPartitionsInTheOrigin) {
  const LogSigner signer = FixtureSigner();
  EXPECT_EQ(signer.OriginOf({0}), "noren/sample");
  EXPECT_EQ(signer.OriginOf({12}), "noren/sample/12");
}

TEST(LogSigner, RefusesABadNameAndABadSeed) {
  const SecretBytes seed = SecretBytes::CopyOf(Bytes(32, 1));
  EXPECT_THAT(LogSigner::Create("Two Words", seed), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(LogSigner::Create("", seed), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(LogSigner::Create("sample", SecretBytes::CopyOf(Bytes(31, 1))),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(SignedPromise, VerifiesAndReadsBack) {
  const LogSigner signer = FixtureSigner();
  const Promise promise{1, 42, Hash256{5}};
  const Bytes bytes = signer.SignPromise(promise);
  EXPECT_EQ(bytes.size(), kSignedPromiseSizeBytes);
  EXPECT_THAT(VerifyPromise(bytes, signer.verifying_key()), IsOkAndHolds(promise));
  EXPECT_EQ(HexEncode(bytes) + "\n", ReadGolden("audit_promise_v1.hex"));
}

TEST(SignedPromise, FailsWithAnotherKeyAndWithEveryFlippedBit) {
  const LogSigner signer = FixtureSigner();
  const Bytes bytes = signer.SignPromise({1, 42, Hash256{5}});
  EXPECT_THAT(VerifyPromise(bytes, FixtureSigner(8).verifying_key()),
              StatusIs(StatusCode::kUnauthenticated));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const StatusCode expected = bit < 8 ? StatusCode::kDataLoss : StatusCode::kUnauthenticated;
    EXPECT_THAT(VerifyPromise(changed, signer.verifying_key()), StatusIs(expected));
  }
}

TEST(SignedPromise, RejectsAnotherLength) {
  const LogSigner signer = FixtureSigner();
  Bytes bytes = signer.SignPromise({1, 42, Hash256{5}});
  bytes.push_back(0);
  EXPECT_THAT(VerifyPromise(bytes, signer.verifying_key()), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(VerifyPromise({}, signer.verifying_key()), StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::audit
