// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/vault.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/agefile/agefile.h"
#include "engine/storage/memory_blob_store.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/fixed_clock.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

Bytes Plaintext(std::size_t size, std::uint64_t seed = 9) {
  Bytes bytes(size);
  SeededRandom(seed).Fill(bytes);
  return bytes;
}

agefile::Identity IdentityOf(const PersonKeys& keys) {
  return agefile::Identity::FromScalar(keys.items_identity.Clone()).value();
}

class VaultDesk {
 public:
  // Writes in pieces of the given sizes, the last one repeating.
  StatusOr<WrittenItem> Write(ByteSpan plaintext, const std::vector<std::size_t>& pieces) {
    NOREN_ASSIGN_OR_RETURN(ItemWriter writer, ItemWriter::Begin(blobs, person.keys, random));
    for (std::size_t i = 0; !plaintext.empty(); ++i) {
      const std::size_t piece = std::min(plaintext.size(), pieces[std::min(i, pieces.size() - 1)]);
      NOREN_RETURN_IF_ERROR(writer.Update(plaintext.first(piece)));
      plaintext = plaintext.subspan(piece);
    }
    return writer.Finish();
  }
  Bytes Payload(const Hash256& digest) {
    return blobs.ReadAt(digest, 0, std::size_t{64} << 20).value();
  }
  Bytes File(ByteSpan header, const Hash256& digest) {
    Bytes file = ToBytes(header);
    const Bytes payload = Payload(digest);
    file.insert(file.end(), payload.begin(), payload.end());
    return file;
  }
  ItemRecord Record(const WrittenItem& written) {
    ItemRecord record = SampleItem();
    record.header = written.header;
    record.payload_sha256 = written.payload_sha256;
    record.payload_size_bytes = written.payload_size_bytes;
    record.plain_size_bytes = written.plain_size_bytes;
    return record;
  }

  FixedClock clock;
  storage::MemoryBlobStore blobs{clock};
  SeededRandom random{5};
  SamplePerson person;
};

TEST(ItemWriter, ItemsOfEverySizeOpenForThePerson) {
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 1u << 20, 5u << 20}) {
    VaultDesk desk;
    const Bytes plaintext = Plaintext(size);
    ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(plaintext, {256 * 1024}));
    EXPECT_EQ(written.plain_size_bytes, size);
    EXPECT_EQ(written.sent_sha256, primitives::Sha256(plaintext));
    EXPECT_EQ(written.payload_size_bytes, agefile::PayloadSize(size));
    EXPECT_EQ(written.payload_sha256, primitives::Sha256(desk.Payload(written.payload_sha256)));
    const Bytes file = desk.File(written.header, written.payload_sha256);
    EXPECT_THAT(agefile::DecryptFile(file, IdentityOf(desk.person.keys)), IsOkAndHolds(plaintext));
  }
}

RC_GTEST_PROP(ItemWriter, HowTheBytesAreCutDoesNotMatter, ()) {
  const Bytes plaintext = Plaintext(*rc::gen::inRange<std::size_t>(0, 300'000));
  std::vector<std::size_t> pieces = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 100'000)));
  VaultDesk desk, whole;
  const StatusOr<WrittenItem> cut = desk.Write(plaintext, pieces);
  const StatusOr<WrittenItem> at_once = whole.Write(plaintext, {SIZE_MAX});
  RC_ASSERT(cut.ok() && at_once.ok());
  RC_ASSERT(cut->payload_sha256 == at_once->payload_sha256);
  RC_ASSERT(cut->sent_sha256 == at_once->sent_sha256);
  RC_ASSERT(cut->header == at_once->header);
}

TEST(ItemWriter, TwoItemsOfTheSameBytesShareNothing) {
  VaultDesk desk;
  ASSERT_OK_AND_ASSIGN(const WrittenItem one, desk.Write(Plaintext(100), {100}));
  ASSERT_OK_AND_ASSIGN(const WrittenItem two, desk.Write(Plaintext(100), {100}));
  EXPECT_NE(one.payload_sha256, two.payload_sha256);
  EXPECT_NE(one.header, two.header);
}

TEST(ItemWriter, TakesTwentyMebibytesAndNotAByteMore) {
  VaultDesk desk;
  ASSERT_OK_AND_ASSIGN(ItemWriter writer,
                       ItemWriter::Begin(desk.blobs, desk.person.keys, desk.random));
  const Bytes chunk = Plaintext(1 << 20);
  for (int i = 0; i < 20; ++i) ASSERT_OK(writer.Update(chunk));
  EXPECT_EQ(writer.size_bytes(), kMaxItemSizeBytes);
  EXPECT_EQ(CodeOf(writer.Update(Bytes{1})), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeOf(writer.Finish()), ErrorCode::kStateConflict);
}

TEST(ItemWriter, DroppedWithoutFinishLeavesNothingBehind) {
  VaultDesk desk;
  {
    ASSERT_OK_AND_ASSIGN(ItemWriter writer,
                         ItemWriter::Begin(desk.blobs, desk.person.keys, desk.random));
    ASSERT_OK(writer.Update(Plaintext(200'000)));
  }
  const auto nothing = [](const storage::BlobDigest&) -> StatusOr<bool> { return false; };
  ASSERT_OK_AND_ASSIGN(const storage::SweepReport report, desk.blobs.Sweep(nothing, -1));
  EXPECT_EQ(report.removed_count, 0u);
}

TEST(ItemWriter, NothingMayFollowFinish) {
  VaultDesk desk;
  ASSERT_OK_AND_ASSIGN(ItemWriter writer,
                       ItemWriter::Begin(desk.blobs, desk.person.keys, desk.random));
  ASSERT_OK(writer.Finish());
  EXPECT_EQ(CodeOf(writer.Update(Bytes{1})), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(writer.Finish()), ErrorCode::kStateConflict);
}

TEST(Rewrap, EachCompanyKeyOpensTheSamePayloadAndNobodyElse) {
  VaultDesk desk;
  const Bytes plaintext = Plaintext(70'000);
  ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(plaintext, {70'000}));
  const PersonKeys first = PersonKeysOf(0x61), second = PersonKeysOf(0x62),
                   other = PersonKeysOf(0x63);
  ASSERT_OK_AND_ASSIGN(const Bytes header,
                       Rewrap(desk.person.keys, written.header,
                              {first.items_recipient, second.items_recipient}, desk.random));
  const Bytes file = desk.File(header, written.payload_sha256);
  EXPECT_THAT(agefile::DecryptFile(file, IdentityOf(first)), IsOkAndHolds(plaintext));
  EXPECT_THAT(agefile::DecryptFile(file, IdentityOf(second)), IsOkAndHolds(plaintext));
  EXPECT_FALSE(agefile::DecryptFile(file, IdentityOf(other)).ok());
  EXPECT_FALSE(agefile::DecryptFile(file, IdentityOf(desk.person.keys)).ok());
}

TEST(Rewrap, RefusesNoKeysBadKeysAndForeignHeaders) {
  VaultDesk desk;
  ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(Plaintext(10), {10}));
  const std::string company = SampleRecipient(0x61);
  EXPECT_EQ(CodeOf(Rewrap(desk.person.keys, written.header, {}, desk.random)),
            ErrorCode::kNoRecipientKey);
  EXPECT_EQ(CodeOf(Rewrap(desk.person.keys, written.header, {"age1nonsense"}, desk.random)),
            ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(Rewrap(PersonKeysOf(0x12), written.header, {company}, desk.random)),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(CodeOf(Rewrap(desk.person.keys, {}, {company}, desk.random)), ErrorCode::kDataCorrupt);
  for (std::size_t i = 0; i < written.header.size(); ++i) {
    Bytes changed = written.header;
    changed[i] ^= 0x01;
    ASSERT_EQ(CodeOf(Rewrap(desk.person.keys, changed, {company}, desk.random)),
              ErrorCode::kDataCorrupt)
        << i;
  }
}

TEST(CheckRecipient, TakesAgeRecipientsOnly) {
  EXPECT_OK(CheckRecipient(SampleRecipient(1)));
  std::string changed = SampleRecipient(1);
  changed.back() = changed.back() == 'q' ? 'p' : 'q';
  for (const std::string& text :
       {std::string(), std::string("age1"), changed, std::string(5000, 'a')}) {
    EXPECT_EQ(CodeOf(CheckRecipient(text)), ErrorCode::kBadRequest);
  }
}

TEST(FingerprintOf, IsThatOfTheSetOfKeys) {
  const std::string a = SampleRecipient(1), b = SampleRecipient(2);
  EXPECT_EQ(FingerprintOf({a, b}), FingerprintOf({b, a}));
  EXPECT_EQ(FingerprintOf({a, b, a}), FingerprintOf({b, a}));
  EXPECT_NE(FingerprintOf({a, b}), FingerprintOf({a}));
  EXPECT_NE(FingerprintOf({}), FingerprintOf({a}));
}

TEST(Reencrypt, WhoHeldTheOldFileKeyCannotOpenTheNewVersion) {
  for (const std::size_t size : {0u, 1u, 65536u, 200'000u}) {
    VaultDesk desk;
    const Bytes plaintext = Plaintext(size);
    ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(plaintext, {65'536}));
    const ItemRecord record = desk.Record(written);
    const PersonKeys company = PersonKeysOf(0x61);
    ASSERT_OK_AND_ASSIGN(const Bytes old_header, Rewrap(desk.person.keys, written.header,
                                                        {company.items_recipient}, desk.random));
    ASSERT_OK_AND_ASSIGN(const ItemRecord renewed,
                         Reencrypt(desk.blobs, desk.person.keys, record, desk.random));
    EXPECT_EQ(renewed.version, record.version + 1);
    EXPECT_NE(renewed.payload_sha256, record.payload_sha256);
    EXPECT_THAT(agefile::DecryptFile(desk.File(renewed.header, renewed.payload_sha256),
                                     IdentityOf(desk.person.keys)),
                IsOkAndHolds(plaintext));
    EXPECT_THAT(
        agefile::DecryptFile(desk.File(old_header, renewed.payload_sha256), IdentityOf(company)),
        StatusIs(StatusCode::kDataLoss));
  }
}

TEST(Reencrypt, RefusesAMissingOrShortenedPayload) {
  VaultDesk desk;
  ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(Plaintext(70'000), {70'000}));
  ItemRecord missing = desk.Record(written);
  missing.payload_sha256[0] ^= 1;
  EXPECT_EQ(CodeOf(Reencrypt(desk.blobs, desk.person.keys, missing, desk.random)),
            ErrorCode::kDataCorrupt);
  Bytes payload = desk.Payload(written.payload_sha256);
  payload.pop_back();
  auto writer = desk.blobs.Begin().value();
  ASSERT_OK(writer->Append(payload));
  ItemRecord shortened = desk.Record(written);
  shortened.payload_sha256 = writer->Commit().value();
  EXPECT_EQ(CodeOf(Reencrypt(desk.blobs, desk.person.keys, shortened, desk.random)),
            ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::personal_data
