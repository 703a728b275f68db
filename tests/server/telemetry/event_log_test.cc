// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/event_log.h"

#include <concepts>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

// No field of an event takes a string that was made at run time.
static_assert(!std::constructible_from<Literal, std::string>);
static_assert(!std::constructible_from<Literal, std::string_view>);
static_assert(!std::constructible_from<Literal, const char*>);

std::vector<nlohmann::json> ReadLines(const std::string& path) {
  const Bytes bytes = ReadWholeFile(path);
  std::istringstream text{std::string(AsText(bytes))};
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

std::unique_ptr<EventLog> OpenLog(const std::string& path, LogOptions options = {}) {
  options.path = path;
  StatusOr<std::unique_ptr<EventLog>> log = EventLog::Open(options);
  EXPECT_OK(log);
  return *std::move(log);
}

TEST(EventLog, WritesOneJsonObjectALine) {
  TemporaryDirectory directory;
  SeededRandom random(1);
  const auto id = model::RequestId::Generate(random);
  const auto log = OpenLog(directory.Child("log"));
  log->Write(LogEvent("request.done")
                 .Id(id)
                 .Caller({model::Role::kPortal, "alpha"})
                 .Code(model::ErrorCode::kConsentWithdrawn)
                 .Number("micros", -5)
                 .Label("phase", "write"));
  log->Write(LogEvent("disk.failed", LogLevel::kError).Code(model::ErrorCode::kNone));
  const std::vector<nlohmann::json> lines = ReadLines(directory.Child("log"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["event"], "request.done");
  EXPECT_EQ(lines[0]["level"], "info");
  EXPECT_EQ(lines[0]["request"], id.ToString());
  EXPECT_EQ(lines[0]["role"], "portal");
  EXPECT_EQ(lines[0]["caller"], "alpha");
  EXPECT_EQ(lines[0]["code"], "CONSENT_WITHDRAWN");
  EXPECT_EQ(lines[0]["micros"], -5);
  EXPECT_EQ(lines[0]["phase"], "write");
  EXPECT_EQ(lines[0]["time"].get<std::string>().size(),
            std::string("2026-01-01T00:00:00.000Z").size());
  EXPECT_EQ(lines[1]["level"], "error");
  EXPECT_EQ(lines[1]["code"], "OK");
}

TEST(EventLog, ShowsNoNameOfAPersonNorOneThatIsNotAName) {
  TemporaryDirectory directory;
  const auto log = OpenLog(directory.Child("log"));
  log->Write(LogEvent("a").Caller({model::Role::kPerson, "kim"}));
  log->Write(LogEvent("b").Caller({model::Role::kPortal, "x\",\"admin\":\"1"}));
  for (const nlohmann::json& line : ReadLines(directory.Child("log"))) {
    EXPECT_FALSE(line.contains("caller"));
    EXPECT_FALSE(line.contains("admin"));
    EXPECT_TRUE(line.contains("role"));
  }
}

TEST(EventLog, LeavesOutWhatIsBelowItsLevel) {
  TemporaryDirectory directory;
  LogOptions options;
  options.level = LogLevel::kWarning;
  const auto log = OpenLog(directory.Child("log"), options);
  log->Write(LogEvent("quiet"));
  log->Write(LogEvent("loud", LogLevel::kWarning));
  log->Flush();
  const std::vector<nlohmann::json> lines = ReadLines(directory.Child("log"));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["event"], "loud");
}

TEST(EventLog, CountsLinesBeyondItsRateInsteadOfWritingThem) {
  TemporaryDirectory directory;
  LogOptions options;
  options.lines_per_second_max = 10;
  const auto log = OpenLog(directory.Child("log"), options);
  for (int i = 0; i < 1000; ++i) log->Write(LogEvent("flood", LogLevel::kWarning));
  log->Flush();
  EXPECT_GE(log->suppressed_count(), 900U);
  EXPECT_LE(ReadLines(directory.Child("log")).size(), 100U);
}

TEST(EventLog, SaysWhenItsFileCannotBeOpened) {
  LogOptions options;
  options.path = "/proc/no/such/log";
  EXPECT_THAT(EventLog::Open(options), StatusIs(StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace noren::server
