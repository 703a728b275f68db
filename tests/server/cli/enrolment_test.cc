// `noren enrolment` against a real TLS server whose answers are the test's.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/cli/command_run.h"
#include "tests/server/cli/fake_service.h"

namespace noren::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kReview = "review-" + std::string(32, 'a');

CommandRun RunAsOfficer(const FakeService& service, std::vector<std::string> arguments) {
  for (const std::string& argument : service.Arguments("officer")) arguments.push_back(argument);
  return RunNoren(arguments);
}

TEST(EnrolmentCommand, ListsReviewsPageByPage) {
  FakeService service;
  const CommandRun text = RunAsOfficer(service, {"enrolment", "reviews"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr(kReview));
  EXPECT_THAT(text.out, HasSubstr("--cursor next"));
  EXPECT_EQ(text.out.find('\x1b'), std::string::npos);
  const CommandRun json = RunAsOfficer(
      service, {"enrolment", "reviews", "--all", "--cursor", "next", "--limit", "2", "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_THAT(json.out, HasSubstr(R"("next_cursor":"")"));
  EXPECT_THAT(json.out, HasSubstr(R"("state":"merged")"));
  EXPECT_EQ(RunAsOfficer(service, {"enrolment", "reviews", "--limit", "201"}).exit_code, 1);
}

TEST(EnrolmentCommand, DecidesOneReview) {
  FakeService service;
  for (const char* verb : {"merge", "keep-apart", "unmerge"}) {
    const CommandRun run = RunAsOfficer(service, {"enrolment", verb, kReview, "--json"});
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr(kReview));
  }
  EXPECT_THAT(service.record().decisions, ElementsAre("merge", "keep_apart", "unmerge"));
  EXPECT_EQ(RunAsOfficer(service, {"enrolment", "merge"}).exit_code, 1);
}

TEST(EnrolmentCommand, RotatesRetiresAndShowsKeys) {
  FakeService service;
  const CommandRun rotated = RunAsOfficer(service, {"enrolment", "rotate", "--json"});
  EXPECT_EQ(rotated.exit_code, 0) << rotated.err;
  EXPECT_THAT(rotated.out, HasSubstr(R"("version":2)"));
  EXPECT_EQ(RunAsOfficer(service, {"enrolment", "retire", "1"}).exit_code, 0);
  EXPECT_THAT(service.record().decisions, ElementsAre("retire 1"));
  EXPECT_EQ(RunAsOfficer(service, {"enrolment", "retire", "0"}).exit_code, 1);
  const CommandRun keys = RunAsOfficer(service, {"enrolment", "keys", "--json"});
  EXPECT_EQ(keys.exit_code, 0) << keys.err;
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "42";
  EXPECT_THAT(keys.out, HasSubstr(hex));
}

}  // namespace
}  // namespace noren::cli
