// SPDX-License-Identifier: Apache-2.0
#include "server/custody/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "server/custody/process_lock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using ::testing::HasSubstr;

SecretBytes Secret(std::string_view text) { return SecretBytes::CopyOf(AsBytes(text)); }

class KeyFileTest : public ::testing::Test {
 protected:
  std::string PrivateFile(const std::string& name, std::string_view content) {
    const std::string path = directory_.Child(name);
    WriteWholeFile(path, AsBytes(content));
    EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
    return path;
  }
  TemporaryDirectory directory_;
  SeededRandom random_{1};
};

TEST_F(KeyFileTest, RootKeyIsReadBackFromAPrivateFileThatIsNeverWrittenOver) {
  const std::string path = directory_.Child("root.key");
  const SecretBytes root_key = SecretBytes::Random(random_, 32);
  ASSERT_OK(WriteRootKeyFile(path, root_key, Secret("correct horse"), random_));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const Bytes before = ReadWholeFile(path);
  EXPECT_THAT(WriteRootKeyFile(path, root_key, Secret("correct horse"), random_),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("never written over")));
  EXPECT_EQ(ReadWholeFile(path), before);
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  ASSERT_OK_AND_ASSIGN(const SecretBytes read, ReadRootKeyFile(path, Secret("correct horse")));
  EXPECT_TRUE(read == root_key);
  EXPECT_THAT(ReadRootKeyFile(path, Secret("wrong")), StatusIs(StatusCode::kUnauthenticated));
}

TEST_F(KeyFileTest, FileOpenToOthersIsRefusedWithTheCommandThatMendsIt) {
  const std::string path = PrivateFile("root.key", "anything");
  for (const mode_t mode : {0640u, 0604u, 0610u, 0602u, 0644u}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    EXPECT_THAT(ReadRootKeyFile(path, Secret("p")),
                StatusIs(StatusCode::kPermissionDenied, HasSubstr("chmod 600 '" + path + "'")));
    EXPECT_THAT(ReadPassphrase({.file = path, .environment_name = {}, .prompt = false}),
                StatusIs(StatusCode::kPermissionDenied, HasSubstr("chmod 600 '" + path + "'")));
  }
}

TEST_F(KeyFileTest, MissingDamagedOrEmptyFileIsRefused) {
  EXPECT_THAT(ReadRootKeyFile(directory_.Child("none"), Secret("p")),
              StatusIs(StatusCode::kNotFound, HasSubstr("root key file")));
  EXPECT_THAT(ReadRootKeyFile(PrivateFile("empty", ""), Secret("p")),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadRootKeyFile(PrivateFile("noise", "not a key file"), Secret("p")),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ReadRootKeyFile(directory_.path(), Secret("p")),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("not a regular file")));
}

TEST_F(KeyFileTest, PassphraseIsTheFileWithoutItsLastNewline) {
  for (const auto& [content, expected] :
       std::vector<std::pair<std::string, std::string>>{{"secret", "secret"},
                                                        {"secret\n", "secret"},
                                                        {"secret\r\n", "secret"},
                                                        {"two\nlines\n", "two\nlines"},
                                                        {" spaces ", " spaces "}}) {
    const std::string path = PrivateFile("passphrase", content);
    ASSERT_OK_AND_ASSIGN(const SecretBytes passphrase,
                         ReadPassphrase({.file = path, .environment_name = {}, .prompt = false}));
    EXPECT_TRUE(passphrase == Secret(expected)) << content.size();
  }
}

TEST_F(KeyFileTest, EmptyOrEndlessPassphraseIsRefused) {
  for (const std::string& content :
       {std::string(), std::string("\n"), std::string(1025, 'x'), std::string(100000, 'x')}) {
    const std::string path = PrivateFile("passphrase", content);
    EXPECT_THAT(ReadPassphrase({.file = path, .environment_name = {}, .prompt = false}),
                StatusIs(StatusCode::kInvalidArgument));
  }
  const std::string path = PrivateFile("passphrase", std::string(1024, 'x') + "\n");
  EXPECT_OK(ReadPassphrase({.file = path, .environment_name = {}, .prompt = false}));
}

TEST_F(KeyFileTest, PassphraseFileMayBeNamedByAVariable) {
  const std::string path = PrivateFile("passphrase", "secret\n");
  const PassphraseSource source{
      .file = {}, .environment_name = "NOREN_TEST_PASSPHRASE_FILE", .prompt = false};
  ::unsetenv("NOREN_TEST_PASSPHRASE_FILE");
  EXPECT_THAT(ReadPassphrase(source),
              StatusIs(StatusCode::kNotFound, HasSubstr("NOREN_TEST_PASSPHRASE_FILE")));
  ::setenv("NOREN_TEST_PASSPHRASE_FILE", path.c_str(), 1);
  ASSERT_OK_AND_ASSIGN(const SecretBytes passphrase, ReadPassphrase(source));
  EXPECT_TRUE(passphrase == Secret("secret"));
}

TEST_F(KeyFileTest, NoSourceIsRefused) {
  EXPECT_THAT(ReadPassphrase({}), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(KeyFileTest, OneProcessHasTheDataDirectory) {
  {
    ASSERT_OK_AND_ASSIGN(const ProcessLock held, ProcessLock::Acquire(directory_.path()));
    EXPECT_THAT(ProcessLock::Acquire(directory_.path()),
                StatusIs(StatusCode::kUnavailable, HasSubstr(std::to_string(::getpid()))));
  }
  EXPECT_OK(ProcessLock::Acquire(directory_.path()));
  EXPECT_THAT(ProcessLock::Acquire(directory_.Child("none")), StatusIs(StatusCode::kNotFound));
}

TEST_F(KeyFileTest, LockGoesWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto held = ProcessLock::Acquire(directory_.path());
    ::_exit(held.ok() ? 0 : 1);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_EQ(state, 0);
  EXPECT_OK(ProcessLock::Acquire(directory_.path()));
}

}  // namespace
}  // namespace noren::server
