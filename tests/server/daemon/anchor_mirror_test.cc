// The anchor on two devices: either of them is enough, and one that was put back is not believed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "engine/operations/rotate_keys.h"
#include "server/custody/key_file.h"
#include "server/daemon/commands.h"
#include "server/daemon/runtime.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

namespace fs = std::filesystem;
using operations::VersionedKey;

// A service whose anchor is in two folders; the second is in memory, so on a device of its own
// where the machine has such a place.
class AnchorMirrorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    InitOptions options;
    options.directory = directory_.Child("service");
    options.operator_name = "example";
    options.datasets = SourceFolder() + "/datasets";
    options.json = true;
    ASSERT_EQ(RunInit(options), 0);
    ASSERT_OK_AND_ASSIGN(config_, LoadConfig(options.directory + "/noren.toml", {}));
    config_.anchor_mirror_directory = Mirror();
    ASSERT_OK_AND_ASSIGN(
        const SecretBytes passphrase,
        ReadPassphrase({.file = config_.passphrase_path, .environment_name = {}, .prompt = false}));
    ASSERT_OK_AND_ASSIGN(root_key_, ReadRootKeyFile(config_.root_key_path, passphrase));
    ASSERT_OK(Open());  // its first anchor goes to both
  }

  std::string Mirror() const { return other_device_.Child("mirror"); }
  static void Copy(const std::string& from, const std::string& to) {
    fs::remove_all(to);
    fs::copy(from, to, fs::copy_options::recursive);
  }
  StatusOr<std::unique_ptr<Runtime>> Start() {
    Surroundings surroundings;  // opening the key file takes its second once
    surroundings.root_key = [this] { return StatusOr<SecretBytes>(root_key_.Clone()); };
    return Runtime::Open(config_, Runtime::Use::kServe, surroundings);
  }
  Status Open() { return Start().status(); }

  // Everything the anchor holds changes: the log's head, and the key tree's root key twice.
  void Change() {
    ASSERT_OK_AND_ASSIGN(const auto runtime, Start());
    operations::ServiceContext& context = runtime->context();
    ASSERT_OK(context.keyring.AddLeaf().status());
    const operations::Call officer{{model::Role::kOfficer, "invented-officer"}, "request"};
    for (int i = 0; i < 2; ++i) {
      const std::string key = "rotate-" + std::to_string(++rotations_);
      ASSERT_OK(operations::RotateKey(context, officer, key, VersionedKey::kKeyTree).status());
      operations::RewrapPlace place;
      for (bool done = false; !done;) {
        ASSERT_OK_AND_ASSIGN(const auto step, operations::RewrapKeys(
                                                  context, officer, VersionedKey::kKeyTree, place));
        done = step.done;
      }
    }
  }

  TemporaryDirectory directory_;
  TemporaryDirectory other_device_{TemporaryDirectory::Place::kMemory};
  Config config_;
  SecretBytes root_key_;
  int rotations_ = 0;
};

TEST_F(AnchorMirrorTest, EitherOfTheTwoIsEnough) {
  Change();
  for (const std::string& lost : {config_.anchor_directory, Mirror()}) {
    fs::remove_all(lost);
    ASSERT_OK(Open()) << "without " << lost;
    EXPECT_TRUE(fs::exists(lost + "/anchor")) << "and it is made again";
    Change();
  }
}

TEST_F(AnchorMirrorTest, OnePutBackIsNotBelievedAndCatchesUp) {
  for (const std::string& put_back : {config_.anchor_directory, Mirror()}) {
    SCOPED_TRACE(put_back);
    Copy(put_back, directory_.Child("older"));
    Change();
    Copy(directory_.Child("older"), put_back);
    std::uint64_t generation = 0;
    {
      ASSERT_OK_AND_ASSIGN(const auto runtime, Start());
      ASSERT_OK_AND_ASSIGN(const auto root, runtime->context().keyring.root());
      generation = root.generation;
    }
    // The one that was put back has the newest now, by itself.
    const std::string other = put_back == Mirror() ? config_.anchor_directory : Mirror();
    fs::remove_all(other);
    ASSERT_OK_AND_ASSIGN(const auto runtime, Start());
    ASSERT_OK_AND_ASSIGN(const auto root, runtime->context().keyring.root());
    EXPECT_EQ(root.generation, generation);
  }
}

// Whoever has both devices has the anchor: its older root key does not open the newest key tree,
// and the service stays sealed.
TEST_F(AnchorMirrorTest, BothPutBackIsRefused) {
  Change();
  Copy(config_.anchor_directory, directory_.Child("older"));
  Copy(Mirror(), directory_.Child("older-mirror"));
  Change();
  Copy(directory_.Child("older"), config_.anchor_directory);
  Copy(directory_.Child("older-mirror"), Mirror());
  EXPECT_FALSE(Open().ok());
}

// `device` is said only when both are on other devices than the data.
TEST_F(AnchorMirrorTest, OneCopyOnTheDeviceOfTheDataIsBackupsOnly) {
  const auto claim = [&] {
    const auto runtime = Start();
    EXPECT_OK(runtime.status());
    return runtime.ok() ? (*runtime)->context().erasure_claim : storage::ErasureClaim::kDevice;
  };
  EXPECT_EQ(claim(), storage::ErasureClaim::kBackupsOnly);
  struct stat data {};
  struct stat other {};
  ASSERT_EQ(::stat(config_.data_directory.c_str(), &data), 0);
  ASSERT_EQ(::stat(other_device_.path().c_str(), &other), 0);
  fs::rename(config_.anchor_directory, directory_.Child("moved"));
  Copy(directory_.Child("moved"), other_device_.Child("anchor"));
  config_.anchor_directory = other_device_.Child("anchor");
  const bool is_apart = data.st_dev != other.st_dev;
  EXPECT_EQ(claim(),
            is_apart ? storage::ErasureClaim::kDevice : storage::ErasureClaim::kBackupsOnly);
}

}  // namespace
}  // namespace noren::server
