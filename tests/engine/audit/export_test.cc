// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/export.h"

#include <gmock/gmock.h>

#include "engine/model/canonical_json.h"
#include "tests/engine/audit/export_fixture.h"

namespace noren::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ExportLog, WritesTheGoldenFile) {
  LogFixture log;
  log.AppendEach(5);
  log.Append({log.MakeContinuation(2, Hash256{9})});
  EXPECT_EQ(Exported(log, 3), ReadGolden("audit_export_v1.jsonl"));
}

TEST(ExportLog, WritesCanonicalLinesOnly) {
  LogFixture log;
  log.AppendEach(5);
  std::istringstream lines(Exported(log, 3));
  std::string line;
  int count = 0;
  for (; std::getline(lines, line); ++count) EXPECT_TRUE(model::IsCanonical(line)) << line;
  EXPECT_EQ(count, 7);
}

TEST(ExportLog, RefusesAnOlderSizeBeyondTheLog) {
  LogFixture log;
  log.AppendEach(2);
  std::ostringstream out;
  EXPECT_THAT(ExportLog(log.reader(), FixtureSigner(), 3, out),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(ExportLog, ReportsAFailedOutputAndADamagedLog) {
  LogFixture log;
  log.AppendEach(2);
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  EXPECT_THAT(ExportLog(log.reader(), FixtureSigner(), 0, broken),
              StatusIs(StatusCode::kUnavailable));
  log.Overwrite(EntryKey(1), std::nullopt);
  std::ostringstream out;
  EXPECT_THAT(ExportLog(log.reader(), FixtureSigner(), 0, out), StatusIs(StatusCode::kDataLoss));
}

TEST(ExportProofBundle, WritesTheGoldenFile) {
  LogFixture log;
  EntryOpening opening;
  const SignedStatement statement = AppendStatement(log, opening);
  EXPECT_THAT(ExportProofBundle(log.reader(), FixtureSigner(), statement, opening),
              IsOkAndHolds(ReadGolden("proof_bundle_v2.json")));
}

TEST(ExportProofBundle, RevealsOnlyTheNamesItIsGiven) {
  LogFixture log;
  EntryOpening opening;
  const SignedStatement statement = AppendStatement(log, opening);
  opening.subject.reset();
  ASSERT_OK_AND_ASSIGN(const std::string bundle,
                       ExportProofBundle(log.reader(), FixtureSigner(), statement, opening));
  EXPECT_THAT(bundle, HasSubstr("hanbit"));
  EXPECT_THAT(bundle, Not(HasSubstr("person-2")));
}

TEST(ExportProofBundle, RefusesWhatTheEntryDoesNotRecord) {
  LogFixture log;
  EntryOpening opening;
  const SignedStatement statement = AppendStatement(log, opening);
  const auto export_with = [&](const SignedStatement& s, const EntryOpening& o) {
    return ExportProofBundle(log.reader(), FixtureSigner(), s, o).status();
  };
  SignedStatement other = statement;
  other.json = "{\"noren\":\"receipt/1\"}";
  EXPECT_THAT(export_with(other, opening), StatusIs(StatusCode::kFailedPrecondition));
  other.json = " " + statement.json;
  EXPECT_THAT(export_with(other, opening), StatusIs(StatusCode::kFailedPrecondition));
  EntryOpening wrong = opening;
  wrong.subject->name += "0";
  EXPECT_THAT(export_with(statement, wrong), StatusIs(StatusCode::kFailedPrecondition));
  wrong = opening;
  wrong.sequence = 2;
  EXPECT_THAT(export_with(statement, wrong), StatusIs(StatusCode::kFailedPrecondition));
  wrong.sequence = 8;
  EXPECT_THAT(export_with(statement, wrong), StatusIs(StatusCode::kNotFound));
}

}  // namespace
}  // namespace noren::audit
