// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/sealed_stream.h"

#include <gtest/gtest.h>

#include "crypto/base/encoding.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

constexpr std::size_t kHeadBytes = 17 + 8 + 32;
constexpr std::size_t kFullChunkBytes = 4 + 24 + kStreamChunkBytes + 16;

SecretBytes KeyOf(std::uint64_t seed) {
  SeededRandom random(seed);
  return SecretBytes::Random(random, 32);
}

Bytes Sealed(ByteSpan plain, const SecretBytes& key, std::uint64_t generation = 7) {
  MemorySnapshotPlace place;
  SeededRandom random(3);
  auto writer = place.Create();
  EXPECT_OK(writer);
  SealingSink sink(**writer, {key, generation}, random);
  // In pieces that do not fit chunks.
  for (std::size_t at = 0; at < plain.size(); at += 300'007)
    EXPECT_OK(sink.Write(plain.subspan(at, std::min<std::size_t>(300'007, plain.size() - at))));
  EXPECT_OK(sink.End());
  EXPECT_OK((*writer)->Finish());
  EXPECT_EQ(sink.bytes_count(), place.content.size());
  return place.content;
}

StatusOr<Bytes> Opened(const Bytes& sealed, std::size_t size, const SecretBytes& key,
                       std::uint64_t generation = 7) {
  MemorySnapshotPlace place;
  place.content = sealed;
  NOREN_ASSIGN_OR_RETURN(const auto reader, place.Open());
  NOREN_ASSIGN_OR_RETURN(const auto source, OpeningSource::Open(*reader, {key, generation}));
  Bytes plain(size);
  NOREN_RETURN_IF_ERROR(source->Read(plain));
  NOREN_RETURN_IF_ERROR(source->End());
  return plain;
}

TEST(SealedStream, GivesBackWhatWasWrittenAtEverySizeAroundAChunk) {
  const SecretBytes key = KeyOf(1);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kStreamChunkBytes - 1,
                                 kStreamChunkBytes, kStreamChunkBytes + 1, 3 * kStreamChunkBytes}) {
    const Bytes plain = SomeBytes(size, size);
    EXPECT_THAT(Opened(Sealed(plain, key), size, key), IsOkAndHolds(plain)) << size;
  }
}

TEST(SealedStream, RefusesAnotherKeyAndNamesAnotherGeneration) {
  const Bytes sealed = Sealed(SomeBytes(1, 100), KeyOf(1));
  EXPECT_THAT(Opened(sealed, 100, KeyOf(2)), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(Opened(sealed, 100, KeyOf(1), 8), StatusIs(StatusCode::kFailedPrecondition));
  Bytes renumbered = sealed;
  renumbered[24] = 8;  // the last byte of the generation
  EXPECT_THAT(Opened(renumbered, 100, KeyOf(1), 8), StatusIs(StatusCode::kDataLoss));
}

TEST(SealedStream, RefusesToBeCutLengthenedOrReordered) {
  const SecretBytes key = KeyOf(1);
  const std::size_t size = 2 * kStreamChunkBytes + 50;
  const Bytes sealed = Sealed(SomeBytes(2, size), key);
  for (const std::size_t cut :
       {std::size_t{1}, kHeadBytes - 1, kHeadBytes, kHeadBytes + 3, kHeadBytes + kFullChunkBytes,
        kHeadBytes + 2 * kFullChunkBytes, sealed.size() - 1}) {
    EXPECT_THAT(
        Opened(Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(cut)), size, key),
        StatusIs(StatusCode::kDataLoss))
        << cut;
  }
  Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_THAT(Opened(longer, size, key), StatusIs(StatusCode::kDataLoss));
  Bytes swapped = sealed;
  const auto first = swapped.begin() + static_cast<std::ptrdiff_t>(kHeadBytes);
  const auto second = first + static_cast<std::ptrdiff_t>(kFullChunkBytes);
  std::swap_ranges(first, second, second);
  EXPECT_THAT(Opened(swapped, size, key), StatusIs(StatusCode::kDataLoss));
  // Half of it, said to be all.
  EXPECT_THAT(Opened(sealed, kStreamChunkBytes, key), StatusIs(StatusCode::kDataLoss));
}

TEST(SealedStream, RefusesEveryFlippedBit) {
  const SecretBytes key = KeyOf(1);
  const Bytes sealed = Sealed(SomeBytes(3, 200), key);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << bit % 8));
    EXPECT_FALSE(Opened(changed, 200, key).ok()) << bit;
  }
}

TEST(SealedStream, HasTheBytesOfTheGoldenFile) {
  const Bytes plain = ToBytes(std::string_view("a snapshot of nobody"));
  const auto golden = HexDecode([] {
    std::string text = model::ReadSourceFile("tests/golden/sealed_stream_v1.hex");
    std::erase(text, '\n');
    return text;
  }());
  ASSERT_OK(golden);
  EXPECT_EQ(HexEncode(Sealed(plain, KeyOf(1))), HexEncode(*golden));
  EXPECT_THAT(Opened(*golden, plain.size(), KeyOf(1)), IsOkAndHolds(plain));
}

}  // namespace
}  // namespace noren::operations
