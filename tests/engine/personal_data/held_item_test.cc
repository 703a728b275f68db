// Age files as a person's client could send them, whole and broken.
// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/held_item.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "crypto/agefile/agefile.h"
#include "engine/storage/memory_blob_store.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/fixed_clock.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

agefile::Identity IdentityOf(std::uint8_t value) {
  return agefile::Identity::FromScalar(SecretBytes::CopyOf(Bytes(32, value))).value();
}

Bytes Plaintext(std::size_t size) {
  Bytes bytes(size);
  SeededRandom(9).Fill(bytes);
  return bytes;
}

// An age file for so many keys, the first of which is IdentityOf(1).
Bytes FileFor(ByteSpan plaintext, std::size_t recipients_count = 1, std::uint64_t seed = 4) {
  std::vector<agefile::Recipient> recipients;
  for (std::size_t i = 0; i < recipients_count; ++i) {
    recipients.push_back(IdentityOf(static_cast<std::uint8_t>(i + 1)).recipient());
  }
  SeededRandom random(seed);
  return agefile::EncryptFile(plaintext, recipients, random).value();
}
Bytes HeaderFor(std::size_t recipients_count, std::uint64_t seed = 4) {
  const Bytes file = FileFor({}, recipients_count, seed);
  return Bytes(file.begin(),
               file.begin() + static_cast<std::ptrdiff_t>(agefile::MeasureHeader(file).value()));
}

// `header` with a stanza put in before the line of the MAC (which then is wrong, as nobody here can
// tell).
Bytes WithStanza(ByteSpan file, std::string_view stanza) {
  const std::string text(AsText(file));
  const std::size_t mac = text.find("--- ");
  return ToBytes(text.substr(0, mac) + std::string(stanza) + text.substr(mac));
}

class Desk {
 public:
  StatusOr<WrittenItem> Write(ByteSpan file, const std::vector<std::size_t>& pieces) {
    NOREN_ASSIGN_OR_RETURN(HeldItemWriter writer, HeldItemWriter::Begin(blobs));
    for (std::size_t i = 0; !file.empty(); ++i) {
      const std::size_t piece = std::min(file.size(), pieces[std::min(i, pieces.size() - 1)]);
      NOREN_RETURN_IF_ERROR(writer.Update(file.first(piece)));
      file = file.subspan(piece);
    }
    return writer.Finish();
  }
  StatusOr<WrittenItem> Write(ByteSpan file) { return Write(file, {256 * 1024}); }
  std::uint64_t BlobsCount() {
    const auto nothing = [](const storage::BlobDigest&) -> StatusOr<bool> { return false; };
    return blobs.Sweep(nothing, -1)->removed_count;
  }

  FixedClock clock;
  storage::MemoryBlobStore blobs{clock};
};

TEST(HeldItemWriter, CutsFilesOfEverySizeBehindTheHeader) {
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 1u << 20}) {
    Desk desk;
    const Bytes file = FileFor(Plaintext(size));
    ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(file));
    EXPECT_EQ(written.plain_size_bytes, size);
    EXPECT_EQ(written.payload_size_bytes, agefile::PayloadSize(size));
    EXPECT_EQ(written.sent_sha256, primitives::Sha256(file));
    ASSERT_OK_AND_ASSIGN(const Bytes payload,
                         desk.blobs.ReadAt(written.payload_sha256, 0, std::size_t{8} << 20));
    Bytes joined = written.header;
    joined.insert(joined.end(), payload.begin(), payload.end());
    EXPECT_EQ(joined, file);
    EXPECT_THAT(agefile::DecryptFile(joined, IdentityOf(1)), IsOkAndHolds(Plaintext(size)));
  }
}

RC_GTEST_PROP(HeldItemWriter, HowTheBytesAreCutDoesNotMatter, ()) {
  const Bytes file = FileFor(Plaintext(*rc::gen::inRange<std::size_t>(0, 200'000)));
  const auto pieces = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 50'000)));
  Desk desk, whole;
  const StatusOr<WrittenItem> cut = desk.Write(file, pieces);
  const StatusOr<WrittenItem> at_once = whole.Write(file, {SIZE_MAX});
  RC_ASSERT(cut.ok() && at_once.ok());
  RC_ASSERT(cut->payload_sha256 == at_once->payload_sha256);
  RC_ASSERT(cut->header == at_once->header && cut->sent_sha256 == at_once->sent_sha256);
}

TEST(HeldItemWriter, TakesAFileByteByByte) {
  Desk desk;
  EXPECT_OK(desk.Write(FileFor(Plaintext(40)), {1}));
}

TEST(HeldItemWriter, RefusesWhatIsNoAgeFile) {
  const std::string header(AsText(HeaderFor(1)));
  const std::string armored = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n";
  for (const std::string& text :
       {std::string("%PDF-1.7 a resume"), armored, std::string("age-encryption.org/v2\n-> x\n"),
        std::string(100'000, '\n'), "age-encryption.org/v1\n--- " + std::string(43, 'A') + "\n",
        std::string("age-encryption.org/v1\n-> X25519\nAA\n--- ") + std::string(43, 'A') + "\n",
        header.substr(0, header.size() - 3) + "\n"}) {
    Desk desk;
    const auto written = desk.Write(AsBytes(text));
    EXPECT_EQ(CodeOf(written), ErrorCode::kNotAgeFile) << text.substr(0, 60);
    EXPECT_EQ(model::FieldOf(written.status()), "file");
    EXPECT_EQ(desk.BlobsCount(), 0u);
  }
}

TEST(HeldItemWriter, RefusesAHeaderThatEndsEarlyOrNeverEnds) {
  const Bytes header = HeaderFor(1);
  for (std::size_t size = 0; size < header.size(); ++size) {
    Desk desk;
    EXPECT_EQ(CodeOf(desk.Write(ByteSpan(header).first(size))), ErrorCode::kNotAgeFile) << size;
  }
  Bytes endless = ToBytes("age-encryption.org/v1\n-> X25519 ");
  endless.resize(100'000, 'a');
  Desk desk;
  ASSERT_OK_AND_ASSIGN(HeldItemWriter writer, HeldItemWriter::Begin(desk.blobs));
  EXPECT_EQ(CodeOf(writer.Update(endless)), ErrorCode::kNotAgeFile);  // before all of it is there
}

TEST(HeldItemWriter, RefusesStanzasThatAreNotX25519) {
  const std::string body = std::string(43, 'A') + "\n";
  for (const std::string& stanza :
       {"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18\n" + body, "-> piv-p256 abcd\n" + body,
        "-> ssh-ed25519 abcd\n" + body, std::string("-> 9dT(-grease x\nAAAA\n"),
        std::string("-> X25519x y\n\n")}) {
    Desk desk;
    EXPECT_EQ(CodeOf(desk.Write(WithStanza(FileFor(Plaintext(10)), stanza))),
              ErrorCode::kAgeRecipients)
        << stanza;
  }
}

TEST(HeldItemWriter, RefusesAnEphemeralShareOfSmallOrder) {
  const std::string zero(43, 'A');
  Desk desk;
  EXPECT_EQ(CodeOf(desk.Write(
                WithStanza(FileFor(Plaintext(10)), "-> X25519 " + zero + "\n" + zero + "\n"))),
            ErrorCode::kNotAgeFile);
}

TEST(HeldItemWriter, TakesEightStanzasAndNotNine) {
  Desk desk;
  EXPECT_OK(desk.Write(FileFor(Plaintext(10), 8)));
  EXPECT_EQ(CodeOf(desk.Write(FileFor(Plaintext(10), 9))), ErrorCode::kAgeRecipients);
}

TEST(HeldItemWriter, RefusesLengthsThatStreamCannotHave) {
  // Every length below the smallest, and around the ends of chunks.
  const Bytes header = HeaderFor(1);
  const std::size_t chunk = agefile::kSealedChunkSizeBytes;
  for (const std::size_t at : {std::size_t{0}, 16 + chunk, 16 + 2 * chunk}) {
    for (std::size_t extra = 0; extra <= 34; ++extra) {
      Bytes file = header;
      file.resize(header.size() + at + extra, 7);
      const std::size_t payload = at + extra;
      bool possible = false;  // the slow way: is it the size of some plaintext?
      for (std::size_t plain = payload > 100 ? payload - 100 : 0; plain <= payload; ++plain) {
        possible = possible || agefile::PayloadSize(plain) == payload;
      }
      Desk desk;
      const ErrorCode code = CodeOf(desk.Write(file));
      EXPECT_EQ(code, possible ? ErrorCode::kNone : ErrorCode::kAgeLength) << payload;
      EXPECT_EQ(desk.BlobsCount(), possible ? 1u : 0u);
    }
  }
}

TEST(HeldItemWriter, TakesTwentyMebibytesOfPlaintextAndNotAByteMore) {
  Bytes file = HeaderFor(1);
  const std::size_t header_size = file.size();
  file.resize(header_size + agefile::PayloadSize(kMaxItemSizeBytes), 7);
  Desk desk;
  ASSERT_OK_AND_ASSIGN(const WrittenItem written, desk.Write(file));
  EXPECT_EQ(written.plain_size_bytes, kMaxItemSizeBytes);
  file.push_back(7);
  EXPECT_EQ(CodeOf(desk.Write(file)), ErrorCode::kTooLarge);
}

TEST(HeldItemWriter, NothingCanFollowAnError) {
  Desk desk;
  ASSERT_OK_AND_ASSIGN(HeldItemWriter writer, HeldItemWriter::Begin(desk.blobs));
  EXPECT_EQ(CodeOf(writer.Update(AsBytes("%PDF"))), ErrorCode::kNotAgeFile);
  EXPECT_EQ(CodeOf(writer.Update(FileFor(Plaintext(10)))), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(writer.Finish()), ErrorCode::kStateConflict);
}

TEST(HeldItemWriter, TheLeastPlainSizeIsNeverAboveTheTrueOne) {
  for (const std::size_t size : {0u, 1u, 65520u, 65536u, 65537u, 200'000u}) {
    Desk desk;
    ASSERT_OK_AND_ASSIGN(HeldItemWriter writer, HeldItemWriter::Begin(desk.blobs));
    ASSERT_OK(writer.Update(FileFor(Plaintext(size))));
    EXPECT_LE(writer.plain_size_at_least(), size);
    EXPECT_LE(size, writer.plain_size_at_least() + 64);
  }
}

TEST(CheckHeader, TakesExactlyAsManyX25519StanzasAsThereAreKeys) {
  for (std::size_t made = 1; made <= 4; ++made) {
    for (std::size_t wanted = 1; wanted <= 4; ++wanted) {
      HeaderShares used;
      EXPECT_EQ(CodeOf(CheckHeader(HeaderFor(made), {"h", wanted}, used)),
                made == wanted ? ErrorCode::kNone : ErrorCode::kAgeRecipients);
    }
  }
}

TEST(CheckHeader, RefusesWhatIsNotOneWholeHeader) {
  HeaderShares used;
  Bytes longer = HeaderFor(2);
  longer.push_back('\n');
  for (const Bytes& header : {Bytes(), ToBytes("age"), longer, FileFor(Plaintext(3), 2)}) {
    const Status status = CheckHeader(header, {"act.headers[0]", 2}, used);
    EXPECT_EQ(CodeOf(status), ErrorCode::kNotAgeFile);
    EXPECT_EQ(model::FieldOf(status), "act.headers[0]");
  }
  EXPECT_TRUE(used.empty());
}

TEST(CheckHeader, AGreaseStanzaIsOneReaderMoreThanWasNamed) {
  HeaderShares used;
  EXPECT_EQ(CodeOf(CheckHeader(WithStanza(HeaderFor(2), "-> a-grease\n\n"), {"h", 2}, used)),
            ErrorCode::kAgeRecipients);
}

TEST(CheckHeader, OneStanzaTwiceDoesNotStandForTwoKeys) {
  const std::string text(AsText(HeaderFor(1)));
  const std::size_t begin = text.find("-> ");
  const std::string stanza = text.substr(begin, text.find("--- ") - begin);
  HeaderShares used;
  EXPECT_EQ(CodeOf(CheckHeader(WithStanza(HeaderFor(1), stanza), {"h", 2}, used)),
            ErrorCode::kAgeRecipients);
}

TEST(CheckHeader, AHeaderServesOnce) {
  HeaderShares used;
  EXPECT_OK(CheckHeader(HeaderFor(2, 4), {"h", 2}, used));
  EXPECT_EQ(CodeOf(CheckHeader(HeaderFor(2, 4), {"h", 2}, used)), ErrorCode::kHeaderReused);
  EXPECT_OK(CheckHeader(HeaderFor(2, 5), {"h", 2}, used));
}

TEST(MatchHeaders, BringsHeadersIntoTheOrderOfTheItems) {
  const std::vector<ConsentItem> items = SampleInvitation().items;
  const std::vector<ItemHeader> headers = {{items[0].item, HeaderFor(1, 1)},
                                           {items[1].item, HeaderFor(1, 2)}};
  const std::vector<Hash256> digests = {primitives::Sha256(headers[0].header),
                                        primitives::Sha256(headers[1].header)};
  EXPECT_THAT(MatchHeaders(items, digests, headers), IsOkAndHolds(headers));
  EXPECT_THAT(MatchHeaders(items, digests, {headers[1], headers[0]}), IsOkAndHolds(headers));
}

TEST(MatchHeaders, RefusesEveryOtherSet) {
  const std::vector<ConsentItem> items = SampleInvitation().items;
  const std::vector<ItemHeader> headers = {{items[0].item, HeaderFor(1, 1)},
                                           {items[1].item, HeaderFor(1, 2)}};
  const std::vector<Hash256> digests = {primitives::Sha256(headers[0].header),
                                        primitives::Sha256(headers[1].header)};
  const auto code = [&](std::vector<ItemHeader> carried) {
    return CodeOf(MatchHeaders(items, digests, std::move(carried)));
  };
  EXPECT_EQ(code({}), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code({headers[0]}), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code({headers[0], headers[0]}), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code({headers[0], headers[1], headers[1]}), ErrorCode::kHeaderMismatch);
  // Swapped between the items, and one from elsewhere.
  EXPECT_EQ(code({{items[0].item, headers[1].header}, {items[1].item, headers[0].header}}),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code({headers[0], {items[1].item, HeaderFor(1, 3)}}), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code({headers[0], {IdOf<model::ItemId>(0x77), headers[1].header}}),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(CodeOf(MatchHeaders(items, {}, headers)), ErrorCode::kHeaderMismatch);
}

TEST(CheckPersonRecipient, RefusesWhatNothingCanBeWrappedTo) {
  EXPECT_OK(CheckPersonRecipient(SampleRecipient(1)));
  const std::string zero = agefile::Recipient(primitives::AgreementPublicKey{}).ToString();
  std::string upper = SampleRecipient(1);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  for (const std::string& text : {std::string(), zero, upper, SampleRecipient(1) + "q"}) {
    const Status status = CheckPersonRecipient(text);
    EXPECT_EQ(CodeOf(status), ErrorCode::kBadRequest) << text;
    EXPECT_EQ(model::FieldOf(status), "age_recipient");
  }
}

}  // namespace
}  // namespace noren::personal_data
