// The age program opens what we write, and we open what it writes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::agefile {
namespace {

namespace fs = std::filesystem;

void WriteFile(const fs::path& path, ByteSpan bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.good()) << path;
}

class AgeInterop : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "noren-age-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    ASSERT_EQ(Run(NOREN_AGE_KEYGEN " -o identity.txt"), 0);
    const Bytes text = ReadFileBytes((folder_ / "identity.txt").string());
    const std::string_view lines = AsText(text);
    const std::size_t begin = lines.find("AGE-SECRET-KEY-1");
    ASSERT_NE(begin, std::string_view::npos);
    identity_text_ = std::string(lines.substr(begin, lines.find('\n', begin) - begin));
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The exit status of a command run in the folder.
  int Run(const std::string& command) const {
    return std::system(("cd '" + folder_.string() + "' && " + command + " 2>log.txt").c_str());
  }

  Bytes Read(const std::string& name) const { return ReadFileBytes((folder_ / name).string()); }

  // A round in each direction.
  void CheckBothWays(std::size_t size, const Identity& identity) {
    SCOPED_TRACE(size);
    Bytes plaintext(size);
    SeededRandom(size).Fill(plaintext);
    const std::vector<Recipient> recipients = {identity.recipient()};
    ASSERT_OK_AND_ASSIGN(const Bytes ours, EncryptFile(plaintext, recipients, random_));
    WriteFile(folder_ / "ours.age", ours);
    ASSERT_EQ(Run(NOREN_AGE " -d -i identity.txt ours.age > opened"), 0);
    EXPECT_TRUE(Read("opened") == plaintext);

    WriteFile(folder_ / "plain", plaintext);
    ASSERT_EQ(Run(NOREN_AGE " -r " + identity.recipient().ToString() + " -o theirs.age plain"), 0);
    ASSERT_OK_AND_ASSIGN(const Bytes opened, DecryptFile(Read("theirs.age"), identity));
    EXPECT_TRUE(opened == plaintext);
  }

  SystemRandom random_;
  fs::path folder_;
  std::string identity_text_;
};

TEST_F(AgeInterop, SizesAroundTheChunkBoundaries) {
  ASSERT_OK_AND_ASSIGN(const Identity identity, Identity::Parse(identity_text_));
  for (const std::size_t chunks : {0u, 1u, 2u, 3u, 4u, 7u, 16u}) {
    for (const int offset : {-1, 0, 1}) {
      if (chunks == 0 && offset < 0) continue;
      CheckBothWays(chunks * kChunkSizeBytes + static_cast<std::size_t>(offset), identity);
    }
  }
}

TEST_F(AgeInterop, SizesAroundTheLargest) {
  ASSERT_OK_AND_ASSIGN(const Identity identity, Identity::Parse(identity_text_));
  constexpr std::size_t kLargest = std::size_t{64} << 20;
  for (const std::size_t size : {kLargest - 1, kLargest, kLargest + 1})
    CheckBothWays(size, identity);
}

TEST_F(AgeInterop, IdentitiesAndRecipientsAreTheSameText) {
  ASSERT_OK_AND_ASSIGN(const Identity theirs, Identity::Parse(identity_text_));
  EXPECT_EQ(AsText(theirs.ToSecretText().ExposeSecret()), identity_text_);
  ASSERT_EQ(Run(NOREN_AGE_KEYGEN " -y identity.txt > recipient.txt"), 0);
  EXPECT_EQ(AsText(Read("recipient.txt")), theirs.recipient().ToString() + "\n");

  const Identity ours = Identity::Generate(random_);
  WriteFile(folder_ / "ours.txt", ours.ToSecretText().ExposeSecret());
  ASSERT_EQ(Run(NOREN_AGE_KEYGEN " -y ours.txt > recipient.txt"), 0);
  EXPECT_EQ(AsText(Read("recipient.txt")), ours.recipient().ToString() + "\n");
}

TEST_F(AgeInterop, ARewrappedFileOpensForTheNewRecipientOnly) {
  ASSERT_OK_AND_ASSIGN(const Identity theirs, Identity::Parse(identity_text_));
  const Identity ours = Identity::Generate(random_);
  const std::vector<Recipient> before = {ours.recipient()};
  const std::vector<Recipient> after = {theirs.recipient(),
                                        Identity::Generate(random_).recipient()};
  ASSERT_OK_AND_ASSIGN(const Bytes file, EncryptFile(AsBytes("resume"), before, random_));
  WriteFile(folder_ / "before.age", file);
  EXPECT_NE(Run(NOREN_AGE " -d -i identity.txt -o opened before.age"), 0);
  ASSERT_OK_AND_ASSIGN(const std::size_t header_size, MeasureHeader(file));
  ASSERT_OK_AND_ASSIGN(Bytes moved,
                       Rewrap(ByteSpan(file).first(header_size), ours, after, random_));
  moved.insert(moved.end(), file.begin() + static_cast<std::ptrdiff_t>(header_size), file.end());
  WriteFile(folder_ / "after.age", moved);
  ASSERT_EQ(Run(NOREN_AGE " -d -i identity.txt -o opened after.age"), 0);
  EXPECT_EQ(AsText(Read("opened")), "resume");
}

TEST_F(AgeInterop, SeveralRecipientsEachOpenAndAnArmoredFileIsRefused) {
  ASSERT_OK_AND_ASSIGN(const Identity theirs, Identity::Parse(identity_text_));
  const Identity ours = Identity::Generate(random_);
  WriteFile(folder_ / "plain", AsBytes("to both"));
  ASSERT_EQ(Run(NOREN_AGE " -r " + theirs.recipient().ToString() + " -r " +
                ours.recipient().ToString() + " -o both.age plain"),
            0);
  EXPECT_THAT(DecryptFile(Read("both.age"), ours), IsOkAndHolds(ToBytes("to both")));
  EXPECT_THAT(DecryptFile(Read("both.age"), theirs), IsOkAndHolds(ToBytes("to both")));
  EXPECT_THAT(DecryptFile(Read("both.age"), Identity::Generate(random_)),
              StatusIs(StatusCode::kNotFound));
  ASSERT_EQ(Run(NOREN_AGE " -a -r " + ours.recipient().ToString() + " -o armored.age plain"), 0);
  EXPECT_THAT(DecryptFile(Read("armored.age"), ours), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace noren::agefile
