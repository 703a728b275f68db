// The import's row report, without a server.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "server/cli/import_map.h"
#include "server/cli/import_reader.h"
#include "tests/server/cli/command_run.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

const std::string kDatasets = SourceFolder() + "/datasets";

CommandRun DryRun(const std::string& kind, const std::string& file,
                  const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"import",     kind,      file,    "--dry-run",
                                        "--datasets", kDatasets, "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunNoren(arguments);
}

TEST(ImportDryRun, FindsNothingWrongInTheSamples) {
  for (const char* language : {"ko", "ja", "en"}) {
    for (const char* kind : {"seekers", "postings"}) {
      const std::string name = std::string(kind) + "." + language + ".jsonl";
      const CommandRun run = DryRun(kind, kDatasets + "/samples/" + name);
      ASSERT_EQ(run.exit_code, 0) << name << run.err;
      const model::JsonValue report = OneObject(run.out);
      EXPECT_GT(NumberAt(report, "good"), 30) << name;
      EXPECT_EQ(NumberAt(report, "good"), NumberAt(report, "rows")) << name;
      EXPECT_EQ(NumberAt(report, "refused"), 0) << name;
      EXPECT_EQ(NumberAt(report, "registered"), 0) << name;
    }
  }
}

TEST(ImportDryRun, RefusesEveryBrokenSampleWithLineCauseAndFix) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kDatasets + "/samples/broken")) {
    if (entry.path().extension() != ".jsonl") continue;
    ++count;
    SCOPED_TRACE(entry.path().filename().string());
    const CommandRun run = DryRun("seekers", entry.path().string());
    EXPECT_EQ(run.exit_code, 1);
    const model::JsonValue report = OneObject(run.out);
    EXPECT_GE(NumberAt(report, "refused"), 1);
    ASSERT_GE(CountAt(report, "problems"), 1U);
    const model::JsonValue& problem = report.Find("problems")->array()->front();
    EXPECT_GE(NumberAt(problem, "line"), 1);
    EXPECT_NE(TextAt(problem, "cause"), "");
    EXPECT_NE(TextAt(problem, "fix"), "");
    EXPECT_EQ(TextAt(problem, "file"), entry.path().string());
  }
  EXPECT_GT(count, 20U);
}

TEST(ImportDryRun, PrintsTheReportOnStandardErrorForHumansWithoutProgress) {
  const std::string file = kDatasets + "/samples/broken/february-thirtieth.jsonl";
  const CommandRun run =
      RunNoren({"import", "seekers", file, "--dry-run", "--datasets", kDatasets});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find(file + ": line "), std::string::npos) << run.err;
  EXPECT_EQ(run.err.find('\r'), std::string::npos);
  EXPECT_EQ(run.out.find("line "), std::string::npos);
  EXPECT_NE(run.out.find(" refused, 0 registered"), std::string::npos);
}

TEST(ImportDryRun, WantsAContactAndTheNamedDocuments) {
  TemporaryDirectory folder;
  const std::string file = folder.Child("a.jsonl");
  const std::string row = R"({"noren":"seeker/1","ref":"r1",)"
                          R"("profile":{"occupations":["ISCO-2512"],"regions":["KR-11"]},)"
                          R"("items":[{"kind":"resume","name":"cv","file":"cv.txt"}])";
  WriteWholeFile(file, AsBytes(row + "}\n"));
  const CommandRun refused = DryRun("seekers", file);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.out.find("\"identity.email\""), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find("\"items[0].file\""), std::string::npos) << refused.out;

  WriteWholeFile(folder.Child("cv.txt"), AsBytes("text"));
  WriteWholeFile(file, AsBytes(row + R"(,"identity":{"email":"a@example.com"}})" + "\n"));
  EXPECT_EQ(DryRun("seekers", file).exit_code, 0);
}

TEST(ImportDryRun, SaysWhenAFileIsMissingOrOfNoFormat) {
  EXPECT_EQ(DryRun("seekers", "/nonexistent.jsonl").exit_code, 74);
  EXPECT_EQ(DryRun("seekers", "/nonexistent.json").exit_code, 74);
  EXPECT_EQ(DryRun("seekers", "x.jsonl", {"--format", "word"}).exit_code, 1);
  TemporaryDirectory folder;
  WriteWholeFile(folder.Child("a.json"), AsBytes("{\"some\":1}"));
  const CommandRun run = DryRun("seekers", folder.Child("a.json"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.out.find("UNSUPPORTED_DOCUMENT"), std::string::npos) << run.out;
}

TEST(ImportMap, RemembersDigestsAndOverwritesATornLine) {
  TemporaryDirectory folder;
  const std::string path = folder.Child("map.jsonl");
  {
    auto map = ImportMap::Open(path);
    ASSERT_OK(map);
    ASSERT_OK(map->Add("d1", model::JsonValue().Set("ref", "a")));
  }
  std::string content(AsText(ReadWholeFile(path)));
  WriteWholeFile(path, AsBytes(content + "{\"digest\":\"d2"));
  auto map = ImportMap::Open(path);
  ASSERT_OK(map);
  EXPECT_TRUE(map->Has("d1"));
  EXPECT_FALSE(map->Has("d2"));
  ASSERT_OK(map->Add("d3", model::JsonValue().Set("ref", "b")));
  const auto again = ImportMap::Open(path);
  ASSERT_OK(again);
  EXPECT_TRUE(again->Has("d1"));
  EXPECT_TRUE(again->Has("d3"));
}

}  // namespace
}  // namespace noren::cli
