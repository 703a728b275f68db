// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/payload.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "crypto/primitives/chacha20poly1305.h"
#include "crypto/primitives/hkdf.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::agefile {
namespace {

constexpr std::size_t kChunk = kChunkSizeBytes;
constexpr std::size_t kTag = 16;

Bytes Plaintext(std::size_t size) {
  Bytes bytes(size);
  SeededRandom random(size + 1);
  random.Fill(bytes);
  return bytes;
}

SecretBytes FileKey() { return SecretBytes::CopyOf(AsBytes("sixteen byte key")); }

void Append(Bytes& out, ByteSpan more) { out.insert(out.end(), more.begin(), more.end()); }

Bytes Encrypted(ByteSpan plaintext) {
  SeededRandom random(5);
  PayloadEncryptor encryptor(FileKey(), random);
  Bytes payload = encryptor.Update(plaintext);
  Append(payload, encryptor.Finish());
  return payload;
}

StatusOr<Bytes> Decrypted(ByteSpan payload) {
  PayloadDecryptor decryptor(FileKey());
  NOREN_ASSIGN_OR_RETURN(Bytes plaintext, decryptor.Update(payload));
  NOREN_ASSIGN_OR_RETURN(const Bytes rest, decryptor.Finish());
  Append(plaintext, rest);
  return plaintext;
}

// Both directions at once in pieces of the given sizes (repeated).
Bytes InPieces(ByteSpan input, const std::vector<std::size_t>& sizes, auto&& update) {
  Bytes out;
  for (std::size_t i = 0; !input.empty(); ++i) {
    const std::size_t take = std::min(input.size(), sizes[i % sizes.size()]);
    Append(out, update(input.first(take)));
    input = input.subspan(take);
  }
  return out;
}

TEST(Payload, SizesAroundEveryBoundaryOpenAgainAndAreAsComputed) {
  for (std::size_t chunks = 0; chunks <= 4; ++chunks) {
    for (const int offset : {-1, 0, 1}) {
      if (chunks == 0 && offset < 0) continue;
      const std::size_t size = chunks * kChunk + static_cast<std::size_t>(offset);
      const Bytes plaintext = Plaintext(size);
      const Bytes payload = Encrypted(plaintext);
      EXPECT_EQ(payload.size(), PayloadSize(size)) << size;
      EXPECT_THAT(Decrypted(payload), IsOkAndHolds(plaintext)) << size;
    }
  }
}

RC_GTEST_PROP(Payload, SplitPointsDoNotMatter, ()) {
  const auto size = *rc::gen::elementOf(
      std::vector<std::size_t>{0, 1, kChunk - 1, kChunk, kChunk + 1, 2 * kChunk, 2 * kChunk + 7});
  const auto piece = rc::gen::elementOf(std::vector<std::size_t>{
      1000, 4096, kChunk - 1, kChunk, kChunk + 1, kChunk + kTag, 3 * kChunk});
  const auto sizes = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::size_t>>(piece));
  const Bytes plaintext = Plaintext(size);
  SeededRandom random(5);
  PayloadEncryptor encryptor(FileKey(), random);
  Bytes payload = InPieces(plaintext, sizes, [&](ByteSpan p) { return encryptor.Update(p); });
  Append(payload, encryptor.Finish());
  RC_ASSERT(payload == Encrypted(plaintext));

  PayloadDecryptor decryptor(FileKey());
  Bytes opened = InPieces(payload, sizes, [&](ByteSpan p) { return decryptor.Update(p).value(); });
  Append(opened, decryptor.Finish().value());
  RC_ASSERT(opened == plaintext);
}

TEST(Payload, EveryTruncationIsDataLoss) {
  const Bytes payload = Encrypted(Plaintext(100));
  for (std::size_t size = 0; size < payload.size(); ++size) {
    EXPECT_THAT(Decrypted(ByteSpan(payload).first(size)), StatusIs(StatusCode::kDataLoss)) << size;
  }
  const Bytes longer = Encrypted(Plaintext(2 * kChunk + 5));
  for (const std::size_t size :
       {kPayloadNonceSizeBytes, kPayloadNonceSizeBytes + kSealedChunkSizeBytes,
        kPayloadNonceSizeBytes + 2 * kSealedChunkSizeBytes, longer.size() - 1}) {
    EXPECT_THAT(Decrypted(ByteSpan(longer).first(size)), StatusIs(StatusCode::kDataLoss)) << size;
  }
}

TEST(Payload, AnyBitFlippedIsDataLoss) {
  const Bytes payload = Encrypted(Plaintext(20));
  for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
    Bytes changed = payload;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_THAT(Decrypted(changed), StatusIs(StatusCode::kDataLoss)) << bit;
  }
}

TEST(Payload, ExtensionReorderingAndRepetitionAreDataLoss) {
  const Bytes payload = Encrypted(Plaintext(3 * kChunk));
  const ByteSpan nonce = ByteSpan(payload).first(kPayloadNonceSizeBytes);
  const auto chunk = [&](std::size_t i) {
    return ByteSpan(payload).subspan(kPayloadNonceSizeBytes + i * kSealedChunkSizeBytes,
                                     kSealedChunkSizeBytes);
  };
  const std::vector<std::vector<std::size_t>> orders = {
      {0, 0, 1, 2}, {1, 0, 2}, {0, 1}, {0, 2}, {0, 1, 2, 2}, {2}, {0, 1, 2, 0}};
  for (const auto& order : orders) {
    Bytes changed = ToBytes(nonce);
    for (const std::size_t i : order) Append(changed, chunk(i));
    EXPECT_THAT(Decrypted(changed), StatusIs(StatusCode::kDataLoss));
  }
  Bytes extended = payload;
  extended.push_back(0);
  EXPECT_THAT(Decrypted(extended), StatusIs(StatusCode::kDataLoss));
}

// Every plaintext has one payload: behind full chunks there is no empty one, even if somebody with
// the key sealed it.
TEST(Payload, AnEmptyLastChunkBehindAFullOneIsDataLoss) {
  const Bytes nonce(kPayloadNonceSizeBytes, 1);
  const SecretBytes key =
      primitives::HkdfSha256Key(FileKey(), {.salt = nonce, .info = AsBytes("payload")});
  primitives::ChaChaNonce chunk_nonce{};
  Bytes payload = nonce;
  primitives::UncheckedChaChaSeal(key, chunk_nonce, Plaintext(kChunk), payload);
  chunk_nonce[10] = 1;
  chunk_nonce[11] = 1;
  primitives::UncheckedChaChaSeal(key, chunk_nonce, {}, payload);
  EXPECT_THAT(Decrypted(payload), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(PayloadReader::Create(FileKey(), nonce, payload.size()),
              StatusIs(StatusCode::kDataLoss));
}

TEST(Payload, AfterAFailureEveryCallFails) {
  Bytes payload = Encrypted(Plaintext(3 * kChunk));
  payload[100] = static_cast<std::uint8_t>(payload[100] ^ 1);
  PayloadDecryptor decryptor(FileKey());
  EXPECT_THAT(decryptor.Update(payload), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(decryptor.Update({}), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(decryptor.Finish(), StatusIs(StatusCode::kDataLoss));
}

TEST(Payload, NothingMayFollowTheEnd) {
  PayloadDecryptor decryptor(FileKey());
  ASSERT_OK(decryptor.Update(Encrypted({})));
  ASSERT_OK(decryptor.Finish());
  EXPECT_THAT(decryptor.Update({}), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(decryptor.Finish(), StatusIs(StatusCode::kDataLoss));
}

TEST(PayloadReader, OpensEveryChunkAlone) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1,
                                 3 * kChunk, 3 * kChunk + 9}) {
    const Bytes plaintext = Plaintext(size);
    const Bytes payload = Encrypted(plaintext);
    ASSERT_OK_AND_ASSIGN(
        const PayloadReader reader,
        PayloadReader::Create(FileKey(), ByteSpan(payload).first(16), payload.size()));
    EXPECT_EQ(reader.plaintext_size_bytes(), size);
    Bytes joined;
    for (std::uint64_t i = 0; i < reader.chunks_count(); ++i) {
      const ByteSpan sealed =
          ByteSpan(payload).subspan(reader.ChunkOffset(i), reader.SealedChunkSize(i));
      ASSERT_OK_AND_ASSIGN(const Bytes chunk, reader.OpenChunk(i, sealed));
      Append(joined, chunk);
      EXPECT_THAT(reader.OpenChunk(i + 1, sealed), StatusIs(StatusCode::kDataLoss));
      EXPECT_THAT(reader.OpenChunk(i, sealed.first(sealed.size() - 1)),
                  StatusIs(StatusCode::kDataLoss));
    }
    EXPECT_EQ(joined, plaintext);
  }
}

// The sizes that Create accepts are exactly those of PayloadSize.
TEST(PayloadReader, RefusesImpossibleSizes) {
  const Bytes nonce(16);
  for (std::uint64_t size = 0; size < 32; ++size) {
    EXPECT_THAT(PayloadReader::Create(FileKey(), nonce, size), StatusIs(StatusCode::kDataLoss))
        << size;
  }
  const std::uint64_t one_full_chunk = PayloadSize(kChunk);
  EXPECT_OK(PayloadReader::Create(FileKey(), nonce, one_full_chunk));
  for (std::uint64_t extra = 1; extra <= kTag; ++extra) {
    EXPECT_THAT(PayloadReader::Create(FileKey(), nonce, one_full_chunk + extra),
                StatusIs(StatusCode::kDataLoss))
        << extra;
  }
  EXPECT_OK(PayloadReader::Create(FileKey(), nonce, one_full_chunk + kTag + 1));
  EXPECT_THAT(PayloadReader::Create(FileKey(), Bytes(15), one_full_chunk),
              StatusIs(StatusCode::kDataLoss));
}

// The slow way beside it: the sizes of all plaintexts, one by one.
TEST(PlaintextSize, IsTheInverseOfPayloadSizeAndRefusesEverythingElse) {
  std::uint64_t plaintext = 0;
  for (std::uint64_t size = 0; size < 3 * (kChunk + kTag); ++size) {
    const auto found = PlaintextSize(size);
    while (PayloadSize(plaintext) < size) ++plaintext;
    if (PayloadSize(plaintext) == size) {
      ASSERT_TRUE(found.ok()) << size;
      ASSERT_EQ(*found, plaintext);
    } else {
      ASSERT_FALSE(found.ok()) << size;
    }
  }
}

class AgeFileTest : public testing::Test {
 protected:
  SeededRandom random_{21};
  Identity identity_ = Identity::Generate(random_);
  std::vector<Recipient> recipients_ = {identity_.recipient()};
};

TEST_F(AgeFileTest, PushedByteByByteGivesTheSame) {
  const Bytes plaintext = Plaintext(500);
  ASSERT_OK_AND_ASSIGN(const Bytes file, EncryptFile(plaintext, recipients_, random_));
  EXPECT_THAT(DecryptFile(file, identity_), IsOkAndHolds(plaintext));
  FileDecryptor decryptor(identity_);
  Bytes opened =
      InPieces(file, {1}, [&](ByteSpan piece) { return decryptor.Update(piece).value(); });
  ASSERT_OK_AND_ASSIGN(const Bytes rest, decryptor.Finish());
  Append(opened, rest);
  EXPECT_EQ(opened, plaintext);
}

TEST_F(AgeFileTest, FailsAtTheEarliestByteThatCannotBeRight) {
  FileDecryptor decryptor(identity_);
  EXPECT_OK(decryptor.Update(AsBytes("age-encryption.org/v")));
  EXPECT_THAT(decryptor.Update(AsBytes("2")), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(decryptor.Update(AsBytes("\n")), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(decryptor.Finish(), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(AgeFileTest, AnEndlessHeaderIsRefusedAtTheLimit) {
  FileDecryptor decryptor(identity_);
  ASSERT_OK(decryptor.Update(AsBytes("age-encryption.org/v1\n-> a\n")));
  const Bytes line = ToBytes(std::string(64, 'A') + "\n");
  std::size_t pushed = 0;
  while (decryptor.Update(line).ok()) {
    pushed += line.size();
    ASSERT_LE(pushed, kHeaderMaxSizeBytes);
  }
  EXPECT_THAT(decryptor.Finish(), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(AgeFileTest, AFileThatEndsInItsHeaderIsMalformed) {
  FileDecryptor decryptor(identity_);
  EXPECT_OK(decryptor.Update(AsBytes("age-encryption.org/v1\n-> X25519")));
  EXPECT_THAT(decryptor.Finish(), StatusIs(StatusCode::kInvalidArgument));
  FileDecryptor empty(identity_);
  EXPECT_THAT(empty.Finish(), StatusIs(StatusCode::kInvalidArgument));
}

// The file of docs/formats/age.md: written by us from a seed, checked with the age program.
TEST(AgeFile, IsTheGoldenFileBothWays) {
  const Bytes golden = ReadFileBytes(SourceFolder() + "/tests/golden/age_file_v1.age");
  ASSERT_OK_AND_ASSIGN(
      const Identity identity,
      Identity::Parse(
          "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"));
  EXPECT_THAT(DecryptFile(golden, identity), IsOkAndHolds(ToBytes("behind the curtain\n")));
  SeededRandom random(1);
  const std::vector<Recipient> recipients = {identity.recipient()};
  EXPECT_THAT(EncryptFile(AsBytes("behind the curtain\n"), recipients, random),
              IsOkAndHolds(golden));
}

TEST_F(AgeFileTest, TheWholeRangeOfSizesWorks) {
  for (const std::size_t size : {std::size_t{64} << 20, (std::size_t{64} << 20) + 1}) {
    const Bytes plaintext = Plaintext(size);
    ASSERT_OK_AND_ASSIGN(const Bytes file, EncryptFile(plaintext, recipients_, random_));
    ASSERT_OK_AND_ASSIGN(const Bytes opened, DecryptFile(file, identity_));
    EXPECT_TRUE(opened == plaintext);
  }
}

}  // namespace
}  // namespace noren::agefile
