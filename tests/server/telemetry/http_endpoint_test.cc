// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/http_endpoint.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

int Connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return socket;
}

// Sends the text and reads until the server closes.
std::string Exchange(std::uint16_t port, const std::string& text) {
  const int socket = Connect(port);
  ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  std::string answer;
  char piece[4096];
  for (ssize_t got = 0; (got = ::recv(socket, piece, sizeof piece, 0)) > 0;) {
    answer.append(piece, static_cast<std::size_t>(got));
  }
  ::close(socket);
  return answer;
}

std::string Get(std::uint16_t port, const std::string& target) {
  return Exchange(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

struct Running {
  HealthState health;
  MetricsRegistry metrics;
  std::unique_ptr<HttpEndpoint> endpoint = *HttpEndpoint::Start("127.0.0.1", 0, health, metrics);
};

TEST(HttpEndpoint, TellsWhetherTheServiceIsReadyAndWhyNot) {
  Running running;
  const std::uint16_t port = running.endpoint->port();
  EXPECT_THAT(Get(port, "/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Get(port, "/readyz"), StartsWith("HTTP/1.1 503"));
  running.health.Set(HealthPhase::kReady);
  EXPECT_THAT(Get(port, "/readyz"), StartsWith("HTTP/1.1 200"));
  running.health.Set(HealthPhase::kSealed, "anchor");
  const std::string sealed = Get(port, "/readyz");
  EXPECT_THAT(sealed, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(sealed, HasSubstr("{\"phase\":\"sealed\",\"reason\":\"anchor\"}"));
  EXPECT_THAT(Get(port, "/livez"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpEndpoint, ServesMetricsWithTheirContentType) {
  Running running;
  running.metrics.AddCounter({"calls", "Calls."}).Single().Increment(42);
  const std::string answer = Get(running.endpoint->port(), "/metrics");
  EXPECT_THAT(answer, HasSubstr("application/openmetrics-text; version=1.0.0; charset=utf-8"));
  EXPECT_THAT(answer, HasSubstr("calls_total 42\n"));
  EXPECT_THAT(answer, HasSubstr("# EOF\n"));
}

TEST(HttpEndpoint, AnswersHeadWithoutABody) {
  Running running;
  const std::string answer =
      Exchange(running.endpoint->port(), "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, ::testing::EndsWith("\r\n\r\n"));
}

TEST(HttpEndpoint, SetsNoCookieAndAnswersAlikeWithAndWithoutOne) {
  Running running;
  running.health.Set(HealthPhase::kReady);
  const std::uint16_t port = running.endpoint->port();
  for (const std::string target : {"/livez", "/readyz", "/metrics", "/nothing"}) {
    const std::string without = Get(port, target);
    EXPECT_EQ(Exchange(port, "GET " + target +
                                 " HTTP/1.1\r\nHost: localhost\r\nCookie: session=1\r\n\r\n"),
              without);
    EXPECT_THAT(without, ::testing::Not(::testing::HasSubstr("ookie")));
  }
}

TEST(HttpEndpoint, RefusesOtherMethodsPathsAndNoise) {
  Running running;
  const std::uint16_t port = running.endpoint->port();
  EXPECT_THAT(Exchange(port, "DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
              StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(Get(port, "/metrics/../../etc/passwd"), StartsWith("HTTP/1.1 404"));
  EXPECT_EQ(Exchange(port, "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(Exchange(port, "\x16\x03\x01 not http\r\n\r\n"), "");
  EXPECT_EQ(Exchange(port, "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"), "");
  EXPECT_THAT(Get(port, "/livez"), StartsWith("HTTP/1.1 200"));
}

// Whoever holds connections open does so for five seconds at most, and 32 of them.
TEST(HttpEndpoint, IsNotHeldUpBySilentConnections) {
  Running running;
  std::vector<int> sockets;
  for (int i = 0; i < 20; ++i) sockets.push_back(Connect(running.endpoint->port()));
  EXPECT_THAT(Get(running.endpoint->port(), "/livez"), StartsWith("HTTP/1.1 200"));
  char byte = 0;
  EXPECT_EQ(::recv(sockets[0], &byte, 1, 0), 0);  // cut by the server
  for (const int socket : sockets) ::close(socket);
}

TEST(HttpEndpoint, ListensOnLoopbackOnly) {
  HealthState health;
  MetricsRegistry metrics;
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1", "localhost", ""}) {
    EXPECT_THAT(HttpEndpoint::Start(address, 0, health, metrics),
                StatusIs(StatusCode::kInvalidArgument))
        << address;
  }
  Running running;
  EXPECT_THAT(HttpEndpoint::Start("127.0.0.1", running.endpoint->port(), health, metrics),
              StatusIs(StatusCode::kUnavailable));
}

}  // namespace
}  // namespace noren::server
