// noren policy: what it prints, on which stream, with which exit code.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/server/cli/command_run.h"
#include "tests/support/folders.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

using testing::HasSubstr;

std::string File(const std::string& name) {
  return SourceFolder() + "/datasets/policies/" + name + ".toml";
}

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PolicyCheck, SaysThatAFileIsInOrder) {
  for (const char* name :
       {"example", "mapo", "gojobs", "gojobs-next", "sapporo-ui", "kyodo-kanagawa", "openup-it"}) {
    const CommandRun run = RunNoren({"policy", "check", File(name)});
    EXPECT_EQ(run.exit_code, 0) << name << run.out;
    EXPECT_THAT(run.out, HasSubstr(": in order"));
    EXPECT_EQ(run.err, "");
  }
}

TEST(PolicyCheck, RefusesToPublishWhatIsBlank) {
  const CommandRun run = RunNoren({"policy", "check", File("mapo"), "--publish", "--json"});
  EXPECT_EQ(run.exit_code, 1);
  const model::JsonValue object = OneObject(run.out);
  ASSERT_NE(object.Find("publication_defects"), nullptr);
  EXPECT_EQ(object.Find("publication_defects")->array()->size(), 6U);
  EXPECT_EQ(object.Find("ok")->boolean(), false);
}

TEST(PolicyCheck, NamesLineAndNearestKeyOfAnUnknownOne) {
  const TemporaryDirectory directory;
  const std::string path = (std::filesystem::path(directory.path()) / "p.toml").string();
  std::string text = TextOf(File("gojobs"));
  text.replace(text.find("\nany_time") + 1, 8, "anytime ");
  std::ofstream(path) << text;
  const CommandRun run = RunNoren({"policy", "check", path});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.out, HasSubstr("stated.rights.anytime: the key is unknown; did you mean "
                                 "'any_time'?"));
  EXPECT_THAT(run.out, testing::StartsWith("line "));
}

TEST(PolicyCheck, AFileThatIsNotThereIsAFileError) {
  EXPECT_EQ(RunNoren({"policy", "check", File("nobody")}).exit_code, 74);
}

TEST(PolicyCheck, WarnsOfBodiesThatAnotherFileNamesOtherwiseAndStaysInOrder) {
  const CommandRun run = RunNoren({"policy", "check", File("mapo"), "--beside", File("gojobs")});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_THAT(run.out, HasSubstr("warning: stated.remedy[POLICE].name"));
  const CommandRun alone = RunNoren({"policy", "check", File("mapo"), "--json"});
  EXPECT_TRUE(OneObject(alone.out).Find("warnings")->array()->empty());
  EXPECT_EQ(RunNoren({"policy", "check", File("mapo"), "--beside", File("nobody")}).exit_code, 74);
}

TEST(PolicyForm, ListsFormsAndOpensOneByItsName) {
  EXPECT_EQ(RunNoren({"policy", "form", File("gojobs")}).out,
            "요구서(열람, 정정·삭제, 처리정지)\n위임장\n");
  const CommandRun run =
      RunNoren({"policy", "form", File("gojobs"), "위임장", "--language", "en", "--html"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("<h1>power of attorney</h1>"));
  EXPECT_EQ(RunNoren({"policy", "form", File("gojobs"), "no form"}).exit_code, 3);
}

TEST(PolicyShow, SaysClauseLineAndWhoStatesIt) {
  const CommandRun run =
      RunNoren({"policy", "show", File("mapo"), "--clause", "M-40", "--language", "en", "--json"});
  EXPECT_EQ(run.exit_code, 0);
  const model::JsonValue object = OneObject(run.out);
  bool has_kind = false, has_cap = false;
  for (const model::JsonValue& row : *object.Find("values")->array()) {
    EXPECT_EQ(TextAt(row, "clause"), "M-40");
    EXPECT_EQ(row.Find("line")->integer(), 105);
    if (TextAt(row, "key") == "kind") {
      has_kind = TextAt(row, "value") == "without delay" && TextAt(row, "by") == "source";
    }
    if (TextAt(row, "key") == "cap_days") {
      has_cap = TextAt(row, "value") == "10" && TextAt(row, "by") == "operator";
    }
  }
  EXPECT_TRUE(has_kind);
  EXPECT_TRUE(has_cap);
  EXPECT_EQ(RunNoren({"policy", "show", File("mapo"), "--clause", "M-400"}).exit_code, 1);
}

TEST(PolicyShow, HasNothingToShowOfAFileThatStatesNothing) {
  const TemporaryDirectory directory;
  const std::string path = (std::filesystem::path(directory.path()) / "p.toml").string();
  const std::string text = TextOf(File("example"));
  std::ofstream(path) << text.substr(0, text.find("\n[stated]\n") + 1);
  EXPECT_EQ(RunNoren({"policy", "check", path}).exit_code, 0);
  EXPECT_EQ(RunNoren({"policy", "show", path}).exit_code, 1);
}

TEST(PolicyDiff, SaysWhichConsentsMustBeAskedAnew) {
  const CommandRun next = RunNoren({"policy", "diff", File("gojobs"), File("gojobs-next")});
  EXPECT_EQ(next.exit_code, 0);
  EXPECT_THAT(next.out, HasSubstr("consents of the older version must be asked anew"));
  EXPECT_THAT(next.out, HasSubstr("stated.purpose.name"));
  const CommandRun same = RunNoren({"policy", "diff", File("gojobs"), File("gojobs"), "--json"});
  EXPECT_EQ(OneObject(same.out).Find("asks_anew")->boolean(), false);
  EXPECT_EQ(OneObject(same.out).Find("changes")->array()->size(), 0U);
}

TEST(PolicyRender, PrintsTheNoticeInTheOperatorsLanguageOrInEnglish) {
  EXPECT_THAT(RunNoren({"policy", "render", File("mapo")}).out,
              HasSubstr("## 제 7 조 개인정보의 파기"));
  EXPECT_THAT(RunNoren({"policy", "render", File("mapo"), "--language", "en"}).out,
              HasSubstr("## 제 7 조 Destruction"));
  EXPECT_THAT(RunNoren({"policy", "render", File("mapo"), "--html"}).out,
              testing::StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(RunNoren({"policy", "render", File("mapo"), "--language", "ja"}).exit_code, 1);
  const model::JsonValue object =
      OneObject(RunNoren({"policy", "render", File("mapo"), "--json"}).out);
  EXPECT_EQ(TextAt(object, "sha256").size(), 64U);
}

TEST(PolicyExplain, NamesTheClausesOfARefusal) {
  const CommandRun run = RunNoren({"policy", "explain", "E_NO_PROVISION_DECLARED", File("gojobs")});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out, HasSubstr("G-25"));
  EXPECT_THAT(RunNoren({"policy", "explain", "E_HOLD", File("sapporo-ui")}).out,
              HasSubstr("no clause of this policy speaks of it"));
  const CommandRun unknown = RunNoren({"policy", "explain", "E_WHAT", File("gojobs")});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("E_NO_FILE"));
}

}  // namespace
}  // namespace noren::cli
