// The export the command line builds from the officer's service must be the log's own, byte by
// byte, and verify.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "crypto/base/encoding.h"
#include "tests/engine/audit/export_fixture.h"
#include "tests/server/cli/command_run.h"
#include "tests/server/cli/fake_service.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

using ::testing::HasSubstr;

std::string GoldenExport() {
  const std::string path = SourceFolder() + "/tests/golden/audit_export_v1.jsonl";
  return std::string(AsText(ReadWholeFile(path)));
}

std::string Base64Text(const model::JsonValue& value) {
  const auto bytes = Base64Decode(*value.text());
  EXPECT_OK(bytes);
  return std::string(AsText(*bytes));
}

// Gives the fake service the log that `exported` holds.
void Serve(const std::string& exported, FakeRecord& record) {
  std::istringstream lines(exported);
  for (std::string line; std::getline(lines, line);) {
    const auto value = model::ParseJson(line);
    ASSERT_OK(value);
    if (const auto* entry = value->Find("entry")) record.entries.push_back(Base64Text(*entry));
    if (const auto* note = value->Find("checkpoint")) {
      record.note = *note->text();
      for (const auto& hash : *value->Find("consistency")->array()) {
        record.consistency.push_back(Base64Text(hash));
      }
    }
  }
  record.public_key = std::string(AsText(audit::FixtureSigner().verifying_key().bytes));
}

class AuditRun : public ::testing::Test {
 protected:
  CommandRun Export(const std::string& older_size) {
    std::vector<std::string> arguments = {"audit",        "export",   "--out", out(),
                                          "--older-size", older_size, "--json"};
    for (const auto& argument : service_.Arguments("officer")) arguments.push_back(argument);
    return RunNoren(arguments);
  }
  std::string out() const { return folder_.Child("log.jsonl"); }
  TemporaryDirectory folder_;
  FakeService service_;
};

TEST_F(AuditRun, ExportsTheGoldenLogWithItsLostRangeByteByByte) {
  Serve(GoldenExport(), service_.record());
  const CommandRun run = Export("3");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(AsText(ReadWholeFile(out())), GoldenExport());
  const std::string key = TextAt(OneObject(run.out), "verifier_key");
  const CommandRun verified = RunNoren({"audit", "verify", out(), "--key", key});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST_F(AuditRun, ExportsTheEnginesLogByteByByte) {
  audit::LogFixture log;
  log.AppendEach(7);
  const std::string exported = audit::Exported(log);
  Serve(exported, service_.record());
  ASSERT_EQ(Export("0").exit_code, 0);
  EXPECT_EQ(AsText(ReadWholeFile(out())), exported);
}

TEST_F(AuditRun, WritesNothingWhenEntriesAreMissingOrOutOfOrder) {
  Serve(GoldenExport(), service_.record());
  const auto entries = service_.record().entries;
  service_.record().entries.pop_back();
  EXPECT_EQ(Export("0").exit_code, 74);
  service_.record().entries = entries;
  std::swap(service_.record().entries[0], service_.record().entries[1]);
  EXPECT_EQ(Export("0").exit_code, 74);
  service_.record().entries = entries;
  service_.record().entries[1].pop_back();
  EXPECT_EQ(Export("0").exit_code, 74);
  EXPECT_FALSE(std::filesystem::exists(out()));
  EXPECT_FALSE(std::filesystem::exists(out() + ".part"));
}

TEST_F(AuditRun, RefusesACheckpointOfAnotherKeyAndAnOlderSizeBeyondTheLog) {
  Serve(GoldenExport(), service_.record());
  EXPECT_EQ(Export("999").exit_code, 1);
  service_.record().public_key[0] = static_cast<char>(service_.record().public_key[0] ^ 1);
  EXPECT_EQ(Export("0").exit_code, 74);
}

TEST_F(AuditRun, VerificationEndsWithTwoAndNamesTheFinding) {
  const std::string key = audit::FixtureSigner().VerifierKey({}).value();
  std::string changed = GoldenExport();
  changed[changed.find("\"entry\":\"") + 60] ^= 1;
  WriteWholeFile(out(), AsBytes(changed));
  const CommandRun text = RunNoren({"audit", "verify", out(), "--key", key});
  EXPECT_EQ(text.exit_code, 2) << text.out;
  const CommandRun json = RunNoren({"audit", "verify", out(), "--key", key, "--json"});
  EXPECT_EQ(json.exit_code, 2);
  EXPECT_FALSE(OneObject(json.out).is_null()) << json.out;
}

TEST_F(AuditRun, VerificationNeedsAKeyAndAFile) {
  EXPECT_EQ(RunNoren({"audit", "verify", out()}).exit_code, 1);
  EXPECT_EQ(RunNoren({"audit", "verify", out(), "--key", "no key"}).exit_code, 74);
  WriteWholeFile(out(), AsBytes(GoldenExport()));
  EXPECT_EQ(RunNoren({"audit", "verify", out(), "--key", "no key"}).exit_code, 1);
  EXPECT_EQ(RunNoren({"audit", "verify-bundle", out(), "--key", "no key"}).exit_code, 1);
}

}  // namespace
}  // namespace noren::cli
