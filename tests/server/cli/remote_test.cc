// Commands against a real TLS server whose answers are the test's.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "engine/model/errors.h"
#include "server/cli/session.h"
#include "tests/server/cli/command_run.h"
#include "tests/server/cli/fake_service.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

CommandRun RunAgainst(const FakeService& service, const std::string& role,
                      std::vector<std::string> arguments) {
  for (const std::string& argument : service.Arguments(role)) arguments.push_back(argument);
  return RunNoren(arguments);
}

TEST(Backoff, DoublesUpToFiveSecondsAndWaitsAsLongAsAsked) {
  using std::chrono::milliseconds;
  EXPECT_EQ(BackoffOf(1, milliseconds{0}), milliseconds{100});
  EXPECT_EQ(BackoffOf(3, milliseconds{0}), milliseconds{400});
  EXPECT_EQ(BackoffOf(1, milliseconds{250}), milliseconds{250});
  EXPECT_EQ(BackoffOf(99, milliseconds{0}), milliseconds{5000});
  EXPECT_EQ(BackoffOf(1, milliseconds{900'000}), milliseconds{5000});
}

TEST(RemoteCommand, CannotConnectIsUnavailable) {
  FakeService service;
  std::vector<std::string> arguments = service.Arguments("officer");
  arguments[1] = "localhost:1";
  arguments.emplace_back("status");
  const CommandRun run = RunNoren(arguments);
  EXPECT_EQ(run.exit_code, 69);
  EXPECT_THAT(run.err, HasSubstr("noren: UNAVAILABLE: "));
}

TEST(RemoteCommand, PrintsStatusWithoutTheServersEscapes) {
  FakeService service;
  const CommandRun run = RunAgainst(service, "officer", {"status"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("ready?[31m"));
  EXPECT_EQ(run.out.find('\x1b'), std::string::npos);
  const CommandRun json = RunAgainst(service, "officer", {"status", "--json"});
  EXPECT_EQ(TextAt(OneObject(json.out), "state"), "ready\x1b[31m");
}

TEST(RemoteCommand, EndsWithTheExitCodeOfTheErrorTable) {
  FakeService service;
  for (const char* code : {"NOT_FOUND", "NOT_ALLOWED", "STATE_CONFLICT", "SEALED", "STORAGE",
                           "CLOCK_UNTRUSTED", "INTERNAL"}) {
    service.record().refusals = 1;
    service.record().refusal_code = code;
    const CommandRun run = RunAgainst(service, "officer", {"status", "--json"});
    EXPECT_EQ(run.exit_code, model::RowOf(*model::FindErrorCode(code)).exit_code) << code;
    EXPECT_EQ(run.out, "");
    const model::JsonValue object = OneObject(run.err);
    const model::JsonValue* error = object.Find("error");
    ASSERT_NE(error, nullptr) << run.err;
    EXPECT_EQ(TextAt(*error, "code"), code);
    EXPECT_EQ(TextAt(*error, "message"), "public sentence");
    EXPECT_EQ(TextAt(*error, "request_id"), "request-1");
    EXPECT_EQ(TextAt(*error, "field"), "profile.regions");
  }
}

TEST(RemoteCommand, RepeatsOnlyWhatMayBeRepeatedAndEndsWithTheTimeout) {
  FakeService service;
  service.record() = {};
  service.record().refusals = 2;
  service.record().refusal_code = "OVERLOADED";
  EXPECT_EQ(RunAgainst(service, "officer", {"status"}).exit_code, 0);
  service.record().refusals = 2;
  service.record().refusal_code = "NOT_FOUND";
  EXPECT_EQ(RunAgainst(service, "officer", {"status"}).exit_code, 3);
  EXPECT_EQ(service.record().refusals, 1);
  service.record().refusals = 1000;
  service.record().refusal_code = "RETRY_LATER";
  EXPECT_EQ(RunAgainst(service, "officer", {"status", "--timeout", "0.5"}).exit_code, 6);
}

class ImportRun : public ::testing::Test {
 protected:
  ImportRun() {
    const std::string long_text(300'000, 'x');
    const std::string row =
        R"({"noren":"seeker/1","ref":"r1",)"
        R"("profile":{"occupations":["ISCO-2512"],"regions":["KR-11"]},)"
        R"("items":[{"kind":"resume","name":"cv","text":")" +
        long_text +
        R"("}],)"
        R"("identity":{"email":"a@example.com"},"consent":{"discoverable":true}})";
    WriteWholeFile(file(), AsBytes(row + "\n"));
  }
  std::string file() const { return folder_.Child("a.jsonl"); }
  std::string map() const { return file() + ".map.jsonl"; }
  CommandRun Import(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "import", "seekers", file(), "--datasets", SourceFolder() + "/datasets", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunAgainst(service_, "portal", arguments);
  }
  TemporaryDirectory folder_;
  FakeService service_;
};

TEST_F(ImportRun, RegistersAndWritesTheWishIntoAPrivateMap) {
  const CommandRun run = Import();
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(NumberAt(OneObject(run.out), "registered"), 1);
  EXPECT_EQ(service_.record().finished.size(), 2U);
  const std::string line(AsText(ReadWholeFile(map())));
  EXPECT_THAT(line, HasSubstr("\"handle\":\"seeker-1\""));
  EXPECT_THAT(line, HasSubstr("\"wishes_discoverable\":true"));
  struct stat facts {};
  ASSERT_EQ(::stat(map().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(ImportRun, SendsNothingTwiceAfterARunThatIsInTheMap) {
  ASSERT_EQ(Import().exit_code, 0);
  const CommandRun again = Import();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(NumberAt(OneObject(again.out), "known"), 1);
  EXPECT_EQ(service_.record().seeker_keys.size(), 1U);
}

TEST_F(ImportRun, RegistersNothingTwiceWhenTheMapIsLost) {
  ASSERT_EQ(Import().exit_code, 0);
  fs::remove(map());
  // The finished uploads are gone on the server, their keys are not.
  service_.record().uploads.clear();
  service_.record().uploads["upload-0"] = {};
  ASSERT_EQ(Import().exit_code, 0);
  EXPECT_EQ(service_.record().handles.size(), 1U);
  EXPECT_EQ(service_.record().finished.size(), 2U);
}

TEST_F(ImportRun, RepeatsWithTheSameKey) {
  service_.record().refusals = 2;
  service_.record().refusal_code = "RETRY_LATER";
  ASSERT_EQ(Import().exit_code, 0);
  const auto& keys = service_.record().seeker_keys;
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 1U);
}

TEST_F(ImportRun, BeginsAnewWhenAnUploadDied) {
  service_.record().uploads_that_die = 1;
  const CommandRun run = Import();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(service_.record().finished.size(), 2U);
}

TEST_F(ImportRun, SendsNothingWhenARowIsBadUnlessToldTo) {
  const std::string good(AsText(ReadWholeFile(file())));
  WriteWholeFile(file(), AsBytes(good + "{\"noren\":\"seeker/1\",\"ref\":\"r2\"}\n"));
  const CommandRun refused = Import();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(service_.record().seeker_keys.empty());
  EXPECT_FALSE(fs::exists(map()));
  const CommandRun kept = Import({"--keep-going"});
  EXPECT_EQ(kept.exit_code, 1);
  EXPECT_EQ(NumberAt(OneObject(kept.out), "registered"), 1);
  EXPECT_EQ(NumberAt(OneObject(kept.out), "refused"), 1);
}

constexpr const char* kRecipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

TEST_F(ImportRun, RegistersOnePersonUnderPersonCustodyAndSendsNoItems) {
  const CommandRun run = Import(
      {"--custody", "person", "--person-key", std::string(64, 'a'), "--age-recipient", kRecipient});
  ASSERT_EQ(run.exit_code, 0) << run.err << run.out;
  EXPECT_EQ(service_.record().custody, "person");
  EXPECT_EQ(service_.record().person_key, std::string(32, '\xaa'));
  EXPECT_EQ(service_.record().age_recipient, kRecipient);
  EXPECT_TRUE(service_.record().uploads.empty());
}

TEST_F(ImportRun, RefusesKeysThatAreNoneOrOfSeveralPeople) {
  const std::string key(64, 'a');
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--custody", "person"},
           {"--custody", "person", "--person-key", key},
           {"--custody", "person", "--person-key", "aa", "--age-recipient", kRecipient},
           {"--custody", "person", "--person-key", key, "--age-recipient", "age1nobody"},
           {"--custody", "somebody"},
           {"--person-key", key},
           {"--age-recipient", kRecipient}}) {
    EXPECT_EQ(Import(arguments).exit_code, 1);
  }
  const std::string row(AsText(ReadWholeFile(file())));
  std::string second = row;
  second.replace(second.find("\"r1\""), 4, "\"r2\"");
  WriteWholeFile(file(), AsBytes(row + second));
  EXPECT_EQ(
      Import({"--custody", "person", "--person-key", key, "--age-recipient", kRecipient}).exit_code,
      1);
  EXPECT_TRUE(service_.record().seeker_keys.empty());
}

TEST(SeekerPut, SendsTheFileAsItIsWithItsAct) {
  FakeService service;
  TemporaryDirectory folder;
  const std::string file = folder.Child("cv.age");
  std::string content(300'000, '\0');
  content[7] = '\n';
  WriteWholeFile(file, AsBytes(content));
  const std::vector<std::string> put = {"seeker", "put",    "seeker-1", file,    "--kind",
                                        "resume", "--name", "cv.pdf",   "--json"};
  const CommandRun run = RunAgainst(service, "portal", put);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(TextAt(OneObject(run.out), "item"), "item-upload-1");
  EXPECT_EQ(service.record().uploads["upload-1"].second, content);
  EXPECT_EQ(service.record().replaces, "");

  std::vector<std::string> replace = put;
  for (const char* more : {"--replaces", "item-1", "--statement", "{\"act\":\"replace\"}"}) {
    replace.push_back(more);
  }
  EXPECT_EQ(RunAgainst(service, "portal", replace).exit_code, 1);  // not signed
  replace.insert(replace.end(), {"--signature", "aabb"});
  ASSERT_EQ(RunAgainst(service, "portal", replace).exit_code, 0);
  EXPECT_EQ(service.record().replaces, "item-1");
  EXPECT_EQ(service.record().replace_statement, "{\"act\":\"replace\"}");
}

class CollectRun : public ::testing::Test {
 protected:
  CollectRun() {
    FakeRecord& record = service_.record();
    record.header = record.told_header = "age-encryption.org/v1\nheader\n";
    record.payload = record.told_payload = std::string(150'000, 'p');
  }
  std::string out() const { return folder_.Child("papers"); }
  CommandRun Collect() {
    return RunAgainst(service_, "company",
                      {"release", "collect", "candidate-1", "--order", "o1", "--reason",
                       "screening", "--out", out(), "--json"});
  }
  std::size_t FilesCount() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(out())) {
      count += entry.path().extension() == ".age" || entry.path().extension() == ".part" ? 1 : 0;
    }
    return count;
  }
  TemporaryDirectory folder_;
  FakeService service_;
};

TEST_F(CollectRun, WritesHeaderAndPayloadAsOneFile) {
  ASSERT_EQ(Collect().exit_code, 0);
  const std::string content(AsText(ReadWholeFile(out() + "/resume-1-cv.pdf.age")));
  EXPECT_EQ(content, service_.record().header + service_.record().payload);
  EXPECT_TRUE(fs::exists(out() + "/manifest.json"));
  EXPECT_EQ(ReadWholeFile(out() + "/manifest.sig").size(), 64U);
  EXPECT_EQ(Collect().exit_code, 0) << "collecting again gives the same files";
}

TEST_F(CollectRun, KeepsAHostileNameInsideTheFolder) {
  service_.record().item_name = "../../../escape";
  ASSERT_EQ(Collect().exit_code, 0);
  EXPECT_TRUE(fs::exists(out() + "/resume-1-_.._.._escape.age"));
}

TEST_F(CollectRun, LeavesNoFileWhenThePayloadIsNotAsTheManifestSays) {
  FakeRecord& record = service_.record();
  record.told_payload[149'999] = 'q';
  EXPECT_EQ(Collect().exit_code, 74);
  EXPECT_EQ(FilesCount(), 0U);
  record.told_payload = record.payload.substr(1);
  EXPECT_EQ(Collect().exit_code, 74);
  record.told_payload = record.payload + "more";
  EXPECT_EQ(Collect().exit_code, 74);
  EXPECT_EQ(FilesCount(), 0U);
}

TEST_F(CollectRun, RefusesAHeaderThatTheManifestDoesNotName) {
  service_.record().told_header += "x";
  EXPECT_EQ(Collect().exit_code, 74);
  EXPECT_EQ(FilesCount(), 0U);
}

TEST_F(CollectRun, RefusesAManifestThatAnotherKeySigned) {
  const CommandRun run =
      RunAgainst(service_, "company",
                 {"release", "collect", "candidate-1", "--order", "o1", "--reason", "screening",
                  "--out", out(), "--receipt-key", std::string(64, '1')});
  EXPECT_EQ(run.exit_code, 74);
  EXPECT_EQ(FilesCount(), 0U);
}

TEST_F(CollectRun, EndsWithDeniedWithoutConsent) {
  service_.record().refusals = 1;
  service_.record().refusal_code = "CONSENT_WITHDRAWN";
  EXPECT_EQ(Collect().exit_code, 4);
}

}  // namespace
}  // namespace noren::cli
