// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/config.h"

#include <gmock/gmock.h>

#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using ::testing::HasSubstr;
constexpr auto kInvalid = StatusCode::kInvalidArgument;

TEST(Config, HasADefaultForEverything) {
  ASSERT_OK_AND_ASSIGN(const Config config, ParseConfig("", {}));
  EXPECT_EQ(config.server.deadlines.request.count(), 10000);
  EXPECT_EQ(config.server.message.frame_size_bytes_max, 1U << 20);
  EXPECT_EQ(config.anchor_directory, "noren-data/anchor");
}

TEST(Config, ReadsValuesOfEveryKind) {
  ASSERT_OK_AND_ASSIGN(const Config config, ParseConfig(R"(
[service]
operator = "saramin-like"
[listen]
port = 7443
[limits]
frame_bytes = 2_000_000
depth = 16
[deadlines]
idle_ms = 1500
[log]
level = "debug"
)",
                                                        {}));
  EXPECT_EQ(config.operator_name, "saramin-like");
  EXPECT_EQ(config.server.port, 7443);
  EXPECT_EQ(config.server.message.frame_size_bytes_max, 2'000'000U);
  EXPECT_EQ(config.server.message.depth_max, 16);
  EXPECT_EQ(config.server.deadlines.idle.count(), 1500);
  EXPECT_EQ(config.log.level, LogLevel::kDebug);
}

TEST(Config, NamesLineColumnAndTheNearestKey) {
  EXPECT_THAT(
      ParseConfig("[listen]\naddress = \"::1\"\nprot = 1\n", {}),
      StatusIs(kInvalid,
               "config: line 3, column 1: unknown key 'prot' in [listen]; the nearest is 'port'"));
  EXPECT_THAT(ParseConfig("\n[limit]\n", {}),
              StatusIs(kInvalid, ::testing::AllOf(HasSubstr("line 2"),
                                                  HasSubstr("the nearest is 'limits'"))));
  EXPECT_THAT(ParseConfig("port = 1\n", {}),
              StatusIs(kInvalid, HasSubstr("unknown section 'port'")));
  EXPECT_THAT(ParseConfig("listen = 1\n", {}), StatusIs(kInvalid, HasSubstr("must be a section")));
}

TEST(Config, RefusesOtherTypesAndValuesOutOfRange) {
  const std::pair<const char*, const char*> cases[] = {
      {"[listen]\nport = \"7443\"", "line 2, column 8: listen.port must be a whole number"},
      {"[listen]\nport = 70000", "listen.port must be from 0 to 65535"},
      {"[listen]\nport = -1", "listen.port must be from 0 to 65535"},
      {"[listen]\nport = 1.5", "must be a whole number"},
      {"[listen]\naddress = 5", "listen.address must be a string"},
      {"[log]\nlevel = \"loud\"", "log.level must be debug, info, warning or error"},
      {"[limits]\nframe_bytes = 9223372036854775807", "limits.frame_bytes must be from"},
      {"[service]\ndata_directory = \"a\\u0000b\"", "zero byte"},
      {"[listen]\nport = 1\nport = 2", "this is not TOML"},
      {"[listen\n", "this is not TOML"},
      {"\x16\x03\x01", "this is not TOML"},
  };
  for (const auto& [text, sentence] : cases) {
    EXPECT_THAT(ParseConfig(text, {}), StatusIs(kInvalid, HasSubstr(sentence))) << text;
  }
}

TEST(Config, ShowsBackNothingThatIsNotAKeysCharacter) {
  const StatusOr<Config> config = ParseConfig("\"a\\n\\u001b[31m\" = 1\n", {});
  EXPECT_THAT(config, StatusIs(kInvalid, HasSubstr("'a???31m'")));
}

TEST(Config, EnvironmentWinsOverTheFile) {
  const Environment environment = {{"NOREN_LISTEN_PORT", "9000"},
                                   {"NOREN_SERVICE_DATA_DIRECTORY", "/srv/noren"},
                                   {"NOREN_FORCE_KERNELS", "avx2"}};  // another part's variable
  ASSERT_OK_AND_ASSIGN(const Config config, ParseConfig("[listen]\nport = 7443\n", environment));
  EXPECT_EQ(config.server.port, 9000);
  EXPECT_EQ(config.data_directory, "/srv/noren");
  EXPECT_EQ(config.outbox_directory, "/srv/noren/outbox");
}

TEST(Config, RefusesVariablesOfOurSectionsThatNameNoKeyOrNoValue) {
  EXPECT_THAT(ParseConfig("", {{"NOREN_LISTEN_PROT", "1"}}),
              StatusIs(kInvalid, "config: NOREN_LISTEN_PROT: unknown key; the nearest is 'port'"));
  for (const char* value : {"", "12x", " 12", "1e3", "99999999999999999999"}) {
    EXPECT_THAT(ParseConfig("", {{"NOREN_LISTEN_PORT", value}}),
                StatusIs(kInvalid, HasSubstr("NOREN_LISTEN_PORT")))
        << value;
  }
}

TEST(Config, TakesRelativePathsFromTheFilesFolder) {
  TemporaryDirectory directory;
  const std::string path = directory.Child("noren.toml");
  WriteWholeFile(path,
                 AsBytes("[tls]\nkey_path = \"keys/server.key\"\nca_path = \"/etc/ca.crt\"\n"));
  ASSERT_OK_AND_ASSIGN(const Config config, LoadConfig(path, {}));
  EXPECT_EQ(config.server.tls.key_path, directory.Child("keys/server.key"));
  EXPECT_EQ(config.server.tls.ca_path, "/etc/ca.crt");
  EXPECT_EQ(config.server.tls.crl_path, "");
  EXPECT_EQ(config.data_directory, directory.Child("noren-data"));
  EXPECT_THAT(LoadConfig(directory.Child("missing.toml"), {}), StatusIs(StatusCode::kNotFound));
}

TEST(Config, IsDocumentedKeyByKeyWithItsDefault) {
  const Bytes bytes = ReadWholeFile(SourceFolder() + "/docs/formats/config.md");
  const std::string document(AsText(bytes));
  for (const ConfigKey& key : ConfigKeys()) {
    const std::string row = "| `" + key.section + "." + key.key + "` | `" + key.default_text +
                            "` | " + key.meaning + " |";
    EXPECT_NE(document.find(row), std::string::npos) << row;
  }
}

TEST(Config, HasNoPlainTransportThatOthersReach) {
  const std::string tls =
      "[tls]\nca_path = \"ca\"\ncertificate_path = \"crt\"\nkey_path = \"key\"\n";
  EXPECT_OK(ParseConfig("[http]\naddress = \"127.0.0.9\"\n", {}));
  EXPECT_OK(ParseConfig("[http]\naddress = \"::1\"\n[listen]\naddress = \"::1\"\n", {}));
  EXPECT_OK(ParseConfig("[listen]\naddress = \"0.0.0.0\"\n" + tls, {}));
  for (const std::string text :
       {"[http]\naddress = \"0.0.0.0\"\n", "[http]\naddress = \"::\"\n",
        "[http]\naddress = \"localhost\"\n", "[http]\naddress = \"\"\n",
        "[listen]\naddress = \"0.0.0.0\"\n", "[listen]\naddress = \"192.0.2.1\"\n",
        "[listen]\naddress = \"::ffff:192.0.2.1\"\n[tls]\nca_path = \"ca\"\n"}) {
    EXPECT_THAT(ParseConfig(text, {}), StatusIs(kInvalid)) << text;
  }
  EXPECT_THAT(ParseConfig(tls, {{"NOREN_HTTP_ADDRESS", "0.0.0.0"}}), StatusIs(kInvalid));
}

}  // namespace
}  // namespace noren::server
