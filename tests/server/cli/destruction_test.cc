// `noren destruction` and `noren hold` against a real TLS server whose answers are the test's.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/server/cli/command_run.h"
#include "tests/server/cli/fake_service.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPlan = "plan-" + std::string(32, 'a');
const std::string kHold = "hold-" + std::string(32, 'a');
const std::string kItem = "item-" + std::string(32, 'a');

CommandRun RunAsOfficer(const FakeService& service, std::vector<std::string> arguments) {
  for (const std::string& argument : service.Arguments("officer")) arguments.push_back(argument);
  return RunNoren(arguments);
}
std::string ContentOf(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

TEST(DestructionCommand, PlansAndTellsHowItIsApproved) {
  FakeService service;
  TemporaryDirectory directory;
  const std::string list = directory.path() + "/people.txt";
  std::ofstream(list) << "p/seeker-1\n\np/seeker-2\n";
  const CommandRun run = RunAsOfficer(
      service, {"destruction", "plan", "people", "--person", "@" + list, "--reason", "plan 3"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr(kPlan));
  EXPECT_THAT(run.err, HasSubstr("noren destruction approve " + kPlan + " --digest 4242"));
  EXPECT_THAT(service.record().decisions, ElementsAre("plan people p/seeker-1 p/seeker-2"));
  const CommandRun dry = RunAsOfficer(service, {"destruction", "plan", "people", "--person",
                                                "p/seeker-1", "--reason", "plan 3", "--dry-run"});
  EXPECT_THAT(dry.out, HasSubstr("dry run: nothing is stored"));
  EXPECT_THAT(dry.err, Not(HasSubstr("approve")));
}

TEST(DestructionCommand, RefusesADayThatIsNone) {
  FakeService service;
  for (const char* day : {"yesterday", "2026-02-30", "2026-1-1", ""}) {
    const CommandRun run = RunAsOfficer(service, {"destruction", "plan", "people", "--idle-since",
                                                  std::string("x") + day, "--reason", "plan 3"});
    EXPECT_EQ(run.exit_code, 1) << day;
  }
  EXPECT_TRUE(service.record().decisions.empty());
}

TEST(DestructionCommand, ApprovesByTheWholeDigestOnly) {
  FakeService service;
  const std::string digest(64, '4');
  EXPECT_EQ(RunAsOfficer(service, {"destruction", "approve", kPlan, "--digest", digest}).exit_code,
            0);
  EXPECT_EQ(RunAsOfficer(service, {"destruction", "approve", kPlan, "--digest", "44"}).exit_code,
            1);
  EXPECT_EQ(RunAsOfficer(service, {"destruction", "approve", kPlan}).exit_code, 1);
  EXPECT_THAT(service.record().decisions, ElementsAre("approve " + kPlan));
}

TEST(DestructionCommand, ExecutesUntilTheReceiptIsThereAndShowsProgress) {
  FakeService service;
  TemporaryDirectory directory;
  const std::string out = directory.path() + "/receipt.json";
  const CommandRun run =
      RunAsOfficer(service, {"destruction", "execute", kPlan, "--out", out, "--json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(std::count(service.record().decisions.begin(), service.record().decisions.end(),
                       "execute " + kPlan),
            3);
  EXPECT_THAT(run.out, HasSubstr(R"("signature":"4343)"));
  EXPECT_EQ(ContentOf(out), run.out);
}

TEST(DestructionCommand, SaysWhatARefusalMeans) {
  FakeService service;
  service.record().refusals = 1;
  service.record().refusal_code = "APPROVAL_REQUIRED";
  const CommandRun run = RunAsOfficer(service, {"destruction", "execute", kPlan});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr("APPROVAL_REQUIRED"));
}

TEST(DestructionCommand, ListsPlansPageByPageAndNothingReachesTheTerminalRaw) {
  FakeService service;
  const CommandRun plans = RunAsOfficer(service, {"destruction", "list", "--json"});
  EXPECT_EQ(plans.exit_code, 0) << plans.err;
  EXPECT_THAT(plans.out, HasSubstr(R"("state":"planned")"));
  EXPECT_THAT(plans.out, HasSubstr(R"("state":"done")"));
  const CommandRun shown = RunAsOfficer(service, {"destruction", "show", kPlan});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(shown.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(RunAsOfficer(service, {"destruction", "receipts", "--json"}).exit_code, 0);
}

TEST(HoldCommand, PlacesListsReleasesAndReads) {
  FakeService service;
  TemporaryDirectory directory;
  const std::string out = directory.path() + "/held.age";
  const CommandRun placed = RunAsOfficer(
      service, {"hold", "place", "p/seeker-1", "--kind", "name", "--until", "2027-12-31",
                "--authority", "Act 11, article 7", "--reason", "the court", "--json"});
  EXPECT_EQ(placed.exit_code, 0) << placed.err;
  EXPECT_THAT(placed.out, HasSubstr(kHold));
  const CommandRun listed = RunAsOfficer(service, {"hold", "list", "--json"});
  EXPECT_THAT(listed.out, HasSubstr(R"("custody":"person")"));
  const CommandRun text = RunAsOfficer(service, {"hold", "list"});
  EXPECT_EQ(text.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(RunAsOfficer(service, {"hold", "release", kHold, "--reason", "closed"}).exit_code, 0);
  const CommandRun read = RunAsOfficer(service, {"hold", "read", kHold, kItem, "--recipient",
                                                 "age1x", "--reason", "the court", "--out", out});
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_THAT(read.out, HasSubstr("only the person's key opens"));
  EXPECT_EQ(ContentOf(out), "header payload");
  EXPECT_THAT(service.record().decisions, Contains("release " + kHold));
}

}  // namespace
}  // namespace noren::cli
