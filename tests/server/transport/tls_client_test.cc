// SPDX-License-Identifier: Apache-2.0
#include "server/transport/tls_client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thrift/transport/TTransportException.h>
#include <unistd.h>

#include "gen-cpp/Echo.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/server/transport/raw_client.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using apache::thrift::transport::TTransportException;

CertificateSpec ServerSpec() {
  CertificateSpec spec;
  spec.common_name = "localhost";
  spec.dns_names = {"evil.example"};
  spec.use = KeyUse::kServer;
  return spec;
}

// A server whose certificate is issued by its fixture's authority after `spec`.
std::unique_ptr<EchoServer> ServerWith(const CertificateSpec& spec) {
  return std::make_unique<EchoServer>([&](ServerOptions& options) {
    const std::string directory = options.tls.ca_path.substr(0, options.tls.ca_path.rfind('/'));
    auto authority = CertificateAuthority::Load({options.tls.ca_path, directory + "/ca.key"});
    ASSERT_OK(authority);
    options.tls.certificate_path = directory + "/other.crt";
    options.tls.key_path = directory + "/other.key";
    ASSERT_OK((*authority)->Issue(spec, {options.tls.certificate_path, options.tls.key_path}));
  });
}

TEST(TlsClient, RefusesAServerWhoseAlternativeNameIsAnother) {
  // The common name fits and must not count: a stock 0.17 client accepts this server.
  const auto server = ServerWith(ServerSpec());
  EXPECT_THAT(ConnectTls(server->ClientOptions()), StatusIs(StatusCode::kUnauthenticated));
  TlsClientOptions options = server->ClientOptions();
  options.server_name = "127.0.0.1";
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kUnauthenticated));
  options.server_name = "evil.example";
  EXPECT_OK(ConnectTls(options));
}

TEST(TlsClient, RefusesAServerWithACommonNameOnly) {
  CertificateSpec spec = ServerSpec();
  spec.dns_names.clear();
  const auto server = ServerWith(spec);
  EXPECT_THAT(ConnectTls(server->ClientOptions()), StatusIs(StatusCode::kUnauthenticated));
}

TEST(TlsClient, RefusesAServerWithAClientsCertificate) {
  CertificateSpec spec = ServerSpec();
  spec.dns_names = {"localhost"};
  spec.use = KeyUse::kClient;
  const auto server = ServerWith(spec);
  EXPECT_THAT(ConnectTls(server->ClientOptions()), StatusIs(StatusCode::kUnauthenticated));
}

TEST(TlsClient, RefusesAServerOfAnotherAuthority) {
  EchoServer server;
  TlsFixture other;
  TlsClientOptions options = server.ClientOptions();
  options.ca_path = other.Path("ca.crt");
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kUnauthenticated));
}

TEST(TlsClient, ChecksAddressesAgainstAddressNames) {
  EchoServer server;
  TlsClientOptions options = server.ClientOptions();
  options.server_name = "127.0.0.1";
  EXPECT_OK(ConnectTls(options));
  options.server_name = "127.0.0.2";
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kUnauthenticated));
}

TEST(TlsClient, NamesFilesThatCannotBeUsed) {
  EchoServer server;
  for (std::string TlsClientOptions::* path :
       {&TlsClientOptions::ca_path, &TlsClientOptions::certificate_path,
        &TlsClientOptions::key_path}) {
    TlsClientOptions options = server.ClientOptions();
    options.*path = server.tls().Path("missing");
    EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kFailedPrecondition));
  }
  TlsClientOptions options = server.ClientOptions();
  options.key_path = server.tls().Path("company.key");
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(TlsClient, IsUnavailableWhenNobodyListensOrNobodyAnswers) {
  TlsFixture tls;
  TlsClientOptions options;
  options.host = "127.0.0.1";
  options.ca_path = tls.Path("ca.crt");
  options.certificate_path = tls.Path("portal.crt");
  options.key_path = tls.Path("portal.key");
  options.connect_deadline = std::chrono::milliseconds(300);
  options.port = 1;  // privileged and unused
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kUnavailable));
  // A socket that listens and never accepts: the kernel connects, nobody shakes hands.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  options.port = ntohs(address.sin_port);
  EXPECT_THAT(ConnectTls(options), StatusIs(StatusCode::kUnavailable));
  ::close(listener);
}

TEST(TlsClient, ThrowsTimedOutAtTheRequestDeadlineAndIsClosed) {
  EchoServer server;
  TlsClientOptions options = server.ClientOptions();
  options.request_deadline = std::chrono::milliseconds(200);
  const auto client = ConnectEcho(options);
  ASSERT_TRUE(client);
  try {
    client->Sleep(5000);
    FAIL() << "answered";
  } catch (const TTransportException& exception) {
    EXPECT_EQ(exception.getType(), TTransportException::TIMED_OUT);
  }
  EXPECT_FALSE(client->getInputProtocol()->getTransport()->isOpen());
}

TEST(TlsClient, RefusesAnAnswerAboveItsLimit) {
  EchoServer server;
  TlsClientOptions options = server.ClientOptions();
  options.reply_size_bytes_max = 1000;
  const auto client = ConnectEcho(options);
  ASSERT_TRUE(client);
  std::string made;
  try {
    client->Make(made, 2000);
    FAIL() << "answered";
  } catch (const TTransportException& exception) {
    EXPECT_EQ(exception.getType(), TTransportException::CORRUPTED_DATA);
  }
}

}  // namespace
}  // namespace noren::server
