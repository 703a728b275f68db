// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <algorithm>
#include <sstream>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "server/verifier/verify.h"
#include "tests/engine/audit/export_fixture.h"

namespace noren::verifier {
namespace {

using audit::Exported;
using audit::FixtureSigner;
using audit::LogFixture;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string VerifierKey() { return FixtureSigner().VerifierKey({}).value(); }

std::string CheckpointOf(LogFixture& log) {
  return FixtureSigner().SignCheckpoint(log.state()).value();
}

Report Verified(const std::string& exported, const std::string& known_checkpoint = "") {
  std::istringstream in(exported);
  auto report = VerifyExport(in, {VerifierKey(), known_checkpoint});
  EXPECT_OK(report);
  return *std::move(report);
}

bool Finds(const Report& report, Finding finding) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const FindingAt& at) { return at.finding == finding; });
}

bool Passed(const Report& report, std::string_view check) {
  return std::any_of(report.checks.begin(), report.checks.end(),
                     [&](const Check& passed) { return passed.name == check; });
}

// `text` with line `number` (from 0) replaced, or removed when there is no replacement.
std::string WithLine(const std::string& text, std::size_t number,
                     const std::optional<std::string>& replacement) {
  std::istringstream in(text);
  std::string line;
  std::string out;
  for (std::size_t i = 0; std::getline(in, line); ++i) {
    if (i != number) {
      out += line + "\n";
    } else if (replacement) {
      out += *replacement + "\n";
    }
  }
  return out;
}

std::string LineOf(const std::string& text, std::size_t number) {
  std::istringstream in(text);
  std::string line;
  for (std::size_t i = 0; i <= number; ++i) std::getline(in, line);
  return line;
}

TEST(VerifyExport, PassesAWholeLogOfEverySize) {
  LogFixture log;
  for (std::uint64_t size = 0; size <= 17; ++size) {
    const Report report = Verified(Exported(log));
    EXPECT_TRUE(report.ok()) << ToText(report);
    EXPECT_EQ(report.tree_size, size);
    EXPECT_EQ(report.last_sequence, size);
    EXPECT_EQ(report.root, audit::RootOf(log.state()));
    log.AppendEach(1);
  }
}

// A log of one entry after three others, whose consent root is another one.
Report WithMovedRoot(audit::Operation operation, audit::Decision decision) {
  LogFixture log;
  log.AppendEach(3);
  audit::AuditEntry entry = log.MakeEntry(3).entry;
  entry.operation = operation;
  entry.decision = decision;
  entry.outcome = decision == audit::Decision::kRefused ? model::ErrorCode::kConsentMissing
                                                        : model::ErrorCode::kNone;
  entry.consent_root = Hash256{0x55};
  log.Append({entry});
  return Verified(Exported(log));
}

// The reader's list is the writer's.
TEST(VerifyExport, LetsConsentsChangeUnderTheOperationsThatMayAndNoOther) {
  for (const audit::OperationName& row : audit::AllOperations()) {
    if (row.operation == audit::Operation::kContinueAfterRestore) continue;  // needs a lost range
    const bool may = audit::MayChangeConsents(row.operation);
    const Report allowed = WithMovedRoot(row.operation, audit::Decision::kAllowed);
    EXPECT_EQ(allowed.ok(), may) << row.name;
    EXPECT_EQ(Finds(allowed, Finding::kConsentRootMoved), !may) << row.name;
    EXPECT_EQ(Passed(allowed, "consents changed by consent entries only"), may) << row.name;
    const Report refused = WithMovedRoot(row.operation, audit::Decision::kRefused);
    EXPECT_TRUE(Finds(refused, Finding::kConsentRootMoved)) << row.name;
  }
}

TEST(VerifyExport, PassesTheGoldenFile) {
  const Report report = Verified(audit::ReadGolden("audit_export_v1.jsonl"));
  EXPECT_TRUE(report.ok()) << ToText(report);
  EXPECT_EQ(report.tree_size, 6u);
  EXPECT_EQ(report.lost_entries, 2u);
  EXPECT_TRUE(Passed(report, "consistency proof"));
}

TEST(VerifyExport, ChecksTheConsistencyProofFromEveryOlderSize) {
  LogFixture log;
  log.AppendEach(13);
  for (std::uint64_t older = 1; older < 13; ++older) {
    const Report report = Verified(Exported(log, older));
    EXPECT_TRUE(report.ok()) << ToText(report);
    EXPECT_TRUE(Passed(report, "consistency proof"));
  }
}

TEST(VerifyExport, ChecksAFurtherPartition) {
  const storage::Partition partition{2};
  LogFixture log(partition);
  log.AppendEach(3);
  std::istringstream in(Exported(log));
  ASSERT_OK_AND_ASSIGN(const Report report,
                       VerifyExport(in, {FixtureSigner().VerifierKey(partition).value(), ""}));
  EXPECT_TRUE(report.ok()) << ToText(report);
}

// Goal: no byte of an export can change unseen. Method: every byte, to four other values each.
TEST(VerifyExport, FindsEveryChangedByte) {
  LogFixture log;
  log.AppendEach(5);
  log.Append({log.MakeContinuation(2, Hash256{9})});
  log.AppendEach(1);
  const std::string whole = Exported(log, 3);
  ASSERT_TRUE(Verified(whole).ok());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : {0x01, 0x02, 0x20, 0x80}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      EXPECT_FALSE(Verified(changed).ok()) << "byte " << at << " flipped by " << flip;
    }
  }
}

TEST(VerifyExport, FindsEveryTruncation) {
  LogFixture log;
  log.AppendEach(3);
  const std::string whole = Exported(log, 2);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Verified(whole.substr(0, size)).ok()) << size;
  }
}

TEST(VerifyExport, FindsRandomInsertionsDeletionsAndSwaps) {
  LogFixture log;
  log.AppendEach(6);
  const std::string whole = Exported(log, 4);
  EXPECT_TRUE(rc::check([&] {
    std::string changed = whole;
    const auto at = *rc::gen::inRange<std::size_t>(0, whole.size());
    const auto length = *rc::gen::inRange<std::size_t>(1, 200);
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        changed.insert(at, *rc::gen::nonEmpty<std::string>());
        break;
      case 1:
        changed.erase(at, length);
        break;
      default:
        std::reverse(
            changed.begin() + static_cast<std::ptrdiff_t>(at),
            changed.begin() + static_cast<std::ptrdiff_t>(std::min(at + length, whole.size())));
    }
    RC_PRE(changed != whole);
    RC_ASSERT(!Verified(changed).ok());
  }));
}

TEST(VerifyExport, NamesARemovedARepeatedAndAMovedEntry) {
  LogFixture log;
  log.AppendEach(5);
  const std::string whole = Exported(log);
  EXPECT_TRUE(Finds(Verified(WithLine(whole, 3, std::nullopt)), Finding::kSequenceGap));
  const std::string repeated = LineOf(whole, 2) + "\n" + LineOf(whole, 2);
  EXPECT_TRUE(Finds(Verified(WithLine(whole, 2, repeated)), Finding::kSequenceGap));
  const std::string moved = LineOf(whole, 3) + "\n" + LineOf(whole, 2);
  EXPECT_TRUE(
      Finds(Verified(WithLine(WithLine(whole, 3, std::nullopt), 2, moved)), Finding::kSequenceGap));
}

// An operator who removes the last entries and signs the shorter log again.
TEST(VerifyExport, FindsATruncatedLogByANewerKnownCheckpoint) {
  LogFixture whole;
  whole.AppendEach(9);
  LogFixture shorter;
  shorter.AppendEach(6);
  const std::string exported = Exported(shorter);
  EXPECT_TRUE(Verified(exported).ok());  // nothing in the file itself tells
  const Report report = Verified(exported, CheckpointOf(whole));
  EXPECT_TRUE(Finds(report, Finding::kTruncated)) << ToText(report);
}

// An operator who writes history again, with a right chain and a right signature.
TEST(VerifyExport, FindsARewrittenLogByAnOlderKnownCheckpoint) {
  LogFixture log;
  log.AppendEach(4);
  const std::string known = CheckpointOf(log);
  log.AppendEach(3);
  EXPECT_TRUE(Passed(Verified(Exported(log), known), "extends the known checkpoint"));
  LogFixture rewritten(storage::Partition{}, /*seed=*/2);
  rewritten.AppendEach(7);
  const Report report = Verified(Exported(rewritten), known);
  EXPECT_TRUE(Finds(report, Finding::kInconsistent)) << ToText(report);
}

TEST(VerifyExport, AcceptsALossOnlyAsARestoreDeclaresIt) {
  LogFixture lost;
  lost.AppendEach(9);
  const std::string known = CheckpointOf(lost);
  LogFixture restored;
  restored.AppendEach(6);
  restored.Append({restored.MakeContinuation(3, audit::RootOf(lost.state()))});
  restored.AppendEach(4);
  const Report declared = Verified(Exported(restored), known);
  EXPECT_TRUE(declared.ok()) << ToText(declared);
  EXPECT_EQ(declared.lost_entries, 3u);
  EXPECT_EQ(declared.last_sequence, 14u);

  LogFixture other;  // declares the loss of another log than the one that was seen
  other.AppendEach(6);
  other.Append({other.MakeContinuation(3, Hash256{1})});
  other.AppendEach(4);
  EXPECT_TRUE(Finds(Verified(Exported(other), known), Finding::kInconsistent));
}

// An older backup was restored before this one: what is lost is the shorter log.
TEST(VerifyExport, AcceptsTheLossOfAShorterLog) {
  LogFixture lost;
  lost.AppendEach(4);
  const std::string known = CheckpointOf(lost);
  LogFixture restored(storage::Partition{}, /*seed=*/2);
  restored.AppendEach(6);
  audit::AuditEntry continued = restored.MakeContinuation(3, audit::RootOf(lost.state()));
  continued.lost->tree_size = 4;
  restored.Append({continued});
  restored.AppendEach(2);
  const Report declared = Verified(Exported(restored), known);
  EXPECT_TRUE(declared.ok()) << ToText(declared);
  EXPECT_TRUE(Passed(declared, "declares the known checkpoint lost"));
  EXPECT_EQ(declared.lost_entries, 3u);  // at most: as many as there are sequences
}

TEST(VerifyExport, FindsACheckpointOfAnotherKey) {
  LogFixture log;
  log.AppendEach(2);
  std::ostringstream out;
  ASSERT_OK(audit::ExportLog(log.reader(), FixtureSigner(8), 0, out));
  EXPECT_TRUE(Finds(Verified(out.str()), Finding::kSignatureInvalid));
}

// A right signature over another tree: the entries are checked against it, not only it against the
// key.
TEST(VerifyExport, FindsACheckpointOfOtherEntries) {
  LogFixture log;
  log.AppendEach(3);
  LogFixture other(storage::Partition{}, /*seed=*/2);
  other.AppendEach(3);
  const std::string own = Exported(log);
  const std::string foreign = LineOf(Exported(other), 4);
  EXPECT_TRUE(Finds(Verified(WithLine(own, 4, foreign)), Finding::kRootMismatch));
  log.AppendEach(1);
  const std::string longer = LineOf(Exported(log), 5);
  EXPECT_TRUE(Finds(Verified(WithLine(own, 4, longer)), Finding::kTruncated));
}

// One more entry line with a right chain head: only the root tells.
TEST(VerifyExport, FindsAnEntryThatTheCheckpointDoesNotCover) {
  LogFixture log;
  log.AppendEach(3);
  const std::string trailer = LineOf(Exported(log), 4);
  log.AppendEach(1);
  const Report report = Verified(WithLine(Exported(log), 5, trailer));
  EXPECT_TRUE(Finds(report, Finding::kRootMismatch)) << ToText(report);
}

TEST(VerifyExport, FindsTheLogOfAnotherOperator) {
  LogFixture log;
  log.AppendEach(1);
  const auto signer = audit::LogSigner::Create("other", SecretBytes::CopyOf(Bytes(32, 7))).value();
  std::istringstream in(Exported(log));
  ASSERT_OK_AND_ASSIGN(const Report report, VerifyExport(in, {*signer.VerifierKey({}), ""}));
  EXPECT_TRUE(Finds(report, Finding::kWrongLog));
}

TEST(VerifyExport, RefusesAnUnusableKeyOrKnownCheckpoint) {
  std::istringstream in;
  EXPECT_THAT(VerifyExport(in, {"not a key", ""}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyExport(in, {VerifierKey(), "not a checkpoint"}),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(VerifyExport, FindsGarbageWithoutReadingItIntoMemory) {
  EXPECT_TRUE(Finds(Verified(""), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified("\n"), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified("[]\n"), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified(std::string(2 << 20, '[')), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified(std::string(400 << 10, '[') + "\n"), Finding::kMalformed));
}

TEST(Report, SaysWhatWasCheckedAndWhatWasFound) {
  LogFixture log;
  log.AppendEach(3);
  const Report good = Verified(Exported(log));
  EXPECT_THAT(ToText(good), HasSubstr("ok    leaf hashes (3)"));
  EXPECT_THAT(ToText(good), HasSubstr("no earlier checkpoint was given"));
  EXPECT_THAT(ToText(good), testing::EndsWith("\nverified\n"));
  EXPECT_THAT(ToJson(good), HasSubstr("\"verified\":true"));
  const Report bad = Verified(WithLine(Exported(log), 2, std::nullopt));
  EXPECT_THAT(ToText(bad), HasSubstr("FOUND SEQUENCE_GAP: expected index 1 (line 3)"));
  EXPECT_THAT(ToText(bad), testing::EndsWith("\nNOT verified\n"));
  EXPECT_THAT(ToJson(bad), HasSubstr("\"code\":\"SEQUENCE_GAP\""));
  EXPECT_FALSE(Report{}.ok());  // nothing checked is not verified
}

TEST(Report, GivesEveryFindingAnOwnName) {
  std::vector<std::string_view> names;
  for (int i = 1; i <= static_cast<int>(Finding::kOpeningMismatch); ++i) {
    names.push_back(FindingName(static_cast<Finding>(i)));
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(std::count(names.begin(), names.end(), "UNKNOWN"), 0);
}

}  // namespace
}  // namespace noren::verifier
