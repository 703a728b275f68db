// What is kept of statistics, as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/statistics_record.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "tests/engine/operations/whole_only.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using statistics::Facet;

const EditionId kId{"seeker", 3};

EditionRecord SomeEdition() {
  EditionRecord record;
  record.edition = kId;
  record.purpose = "counting";
  record.begun_by = "privacy";
  record.begun_at = {1767571200};
  record.policy.fill(0x31);
  record.least = 10;
  return record;
}

EditionRecord Counting() {
  EditionRecord record = SomeEdition();
  record.after = "person/11";
  record.counts = {{{}, {12, 1}},
                   {{{Facet::kRegion, "JP-13"}}, {12, 1}},
                   {{{Facet::kOccupation, "2"}, {Facet::kRegion, "JP-13"}}, {3, 2}}};
  return record;
}

EditionRecord Standing() {
  EditionRecord record = SomeEdition();
  record.done_at = UnixSeconds{1767571300};
  record.figures = {{{}, 12},
                    {{{Facet::kRegion, "JP-13"}}, 12},
                    {{{Facet::kOccupation, "2"}, {Facet::kRegion, "JP-13"}}, std::nullopt}};
  return record;
}

FiguresReleased SomeAnswer() {
  return {7, kId, "occupation region", "operator", "statistics", "counter", {1767571400}, 10, 5, 2};
}

StatusOr<EditionRecord> ReadEdition(ByteSpan bytes) { return DecodeEdition(kId, bytes); }
StatusOr<FiguresReleased> ReadAnswer(ByteSpan bytes) {
  return DecodeFiguresReleased(kId, 7, bytes);
}

TEST(StatisticsRecord, WritesAndReadsTheGoldenFile) {
  std::map<std::string, std::string> written = {
      {"counting", HexEncode(EncodeEdition(Counting()))},
      {"standing", HexEncode(EncodeEdition(Standing()))},
      {"answer", HexEncode(EncodeFiguresReleased(SomeAnswer()))}};
  std::ifstream file(SourceFolder() + "/tests/golden/statistics_v1.txt");
  std::string name, equals, hex;
  while (file >> name >> equals >> hex) {
    EXPECT_EQ(written[name], hex) << name;
    written.erase(name);
  }
  EXPECT_THAT(written, ::testing::IsEmpty()) << "not in the golden file";
}

TEST(StatisticsRecord, ReadsBackWhatWasWrittenAndNothingThatIsCut) {
  for (const EditionRecord& record : {Counting(), Standing(), SomeEdition()}) {
    EXPECT_THAT(ReadEdition(EncodeEdition(record)), IsOkAndHolds(record));
    ExpectWholeOnly(EncodeEdition(record), ReadEdition);
  }
  EXPECT_THAT(ReadAnswer(EncodeFiguresReleased(SomeAnswer())), IsOkAndHolds(SomeAnswer()));
  ExpectWholeOnly(EncodeFiguresReleased(SomeAnswer()), ReadAnswer);
}

TEST(StatisticsRecord, RefusesStagesThatThereAreNot) {
  for (const std::uint8_t stage : {std::uint8_t{0}, std::uint8_t{3}}) {
    Bytes bytes = EncodeEdition(Counting());
    bytes[1] = stage;
    EXPECT_EQ(CodeOf(ReadEdition(bytes).status()), ErrorCode::kDataCorrupt);
  }
  Bytes bytes = EncodeEdition(Counting());
  bytes.back() = 3;  // a remainder by three
  EXPECT_EQ(CodeOf(ReadEdition(bytes).status()), ErrorCode::kDataCorrupt);
}

TEST(EditionId, IsPrintedAndReadInOneWay) {
  EXPECT_EQ(kId.ToString(), "seeker/3");
  EXPECT_THAT(EditionId::Parse("seeker/3"), IsOkAndHolds(kId));
  for (const char* text : {"", "seeker", "seeker/", "/3", "seeker/0", "seeker/03", "seeker/-1",
                           "seeker/3x", "seeker/99999999999999999999"}) {
    EXPECT_EQ(CodeOf(EditionId::Parse(text).status()), ErrorCode::kBadRequest) << text;
  }
}

}  // namespace
}  // namespace noren::operations
