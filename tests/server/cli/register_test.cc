// `noren register` against a real TLS server whose answers are the test's.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/server/cli/command_run.h"
#include "tests/server/cli/fake_service.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

CommandRun RunAsOfficer(const FakeService& service, std::vector<std::string> arguments) {
  for (const std::string& argument : service.Arguments("officer")) arguments.push_back(argument);
  return RunNoren(arguments);
}
std::string ContentOf(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(RegisterCommand, AddsWhatTheOfficerSays) {
  FakeService service;
  const CommandRun run =
      RunAsOfficer(service, {"register", "add", "incidents", "--step", "found", "--at",
                             "2026-01-05T10:00:00+09:00", "--subject", "laptop 4", "--field",
                             "kind=a laptop was lost", "--clause", "S-44"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("incidents-7"));
  EXPECT_THAT(service.record().decisions,
              ElementsAre("incidents found laptop 4 at 1767574800 kind=a laptop was lost S-44"));
}

TEST(RegisterCommand, RefusesTimesAndFieldsThatAreNone) {
  FakeService service;
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {"--at", "noon"}, {"--at", "2026-01-05T10"}, {"--field", "kind"}}) {
    std::vector<std::string> arguments = {"register", "add", "training", "--step", "held"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(RunAsOfficer(service, arguments).exit_code, 1);
  }
  EXPECT_TRUE(service.record().decisions.empty());
}

TEST(RegisterCommand, OpensACaseAndReviewsHandlers) {
  FakeService service;
  const CommandRun opened = RunAsOfficer(
      service, {"register", "open-case", "2026-1", "--person", "p/seeker-1", "--handler", "kim"});
  EXPECT_EQ(opened.exit_code, 0) << opened.err;
  EXPECT_THAT(opened.out, HasSubstr("cases-4"));
  const CommandRun review = RunAsOfficer(service, {"register", "review", "--clause", "M-57"});
  EXPECT_EQ(review.exit_code, 0) << review.err;
  EXPECT_THAT(review.out, HasSubstr("never"));
  EXPECT_EQ(review.out.find('\x1b'), std::string::npos);
  EXPECT_THAT(RunAsOfficer(service, {"register", "review", "--json"}).out,
              HasSubstr(R"("withdrawn":true)"));
  EXPECT_THAT(service.record().decisions,
              ElementsAre("case 2026-1 p/seeker-1 kim", "review M-57", "review "));
}

TEST(MediumCommand, WritesASealedPackageAndNoFileWhenItIsRefused) {
  FakeService service;
  const TemporaryDirectory folder;
  const std::string path = folder.path() + "/package.age";
  const std::vector<std::string> put = {"medium",   "put",     "M1",    "--people", "p/seeker-1",
                                        "--reason", "a visit", "--out", path};
  std::vector<std::string> plain = put;
  plain.emplace_back("--plain");
  EXPECT_EQ(RunAsOfficer(service, plain).exit_code, 4);
  EXPECT_FALSE(std::filesystem::exists(path));
  const CommandRun sealed = RunAsOfficer(service, put);
  EXPECT_EQ(sealed.exit_code, 0) << sealed.err;
  EXPECT_EQ(ContentOf(path), "sealed");
  EXPECT_THAT(RunAsOfficer(service, {"medium", "lose", "M1", "--at", "2026-11-22"}).out,
              HasSubstr("incidents-5, 2 people"));
  EXPECT_THAT(RunAsOfficer(service, {"medium", "affected", "5"}).out,
              AllOf(HasSubstr("p/seeker-1"), HasSubstr("p/seeker-2")));
  EXPECT_THAT(
      service.record().decisions,
      ElementsAre("put M1 p/seeker-1 a visit", StartsWith("lose M1 "), "affected 5", "affected 5"));
}

// The certificate says who calls; the service that the test stands for asks for no role.
TEST(ItemCommand, WritesWhatWasOpenedAsAgeFilesForTheHandlerAlone) {
  FakeService service;
  const TemporaryDirectory folder;
  const CommandRun run =
      RunAsOfficer(service, {"item", "use", "p/seeker-1", "--file", "resume", "--purpose",
                             "counselling", "--item", "resume", "--item", "name", "--recipient",
                             "age1x", "--out", folder.path(), "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const std::string path = folder.path() + "/item-" + std::string(32, 'b') + ".age";
  EXPECT_THAT(run.out, HasSubstr(path));
  EXPECT_EQ(ContentOf(path), "header 0123456789");
  EXPECT_THAT(service.record().decisions,
              ElementsAre("use p/seeker-1 resume counselling resume name age1x"));
  EXPECT_EQ(RunAsOfficer(service, {"item", "use", "p/seeker-1"}).exit_code, 1);
}

TEST(RegisterCommand, ShowsAllPagesAndNothingThatATerminalWouldObey) {
  FakeService service;
  const CommandRun run = RunAsOfficer(service, {"register", "show", "due", "--language", "ko"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("due in ko"));
  EXPECT_THAT(run.out, HasSubstr("2"));
  EXPECT_THAT(run.out, Not(HasSubstr("\x1b")));
  const CommandRun json = RunAsOfficer(service, {"register", "show", "due", "--json"});
  EXPECT_THAT(json.out, HasSubstr("\"heading\":[\"no.\",\"what\"]"));
  EXPECT_THAT(RunAsOfficer(service, {"register", "list"}).out, HasSubstr("training"));
}

TEST(RegisterCommand, PrintsPagesAndTablesThatNothingRuns) {
  FakeService service;
  TemporaryDirectory directory;
  const std::string html = directory.path() + "/page.html", csv = directory.path() + "/table.csv";
  ASSERT_EQ(
      RunAsOfficer(service, {"register", "print", "training", "--language", "ja", "--out", html})
          .exit_code,
      0);
  EXPECT_THAT(ContentOf(html), HasSubstr("<html lang=\"ja\">"));
  EXPECT_THAT(ContentOf(html), HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(ContentOf(html), HasSubstr("default-src 'none'"));
  ASSERT_EQ(
      RunAsOfficer(service, {"register", "print", "training", "--format", "csv", "--out", csv})
          .exit_code,
      0);
  EXPECT_THAT(ContentOf(csv), HasSubstr("'=1+1"));
}

}  // namespace
}  // namespace noren::cli
