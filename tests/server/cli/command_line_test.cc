// Arguments, exit codes, JSON on the right stream.
// SPDX-License-Identifier: Apache-2.0
#include "server/cli/command_line.h"

#include <gtest/gtest.h>

#include "engine/model/errors.h"
#include "server/cli/failure.h"
#include "tests/server/cli/command_run.h"
#include "tests/support/folders.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

TEST(CommandLine, EndsWithUsageForWhatItDoesNotKnow) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nonsense"},
      {"rank"},
      {"rank", "candidates"},
      {"rank", "candidates", "posting-1", "-k", "0"},
      {"rank", "candidates", "posting-1", "-k", "1001"},
      {"rank", "candidates", "posting-1", "more"},
      {"status", "--no-such-flag"},
      {"act", "send", "dance", "--statement", "{}"},
      {"act", "send", "erase", "--statement", "{}", "--code", "1", "--signature", "00"},
      {"invite", "posting-1", "card", "--how-many", "21"},
      {"release", "collect", "candidate-1"},
      {"import", "seekers"},
      {"status", "--timeout", "0"},
      {"cards"},
      {"codes", "find", "colour", "red"}};
  for (const auto& arguments : wrong) {
    const CommandRun run = RunNoren(arguments);
    EXPECT_EQ(run.exit_code, 1) << ::testing::PrintToString(arguments);
    EXPECT_EQ(run.out, "") << ::testing::PrintToString(arguments);
    EXPECT_NE(run.err.find("noren: USAGE: "), std::string::npos) << run.err;
  }
}

TEST(CommandLine, NamesTheUnknownCommand) {
  EXPECT_NE(RunNoren({"nonsense"}).err.find("unknown: nonsense"), std::string::npos);
}

TEST(CommandLine, PrintsHelpAndVersionAsResults) {
  const CommandRun help = RunNoren({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_NE(help.out.find("import"), std::string::npos);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(RunNoren({"--version"}).out, "noren 0.1.0\n");
  EXPECT_NE(RunNoren({"rank", "candidates", "--help"}).out.find("posting-..."), std::string::npos);
}

TEST(CommandLine, ReportsFailuresAsOneObjectOnStandardErrorWithJson) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--json", "nonsense"}, {"status", "--json", "--server", "nowhere"}}) {
    const CommandRun run = RunNoren(arguments);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_EQ(run.out, "");
    const model::JsonValue object = OneObject(run.err);
    const model::JsonValue* error = object.Find("error");
    ASSERT_NE(error, nullptr) << run.err;
    EXPECT_EQ(TextAt(*error, "code"), "USAGE");
    EXPECT_EQ(NumberAt(*error, "exit_code"), 1);
  }
}

TEST(CommandLine, TakesGlobalFlagsBeforeAndAfterTheCommand) {
  EXPECT_EQ(RunNoren({"--json", "errors"}).out, RunNoren({"errors", "--json"}).out);
  EXPECT_EQ(CountAt(OneObject(RunNoren({"errors", "--json"}).out), "errors"),
            model::AllErrors().size());
}

TEST(CommandLine, IsMisconfiguredWithoutAnIdentity) {
  EXPECT_EQ(RunNoren({"status"}).exit_code, 78);
  EXPECT_EQ(RunNoren({"status", "--identity", "/nonexistent"}).exit_code, 78);
}

TEST(CommandLine, NeverOverwritesAKeyAndSignsWhatItMade) {
  TemporaryDirectory folder;
  const std::string key = folder.Child("seed");
  const CommandRun made = RunNoren({"act", "keygen", "--out", key, "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(TextAt(OneObject(made.out), "public_key").size(), 64U);
  EXPECT_EQ(RunNoren({"act", "keygen", "--out", key}).exit_code, 1);
  const CommandRun sign = RunNoren({"act", "sign", "--key", key, "-"}, "{\"act\":\"erase\"}\n");
  ASSERT_EQ(sign.exit_code, 0) << sign.err;
  EXPECT_EQ(sign.out.size(), 129U);
  EXPECT_EQ(sign.out, RunNoren({"act", "sign", "--key", key, "{\"act\":\"erase\"}"}).out);
}

TEST(CommandLine, RefusesToSignWhatIsNotCanonicalAndKeysThatAreNone) {
  TemporaryDirectory folder;
  const std::string key = folder.Child("seed");
  ASSERT_EQ(RunNoren({"act", "keygen", "--out", key}).exit_code, 0);
  EXPECT_EQ(RunNoren({"act", "sign", "--key", key, "{ \"act\": \"erase\" }"}).exit_code, 1);
  WriteWholeFile(folder.Child("short"), AsBytes("0011"));
  EXPECT_EQ(RunNoren({"act", "sign", "--key", folder.Child("short"), "{}"}).exit_code, 1);
  EXPECT_EQ(RunNoren({"act", "sign", "--key", folder.Child("none"), "{}"}).exit_code, 74);
}

// The golden statement of docs/formats/act.md, signed by the seed of 32 bytes 01.
TEST(CommandLine, SignsTheGoldenStatement) {
  TemporaryDirectory folder;
  std::string seed;
  for (int i = 0; i < 32; ++i) seed += "01";
  WriteWholeFile(folder.Child("seed"), AsBytes(seed + "\n"));
  const Bytes bytes = ReadWholeFile(SourceFolder() + "/tests/golden/act_v1.txt");
  std::istringstream golden{std::string(AsText(bytes))};
  std::string statement;
  std::string signature;
  for (std::string line; std::getline(golden, line);) {
    if (line.find("\"act\":\"erase\"") != std::string::npos)
      statement = line.substr(line.find('{'));
    if (line.find_first_not_of("0123456789abcdef") == std::string::npos && line.size() == 128) {
      signature = line;
    }
  }
  ASSERT_FALSE(statement.empty());
  ASSERT_FALSE(signature.empty());
  EXPECT_EQ(RunNoren({"act", "sign", "--key", folder.Child("seed"), statement}).out,
            signature + "\n");
}

TEST(ExitCode, IsTheErrorTablesForEveryCode) {
  for (const model::ErrorRow& row : model::AllErrors()) {
    const Status status = RefusalOf(row.name, "profile", "detail");
    EXPECT_EQ(ExitCodeOf(status), row.exit_code) << row.name;
    EXPECT_EQ(FailureName(status), row.name);
  }
}

TEST(ExitCode, FollowsTheCategoryWithoutACode) {
  EXPECT_EQ(ExitCodeOf(OkStatus()), 0);
  EXPECT_EQ(ExitCodeOf(UsageError("x")), 1);
  EXPECT_EQ(ExitCodeOf(Unavailable("cannot connect")), 69);
  EXPECT_EQ(ExitCodeOf(FailedPrecondition("no certificate")), 78);
  EXPECT_EQ(ExitCodeOf(Unauthenticated("handshake")), 4);
  EXPECT_EQ(ExitCodeOf(DataLoss("damaged")), 74);
  EXPECT_EQ(ExitCodeOf(FileError("cannot read", "a")), 74);
  EXPECT_EQ(ExitCodeOf(Internal("x")), 2);
  EXPECT_EQ(ExitCodeOf(RefusalOf("A_CODE_OF_TOMORROW", "", "")), 2);
}

TEST(ParseEndpoint, TakesHostAndPortOnly) {
  EXPECT_EQ(ParseEndpoint("[::1]:7443")->host, "::1");
  EXPECT_EQ(ParseEndpoint("noren.example:1")->port, 1);
  for (const char* text : {"", ":1", "host", "host:", "host:0", "host:65536", "host:1x", "::1:7443",
                           "host:-1", "[]:1"}) {
    EXPECT_EQ(ParseEndpoint(text).status().code(), StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace noren::cli
