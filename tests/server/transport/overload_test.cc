// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thrift/TApplicationException.h>
#include <unistd.h>

#include <thread>

#include "gen-cpp/Echo.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/server/transport/raw_client.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using apache::thrift::TApplicationException;

constexpr const char* kOverloaded = "OVERLOADED retry_after_ms=250";

// What the call is refused with; empty when it is answered.
std::string RefusalOf(echo::EchoClient& client, const std::string& text) {
  try {
    std::string answer;
    client.Say(answer, text);
    EXPECT_EQ(answer, text);
    return "";
  } catch (const TApplicationException& exception) {
    return exception.what();
  }
}

TEST(Overload, CallsBeyondTheLimitAreRefusedAtOnceAndTheConnectionStaysUsable) {
  EchoServer server([](ServerOptions& options) { options.limits.requests_in_flight_max = 2; });
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {
      const auto client = ConnectEcho(server.ClientOptions());
      EXPECT_TRUE(client && client->Sleep(1500));
    });
  }
  ASSERT_TRUE(Eventually([&] { return server.record().calls == 2; }));
  for (const Codec codec : {Codec::kBinary, Codec::kCompact}) {
    const auto client = ConnectEcho(server.ClientOptions(), codec);
    ASSERT_TRUE(client);
    EXPECT_EQ(RefusalOf(*client, "now"), kOverloaded);
    EXPECT_EQ(RefusalOf(*client, "again"), kOverloaded);
  }
  EXPECT_EQ(server.record().calls, 2);
  for (std::thread& caller : callers) caller.join();
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  EXPECT_EQ(RefusalOf(*client, "later"), "");
}

// Goal: beyond the budget of bytes a call is read to its end without being kept, refused, and the
// next one served.
TEST(Overload, FramesBeyondTheByteBudgetAreDrainedAndRefused) {
  EchoServer server([](ServerOptions& options) { options.limits.bytes_in_flight_max = 1'500'000; });
  RawClient holder(server.ClientOptions());
  ASSERT_TRUE(holder.Send(Bytes{0, 0x0f, 0x42, 0x40, 0x80}));  // declares 1,000,000 bytes
  ASSERT_TRUE(Eventually([&] { return server.Metric("noren_bytes_in_flight") == 1'000'000; }));
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  EXPECT_EQ(RefusalOf(*client, std::string(900'000, 'x')), kOverloaded);
  EXPECT_EQ(RefusalOf(*client, "small"), "");
  EXPECT_EQ(server.record().calls, 1);
}

TEST(Overload, ConnectionsBeyondTheLimitAreToldSoAndThenClosed) {
  EchoServer server([](ServerOptions& options) { options.limits.connections_max = 8; });
  std::vector<std::unique_ptr<echo::EchoClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(ConnectEcho(server.ClientOptions()));
    ASSERT_TRUE(clients.back());
    EXPECT_EQ(RefusalOf(*clients.back(), "in"), "");
  }
  RawClient ninth(server.ClientOptions());
  ASSERT_TRUE(ninth.SendFrame(SayFrame(Codec::kBinary, "out")));
  const std::optional<Bytes> answer = ninth.ReadFrame();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(std::string(AsText(*answer)), ::testing::HasSubstr(kOverloaded));
  EXPECT_TRUE(ninth.IsClosedByServer());
  EXPECT_EQ(server.record().calls, 8);
  clients.pop_back();
  EXPECT_TRUE(Eventually([&] { return server.Metric("noren_connections") <= 7; }));
  const auto next = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(next);
  EXPECT_EQ(RefusalOf(*next, "in again"), "");
}

// Whoever opens handshakes and leaves them cannot keep an honest client out.
TEST(Overload, UnfinishedHandshakesGiveWayToNewcomers) {
  EchoServer server([](ServerOptions& options) { options.limits.handshakes_max = 16; });
  std::vector<int> sockets;
  for (int i = 0; i < 64; ++i) sockets.push_back(ConnectPlain(server.port()));
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  EXPECT_EQ(RefusalOf(*client, "x"), "");
  EXPECT_GE(server.Metric("noren_tls_refused_total{reason=\"too-many-handshakes\"}"), 48U);
  for (const int socket : sockets) ::close(socket);
}

// Goal: without file descriptors accepting pauses, nothing crashes, and service resumes by itself.
TEST(Overload, AcceptPausesWhenTheProcessHasNoDescriptorLeft) {
  EchoServer server;
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  // Once before: a sanitizer's check of a type opens a pipe the first time it sees the type.
  ASSERT_EQ(RefusalOf(*client, "served"), "");
  const int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old_limit), 0);
  const rlimit tight{static_cast<rlim_t>(waiting) + 1,
                     old_limit.rlim_max};  // every lower number is taken
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  std::vector<int> fillers;
  for (int fd = ::dup(waiting); fd >= 0; fd = ::dup(waiting)) fillers.push_back(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(waiting, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(RefusalOf(*client, "still served"), "");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old_limit), 0);
  for (const int fd : fillers) ::close(fd);
  EXPECT_TRUE(Eventually([&] { return server.Metric("noren_connections_accepted_total") == 2; }));
  ::close(waiting);
  EXPECT_THAT(server.ReadLog(), ::testing::HasSubstr("accept.paused"));
  const auto after = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(after);
  EXPECT_EQ(RefusalOf(*after, "x"), "");
}

}  // namespace
}  // namespace noren::server
