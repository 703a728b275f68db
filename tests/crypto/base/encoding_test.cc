// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace noren {
namespace {

TEST(Hex, WritesAndReadsLowerCase) {
  EXPECT_EQ(HexEncode(Bytes{0x00, 0x0f, 0xa5, 0xff}), "000fa5ff");
  EXPECT_THAT(HexDecode("000fa5ff"), IsOkAndHolds(Bytes{0x00, 0x0f, 0xa5, 0xff}));
  EXPECT_THAT(HexDecode(""), IsOkAndHolds(Bytes{}));
}

TEST(Hex, RefusesUpperCaseOddLengthAndOtherCharacters) {
  for (const std::string_view text :
       {"0A", "0", "000", "0g", " 00", "0x00", "00\n", "\xef\xbc\x90"}) {
    EXPECT_THAT(HexDecode(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

// RFC 4648 section 10.
TEST(Base64, AgreesWithThePublishedVectors) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(Base64Encode(AsBytes(plain)), encoded);
    EXPECT_THAT(Base64Decode(encoded), IsOkAndHolds(ToBytes(plain)));
    const std::string unpadded = encoded.substr(0, encoded.find('='));
    EXPECT_EQ(Base64EncodeUnpadded(AsBytes(plain)), unpadded);
    EXPECT_THAT(Base64DecodeUnpadded(unpadded), IsOkAndHolds(ToBytes(plain)));
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm9v\n", "Zm 9v", "Zm-_", "====", "=",
        "Z===", "Zg==Zg==", "Z=g=", "A", "AAAAA"}) {
    EXPECT_THAT(Base64Decode(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  for (const std::string_view text : {"Zg==", "Zh", "Zm9", "Z", "Zm9v=", "Zm9v\r", "AAAAA"}) {
    EXPECT_THAT(Base64DecodeUnpadded(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

RC_GTEST_PROP(Base64, ReadsBackEveryByteString, (const Bytes& bytes)) {
  RC_ASSERT(Base64Decode(Base64Encode(bytes)).value() == bytes);
  RC_ASSERT(Base64DecodeUnpadded(Base64EncodeUnpadded(bytes)).value() == bytes);
  RC_ASSERT(HexDecode(HexEncode(bytes)).value() == bytes);
}

// One text per byte string: what decodes, encodes to itself.
RC_GTEST_PROP(Base64, DecodesOnlyWhatEncodingWrites, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AZaz09+/=Qg")));
  const StatusOr<Bytes> bytes = Base64Decode(text);
  if (bytes.ok()) RC_ASSERT(Base64Encode(*bytes) == text);
  const StatusOr<Bytes> unpadded = Base64DecodeUnpadded(text);
  if (unpadded.ok()) RC_ASSERT(Base64EncodeUnpadded(*unpadded) == text);
}

TEST(Record, HasTheDocumentedLayout) {
  RecordWriter writer;
  writer.U8(1)
      .U16(0x0203)
      .U32(0x04050607)
      .U64(0x08090a0b0c0d0e0f)
      .I64(-1)
      .Field("ab")
      .Raw(Bytes{9});
  EXPECT_EQ(HexEncode(writer.bytes()),
            "010203040506070809"
            "0a0b0c0d0e0fffffffffffffffff00000002616209");
}

RC_GTEST_PROP(Record, ReadsBackWhatWasWritten,
              (std::uint8_t a, std::uint16_t b, std::uint32_t c, std::uint64_t d, std::int64_t e)) {
  const auto field = *rc::gen::arbitrary<Bytes>();
  RecordWriter writer;
  const Bytes bytes = writer.U8(a).U16(b).U32(c).U64(d).I64(e).Field(field).Raw(field).Take();
  RecordReader reader(bytes);
  RC_ASSERT(reader.U8() == a);
  RC_ASSERT(reader.U16() == b);
  RC_ASSERT(reader.U32() == c);
  RC_ASSERT(reader.U64() == d);
  RC_ASSERT(reader.I64() == e);
  RC_ASSERT(ToBytes(reader.Field(field.size())) == field);
  RC_ASSERT(!reader.at_end() || field.empty());
  RC_ASSERT(ToBytes(reader.Raw(field.size())) == field);
  RC_ASSERT(reader.Finish().ok());
}

TEST(Record, EveryTruncationIsDataLoss) {
  const Bytes bytes = RecordWriter().U16(7).Field("abc").U64(9).Take();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    RecordReader reader(ByteSpan(bytes).first(size));
    reader.U16();
    reader.Text(10);
    reader.U64();
    EXPECT_THAT(reader.Finish(), StatusIs(StatusCode::kDataLoss)) << size;
  }
}

TEST(Record, BytesLeftOverAreDataLoss) {
  const Bytes bytes = RecordWriter().U16(7).U8(0).Take();
  RecordReader reader(bytes);
  reader.U16();
  EXPECT_THAT(reader.Finish(), StatusIs(StatusCode::kDataLoss));
}

TEST(Record, AFieldLongerThanAllowedFailsAndSoDoesEverythingAfter) {
  const Bytes bytes = RecordWriter().Field("abcd").U8(1).Take();
  RecordReader reader(bytes);
  EXPECT_TRUE(reader.Field(3).empty());
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
  EXPECT_THAT(reader.Finish(), StatusIs(StatusCode::kDataLoss));
}

TEST(Record, AFieldLengthBeyondTheInputFailsWithoutReading) {
  const Bytes bytes = RecordWriter().U32(0xffffffff).U8(1).Take();
  RecordReader reader(bytes);
  EXPECT_TRUE(reader.Field(std::numeric_limits<std::size_t>::max()).empty());
  EXPECT_THAT(reader.Finish(), StatusIs(StatusCode::kDataLoss));
}

// Keys of a store are compared as bytes, so larger numbers must be written as larger strings.
RC_GTEST_PROP(Record, UnsignedNumbersSortAsTheirBytes, (std::uint64_t a, std::uint64_t b)) {
  RC_ASSERT((a < b) == (RecordWriter().U64(a).Take() < RecordWriter().U64(b).Take()));
}

}  // namespace
}  // namespace noren
