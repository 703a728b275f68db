// A sealed daemon has no key in memory, answers nothing but SEALED, and opens again.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TMultiplexedProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "engine/model/errors.h"
#include "engine/operations/enrolment_keys.h"
#include "gen-cpp/CustodyService.h"
#include "gen-cpp/OfficerService.h"
#include "server/custody/key_file.h"
#include "server/daemon/commands.h"
#include "server/daemon/sealable_service.h"
#include "tests/server/daemon/memory_scan.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TMemoryBuffer;
using model::CodeOf;
using model::ErrorCode;
using personal_data::KeyPurpose;

// What `noren init` and `noren serve` make, without sockets.
class Daemon {
 public:
  explicit Daemon(const std::string& shares = "") {
    InitOptions options;
    options.directory = directory_.Child("service");
    options.operator_name = "example";
    options.datasets = SourceFolder() + "/datasets";
    options.officers = {"invented-officer"};
    options.shares = shares;
    options.passphrase_file = directory_.Child("passphrase");
    options.json = true;
    // By another process, so that the only copies here are those that reading it makes.
    const std::string make =
        "umask 077; head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >" +
        options.passphrase_file;
    EXPECT_EQ(std::system(make.c_str()), 0);
    EXPECT_EQ(RunInit(options), 0);
    config_ = LoadConfig(options.directory + "/noren.toml", {}).value();
    log_ = EventLog::Open({.path = directory_.Child("log")}).value();
    loop_ = MainLoop::Create().value();
    auto service = SealableService::Create({config_, *log_, metrics_, health_, *loop_, "test"});
    EXPECT_OK(service.status());
    if (service.ok()) service_ = std::move(*service);
    context_.principal = {model::Role::kOfficer, "invented-officer"};
    context_.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    if (service_) processor_ = service_->MakeProcessor(context_);
  }

  SealableService& service() { return *service_; }
  const Config& config() const { return config_; }
  std::string Path(const std::string& name) const { return directory_.Child("service/" + name); }
  HealthState& health() { return health_; }

  // Sends the request that `send` writes, and lets `receive` read the answer; the error's code.
  template <typename Client, typename Send, typename Receive>
  std::string Call(const std::string& service, Send send, Receive receive) {
    auto request = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
    auto reply = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
    Client sender(
        std::make_shared<apache::thrift::protocol::TMultiplexedProtocol>(request, service));
    send(sender);
    processor_->process(request, reply, nullptr);
    Client receiver(reply);
    try {
      receive(receiver);
      return "";
    } catch (const wire::ServiceError& error) {
      return error.code;
    }
  }
  std::string Status() {
    wire::Status answer;
    return Call<wire::OfficerServiceClient>(
        "officer", [](auto& client) { client.send_status(); },
        [&](auto& client) { client.recv_status(answer); });
  }
  wire::CustodyStatus CustodyStatus() {
    wire::CustodyStatus answer;
    const std::string code = Call<wire::CustodyServiceClient>(
        "custody", [](auto& client) { client.send_custody_status(false); },
        [&](auto& client) { client.recv_custody_status(answer); });
    EXPECT_EQ(code, "");
    return answer;
  }
  std::string Seal() {
    wire::CustodyStatus answer;
    return Call<wire::CustodyServiceClient>(
        "custody", [](auto& client) { client.send_seal(); },
        [&](auto& client) { client.recv_seal(answer); });
  }
  std::string Rotate(const std::string& purpose) {
    wire::Idempotency once;
    once.key = "rotate-" + purpose;
    wire::RotateKeyAnswer answer;
    return Call<wire::CustodyServiceClient>(
        "custody", [&](auto& client) { client.send_rotate(once, purpose); },
        [&](auto& client) { client.recv_rotate(answer); });
  }
  std::string Unseal(const std::string& secret = "") {
    wire::CustodyStatus answer;
    return Call<wire::CustodyServiceClient>(
        "custody", [&](auto& client) { client.send_unseal(secret); },
        [&](auto& client) { client.recv_unseal(answer); });
  }

 private:
  TemporaryDirectory directory_;
  Config config_;
  std::unique_ptr<EventLog> log_;
  MetricsRegistry metrics_;
  HealthState health_;
  std::unique_ptr<MainLoop> loop_;
  std::unique_ptr<SealableService> service_;
  RequestContext context_;
  std::shared_ptr<apache::thrift::TProcessor> processor_;
};

// Puts into `held` what the service does not keep between calls, so that a first scan finds all.
void LookForEveryKey(Daemon& daemon, MemoryScan& scan, std::vector<SecretBytes>& held) {
  auto passphrase = ReadPassphrase(
      {.file = daemon.config().passphrase_path, .environment_name = {}, .prompt = false});
  ASSERT_OK(passphrase.status());
  {
    const auto root_key = ReadRootKeyFile(daemon.config().root_key_path, *passphrase);
    ASSERT_OK(root_key.status());
    scan.LookFor("root key", *root_key);
  }
  scan.LookFor("passphrase", SecretBytes::CopyOf(passphrase->ExposeSecret().first(32)));
  held.push_back(std::move(*passphrase));
  operations::ServiceContext& context = daemon.service().runtime()->context();
  const operations::Call officer{{model::Role::kOfficer, "invented-officer"}, "request"};
  ASSERT_OK(operations::RotateEnrolmentKey(context, officer, "enrolment-1").status());
  ASSERT_OK_AND_ASSIGN(auto enrolment, operations::LoadLiveEnrolmentKeys(context));
  scan.LookFor("enrolment seed", enrolment.front().record.seed);
  held.push_back(std::move(enrolment.front().record.seed));
  for (std::size_t i = 0; i < personal_data::kKeyPurposes; ++i) {
    const auto purpose = static_cast<KeyPurpose>(i);
    scan.LookFor(std::string(personal_data::KeyPurposeName(purpose)), context.keys.Of(purpose));
  }
  scan.LookFor("store-seal, version 2", *context.keys.store_seal().current().key);
  scan.LookFor("record, version 2", *context.keys.record().current().key);
  const auto tree_root = context.keyring.root();
  ASSERT_OK(tree_root.status());
  scan.LookFor("key tree root", tree_root->key);
  const auto person = context.keyring.AddLeaf();
  ASSERT_OK(person.status());
  scan.LookFor("a person's profile key", person->keys->profile);
  scan.LookFor("a person's records key", person->keys->records);
  scan.LookFor("a person's items identity", person->keys->items_identity);
}

TEST(Seal, NoKeyIsLeftInMemory) {
  Daemon daemon;
  ASSERT_OK(daemon.service().OpenAtStart());
  ASSERT_EQ(daemon.Status(), "");
  ASSERT_EQ(daemon.Rotate("store-seal"), "");
  ASSERT_EQ(daemon.Rotate("record"), "");
  MemoryScan scan;
  std::vector<SecretBytes> held;
  LookForEveryKey(daemon, scan, held);
  if (HasFatalFailure()) return;
  for (const MemoryScan::Found& found : scan.Run()) {
    EXPECT_GE(found.copies, 1) << found.name << " is not found while it is in use";
  }
  EXPECT_GT(scan.scanned_bytes(), std::uint64_t{1} << 20);
  held.clear();

  ASSERT_EQ(daemon.Seal(), "");
  for (const MemoryScan::Found& found : scan.Run()) {
    std::string places;
    for (const std::string& place : found.places) places += " " + place;
    EXPECT_EQ(found.copies, 0) << found.name << " in" << places;
  }
  ASSERT_EQ(daemon.Unseal(), "");
  EXPECT_EQ(daemon.Status(), "");
}

TEST(Seal, EveryCallIsAnsweredSealedUntilItIsOpened) {
  Daemon daemon;
  ASSERT_OK(daemon.service().OpenAtStart());
  EXPECT_EQ(daemon.CustodyStatus().state, "ready");
  EXPECT_EQ(daemon.CustodyStatus().keys.size(), 6u);
  EXPECT_EQ(daemon.CustodyStatus().erasure_claim, "backups-only");
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(daemon.Status(), "");
    EXPECT_EQ(daemon.Seal(), "");
    EXPECT_EQ(daemon.Seal(), "") << "again, without effect";
    EXPECT_EQ(daemon.Status(), "SEALED");
    EXPECT_EQ(daemon.CustodyStatus().state, "sealed");
    EXPECT_TRUE(daemon.CustodyStatus().keys.empty());
    EXPECT_EQ(daemon.health().Get().phase, HealthPhase::kSealed);
    EXPECT_EQ(daemon.Unseal(), "");
    EXPECT_EQ(daemon.health().Get().phase, HealthPhase::kReady);
  }
  EXPECT_EQ(daemon.Status(), "");
}

TEST(Seal, AWrongPassphraseOpensNothingAndTheRightOneDoes) {
  Daemon daemon;
  ASSERT_OK(daemon.service().OpenAtStart());
  ASSERT_EQ(daemon.Seal(), "");
  EXPECT_EQ(daemon.Unseal("not the passphrase"), "PASSPHRASE_WRONG");
  EXPECT_EQ(daemon.Status(), "SEALED");
  std::ifstream file(daemon.config().passphrase_path);
  std::string passphrase;
  std::getline(file, passphrase);
  EXPECT_EQ(daemon.Unseal(passphrase), "");
  EXPECT_EQ(daemon.Status(), "");
}

TEST(Seal, AServiceOfSharesWaitsForItsOfficers) {
  Daemon daemon("2-of-3");
  ASSERT_OK(daemon.service().OpenAtStart());
  EXPECT_EQ(daemon.Status(), "SEALED");
  EXPECT_EQ(daemon.CustodyStatus().custody, "shares");
  EXPECT_EQ(daemon.CustodyStatus().shares_needed, 2);
  const auto share = [&](int number) {
    std::ifstream file(daemon.Path("secret/share-" + std::to_string(number) + ".txt"));
    std::string text;
    std::getline(file, text);
    return text;
  };
  EXPECT_EQ(daemon.Unseal(), "MISSING_FIELD");
  EXPECT_EQ(daemon.Unseal(share(3)), "");
  EXPECT_EQ(daemon.CustodyStatus().shares_given, 1);
  EXPECT_EQ(daemon.Status(), "SEALED");
  EXPECT_EQ(daemon.Unseal(share(3)), "SHARE_REPEATED");
  EXPECT_EQ(daemon.Unseal(share(1).substr(0, 40)), "SHARE_MISTYPED");
  EXPECT_EQ(daemon.Unseal(share(1)), "");
  EXPECT_EQ(daemon.Status(), "");
  EXPECT_EQ(daemon.CustodyStatus().state, "ready");
}

// Callers on connections of their own while an officer seals and unseals: each call is served or
// answered SEALED, and nothing is between.
TEST(Seal, CallsInFlightEndAndLaterOnesAreAnsweredSealed) {
  Daemon daemon;
  ASSERT_OK(daemon.service().OpenAtStart());
  std::atomic<bool> stop{false};
  std::atomic<int> served{0}, sealed{0}, other{0};
  const auto caller = [&] {
    RequestContext context;
    context.principal = {model::Role::kOfficer, "invented-officer"};
    context.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    const auto processor = daemon.service().MakeProcessor(context);
    while (!stop) {
      auto request = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
      auto reply = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
      wire::OfficerServiceClient(
          std::make_shared<apache::thrift::protocol::TMultiplexedProtocol>(request, "officer"))
          .send_status();
      processor->process(request, reply, nullptr);
      try {
        wire::Status answer;
        wire::OfficerServiceClient(reply).recv_status(answer);
        ++served;
      } catch (const wire::ServiceError& error) {
        ++(error.code == "SEALED" ? sealed : other);
      }
    }
  };
  std::thread first(caller), second(caller);
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(daemon.Seal(), "");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(daemon.Unseal(), "");
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_GT(served, 0);
  EXPECT_GT(sealed, 0);
  EXPECT_EQ(other, 0);
}

}  // namespace
}  // namespace noren::server
