// What the server must refuse, on the way to a call: peers without the right certificate, slow
// peers, broken frames. After each refusal an honest client is served, and nothing that was refused
// has reached a handler.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "gen-cpp/Echo.h"
#include "server/transport/refused_peers.h"
#include "tests/server/auth/certificate_reader.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/server/transport/raw_client.h"
#include "tests/server/transport/resident_memory.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using std::chrono::milliseconds;

void ExpectHonestClientIsServed(const EchoServer& server) {
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  std::string answer;
  client->Say(answer, "honest");
  EXPECT_EQ(answer, "honest");
}

// The peer tries the handshake and a call; it must not get an answer and no handler may run.
void ExpectRefused(EchoServer& server, const TlsClientOptions& options, RawOptions raw = {}) {
  const int calls = server.record().calls;
  {
    RawClient client(options, raw);
    if (client.is_open()) {
      client.SendFrame(SayFrame(Codec::kBinary, "refused"));
      EXPECT_TRUE(client.IsClosedByServer());
    }
  }
  EXPECT_EQ(server.record().calls, calls);
  ExpectHonestClientIsServed(server);
}

CertificateSpec ClientSpec(const std::string& uri) {
  CertificateSpec spec;
  spec.common_name = "client";
  spec.uris = {uri};
  return spec;
}

constexpr const char* kPortalUri = "urn:noren:portal:test-portal";

TEST(TlsRefusal, AuthorityThatIsNotOurs) {
  EchoServer server;
  TlsFixture other;
  TlsClientOptions options = server.ClientOptions();
  options.certificate_path = other.Path("portal.crt");
  options.key_path = other.Path("portal.key");
  ExpectRefused(server, options);
}

// As the log prints it.
std::string FingerprintOf(const std::string& certificate_path) {
  return HexEncode(primitives::Sha256(ReadDer(certificate_path)));
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(TlsRefusal, IsCountedEachTimeAndLoggedOnceByTheFingerprintAlone) {
  EchoServer server;
  TlsFixture other;
  TlsClientOptions foreign = server.ClientOptions();
  other.IssueClient("stranger", {model::Role::kPortal, "stranger-portal"});
  foreign.certificate_path = other.Path("stranger.crt");
  foreign.key_path = other.Path("stranger.key");
  CertificateSpec spec = ClientSpec("urn:noren:emperor:x");
  server.tls().Issue("emperor", spec);
  for (int i = 0; i < 5; ++i) {
    ExpectRefused(server, foreign);
    ExpectRefused(server, server.ClientOptions("emperor"));
  }
  EXPECT_EQ(server.Metric("noren_tls_refused_total{reason=\"handshake\"}"), 5u);
  EXPECT_EQ(server.Metric("noren_tls_refused_total{reason=\"identity\"}"), 5u);
  const std::string log = server.ReadLog();
  EXPECT_EQ(CountOf(log, "tls.refused"), 2u) << log;
  EXPECT_EQ(CountOf(log, FingerprintOf(other.Path("stranger.crt"))), 1u) << log;
  EXPECT_EQ(CountOf(log, FingerprintOf(server.tls().Path("emperor.crt"))), 1u) << log;
  EXPECT_EQ(CountOf(log, "emperor"), 0u) << log;
  EXPECT_EQ(CountOf(log, "stranger"), 0u) << log;
}

TEST(RefusedPeers, AreCountedInBoundedRoomAndLoggedInBoundedLines) {
  RefusedPeers peers;
  const RefusedPeers::TimePoint begin{};
  const auto fingerprint = [](int number) {
    return primitives::Sha256(AsBytes(std::to_string(number)));
  };
  std::size_t lines = 0;
  for (int i = 0; i < 3000; ++i) lines += peers.Count(fingerprint(i), begin).is_written;
  EXPECT_EQ(lines, RefusedPeers::kMaxPeers + 1);
  EXPECT_FALSE(peers.Count(fingerprint(0), begin).is_written);
  const auto later = begin + RefusedPeers::kWindow;
  const RefusedPeers::Report again = peers.Count(fingerprint(0), later);
  EXPECT_TRUE(again.is_written);
  EXPECT_EQ(again.before, 1u);
  const RefusedPeers::Report newcomer = peers.Count(fingerprint(2999), later);
  EXPECT_TRUE(newcomer.is_written);
  EXPECT_FALSE(newcomer.is_all_others) << "the window made room";
}

TEST(TlsRefusal, SelfSignedCertificate) {
  EchoServer server;
  const CertificateFiles pair = server.tls().Pair("self");
  ASSERT_OK(CertificateAuthority::Create("test-portal", pair));
  TlsClientOptions options = server.ClientOptions("self");
  ExpectRefused(server, options);
}

TEST(TlsRefusal, NoClientCertificate) {
  EchoServer server;
  TlsClientOptions options = server.ClientOptions();
  options.certificate_path.clear();
  ExpectRefused(server, options);
}

TEST(TlsRefusal, CertificateThatHasExpiredOrIsNotYetValid) {
  EchoServer server;
  CertificateSpec spec = ClientSpec(kPortalUri);
  spec.not_before_offset_seconds = -2 * kSecondsPerDay;
  spec.validity_seconds = kSecondsPerDay;
  server.tls().Issue("expired", spec);
  ExpectRefused(server, server.ClientOptions("expired"));
  spec.not_before_offset_seconds = kSecondsPerDay;
  server.tls().Issue("early", spec);
  ExpectRefused(server, server.ClientOptions("early"));
}

TEST(TlsRefusal, CertificateThatRunsOutDuringTheConnection) {
  EchoServer server;
  CertificateSpec spec = ClientSpec(kPortalUri);
  spec.not_before_offset_seconds = -10;
  spec.validity_seconds = 13;  // three seconds are left
  server.tls().Issue("short", spec);
  RawClient client(server.ClientOptions("short"));
  ASSERT_TRUE(client.SendFrame(SayFrame(Codec::kBinary, "in time")));
  ASSERT_TRUE(client.ReadFrame().has_value());
  std::this_thread::sleep_for(std::chrono::seconds(4));
  client.SendFrame(SayFrame(Codec::kBinary, "late"));
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_EQ(server.record().calls, 1);
}

TEST(TlsRefusal, CertificateForAnotherUse) {
  EchoServer server;
  CertificateSpec spec = ClientSpec(kPortalUri);
  spec.use = KeyUse::kServer;
  server.tls().Issue("server-use", spec);
  ExpectRefused(server, server.ClientOptions("server-use"));
  spec.use = KeyUse::kNone;
  server.tls().Issue("no-use", spec);
  ExpectRefused(server, server.ClientOptions("no-use"));
}

TEST(TlsRefusal, CertificateWithoutExactlyOneNameOfOurs) {
  EchoServer server;
  int number = 0;
  const std::vector<std::vector<std::string>> names = {
      {},
      {kPortalUri, "urn:noren:officer:test-officer"},
      {"https://example.org/"},
      {"urn:noren:person:someone"},
      {"urn:noren:system:core"},
      {"urn:noren:portal:"},
      {"urn:noren:portal:UPPER"},
      {"urn:noren:emperor:x"},
      {std::string("urn:noren:portal:a\0b", 19)}};
  for (const std::vector<std::string>& uris : names) {
    CertificateSpec spec = ClientSpec("");
    spec.uris = uris;
    const std::string name = "names" + std::to_string(number++);
    server.tls().Issue(name, spec);
    ExpectRefused(server, server.ClientOptions(name));
  }
  EXPECT_GE(server.Metric("noren_tls_refused_total{reason=\"identity\"}"), names.size());
}

TEST(TlsRefusal, RevokedCertificate) {
  TlsFixture* tls = nullptr;
  EchoServer server([](ServerOptions& options) {
    const std::string directory = options.tls.ca_path.substr(0, options.tls.ca_path.rfind('/'));
    auto authority = CertificateAuthority::Load({options.tls.ca_path, directory + "/ca.key"});
    ASSERT_OK(authority);
    const std::string revoked[] = {directory + "/company.crt"};
    options.tls.crl_path = directory + "/crl.pem";
    ASSERT_OK((*authority)->WriteRevocationList(revoked, kSecondsPerDay, options.tls.crl_path));
  });
  tls = &server.tls();
  ASSERT_NE(tls, nullptr);
  ExpectRefused(server, server.ClientOptions("company"));
}

TEST(TlsRefusal, ClientOfTls12) {
  EchoServer server;
  RawOptions raw;
  raw.tls_version_max = TLS1_2_VERSION;
  RawClient client(server.ClientOptions(), raw);
  EXPECT_FALSE(client.is_open());
  EXPECT_EQ(server.record().calls, 0);
  ExpectHonestClientIsServed(server);
}

// A plaintext peer gets at most a TLS alert (7 bytes), never its own bytes back.
TEST(TlsRefusal, PlaintextPeers) {
  EchoServer server;
  Bytes framed = SayFrame(Codec::kBinary, "plain");
  framed.insert(framed.begin(), {0, 0, 0, static_cast<std::uint8_t>(framed.size())});
  const std::string_view texts[] = {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "{\"a\":1}",
                                    "\x78\x9c\x03\x04\x05\x06", AsText(framed)};
  for (const std::string_view text : texts) {
    const int socket = ConnectPlain(server.port());
    ASSERT_GE(socket, 0);
    ASSERT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    ::shutdown(socket, SHUT_WR);
    char answer[256];
    ssize_t total = 0;
    ssize_t got = 0;
    while ((got = ::recv(socket, answer, sizeof answer, 0)) > 0) total += got;
    EXPECT_LE(total, 7);
    ::close(socket);
  }
  EXPECT_EQ(server.record().calls, 0);
  ExpectHonestClientIsServed(server);
}

TEST(SlowPeers, HandshakeThatDoesNotProceedIsCut) {
  EchoServer server(
      [](ServerOptions& options) { options.deadlines.handshake = milliseconds(300); });
  const int silent = ConnectPlain(server.port());
  char byte = 0;
  errno = 0;  // an end leaves it alone, the socket's own time limit does not
  EXPECT_LE(::recv(silent, &byte, 1, 0), 0);
  EXPECT_NE(errno, EAGAIN);
  ::close(silent);
  EXPECT_GE(server.Metric("noren_timeouts_total{phase=\"handshake\"}"), 1U);
  ExpectHonestClientIsServed(server);
}

// Goal: bytes that drip cannot hold a connection: the deadline is for the whole frame.
TEST(SlowPeers, FrameThatDripsIsCutAtTheRequestDeadline) {
  EchoServer server([](ServerOptions& options) {
    options.deadlines.request = milliseconds(600);
    options.worker_threads = 1;
  });
  std::vector<std::unique_ptr<RawClient>> drips;
  for (int i = 0; i < 8; ++i) drips.push_back(std::make_unique<RawClient>(server.ClientOptions()));
  const Bytes frame = {0, 0,   0,   100, 0x80, 1, 0, 1, 0,  0, 0,
                       3, 'S', 'a', 'y', 0,    0, 0, 1, 11, 0, 1};
  for (const std::uint8_t& byte : frame) {
    for (const auto& client : drips) client->Send({&byte, 1});
    ExpectHonestClientIsServed(server);
    if (server.Metric("noren_timeouts_total{phase=\"request\"}") == drips.size()) break;
    std::this_thread::sleep_for(milliseconds(100));
  }
  for (const auto& client : drips) EXPECT_TRUE(client->IsClosedByServer());
  EXPECT_EQ(server.Metric("noren_timeouts_total{phase=\"request\"}"), drips.size());
}

TEST(SlowPeers, IdleConnectionIsClosed) {
  EchoServer server([](ServerOptions& options) { options.deadlines.idle = milliseconds(300); });
  RawClient client(server.ClientOptions());
  ASSERT_TRUE(client.SendFrame(SayFrame(Codec::kBinary, "x")));
  ASSERT_TRUE(client.ReadFrame().has_value());
  EXPECT_TRUE(client.IsClosedByServer());
}

TEST(SlowPeers, ReplyThatIsNeverReadIsCutAtTheWriteDeadline) {
  EchoServer server([](ServerOptions& options) {
    options.deadlines.write = milliseconds(400);
    options.message.reply_size_bytes_max = 32U << 20;  // beyond what the kernel's buffers take
  });
  RawClient client(server.ClientOptions());
  echo::Echo_Make_args args;
  args.size_bytes = 30'000'000;
  ASSERT_TRUE(client.SendFrame(EncodeCall(Codec::kBinary, "Make", args)));
  EXPECT_TRUE(
      Eventually([&] { return server.Metric("noren_timeouts_total{phase=\"write\"}") == 1; }));
  ExpectHonestClientIsServed(server);
}

// Each broken frame ends its own connection with one event; another connection lives through all of
// them.
TEST(BrokenFrames, EndTheirConnectionAndNoOther) {
  EchoServer server;
  const auto bystander = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(bystander);
  std::vector<Bytes> streams;
  for (const std::uint32_t size : {0U, 0x7fffffffU, 0xffffffffU, 0x80000000U, (1U << 20) + 1}) {
    Bytes stream;
    for (int shift = 24; shift >= 0; shift -= 8)
      stream.push_back(static_cast<std::uint8_t>(size >> shift));
    streams.push_back(stream);
  }
  for (const std::string_view text :
       {"GET / HTTP/1.1\r\n\r\n", "{\"json\":true}", "\x78\x9c\x4b\x4c\x4a"}) {
    streams.push_back(ToBytes(text));
    Bytes framed = {0, 0, 0, static_cast<std::uint8_t>(text.size())};
    framed.insert(framed.end(), text.begin(), text.end());
    streams.push_back(framed);
  }
  std::size_t refused = 0;
  const std::size_t before = ResidentBytes();
  for (const Bytes& stream : streams) {
    RawClient client(server.ClientOptions());
    ASSERT_TRUE(client.Send(stream));
    EXPECT_TRUE(client.IsClosedByServer()) << "stream " << refused;
    ++refused;
    std::string answer;
    bystander->Say(answer, "unharmed");
    EXPECT_EQ(answer, "unharmed");
  }
  ExpectGrowthAtMost((1U << 20), before);
  EXPECT_EQ(server.record().calls, static_cast<int>(refused));  // the bystander's only
  const std::string log = server.ReadLog();
  std::size_t events = 0;
  for (std::size_t at = 0; (at = log.find("frame.refused", at)) != std::string::npos; ++at)
    ++events;
  EXPECT_EQ(events, refused);
}

TEST(BrokenFrames, ArgumentsOfOtherTypesGetAnAnswerOrAreIgnored) {
  EchoServer server;
  RawClient client(server.ClientOptions());
  // Say() with a number where its text should be: Thrift skips it and calls with an empty text.
  const Bytes frame = Encode(Codec::kBinary, [](apache::thrift::protocol::TProtocol& out) {
    out.writeMessageBegin("Say", apache::thrift::protocol::T_CALL, 9);
    out.writeFieldBegin("text", apache::thrift::protocol::T_I64, 1);
    out.writeI64(5);
    out.writeFieldStop();
  });
  ASSERT_TRUE(client.SendFrame(frame));
  ASSERT_TRUE(client.ReadFrame().has_value());
  ASSERT_TRUE(client.SendFrame(SayFrame(Codec::kBinary, "fine")));
  const std::optional<Bytes> answer = client.ReadFrame();
  ASSERT_TRUE(answer.has_value());
  EXPECT_THAT(std::string(AsText(*answer)), ::testing::HasSubstr("fine"));
}

// Goal: a declared size costs nothing before its bytes arrive. Method: 200 authenticated
// connections declare 1 MiB each and send one byte.
TEST(Memory, FollowsBytesThatArriveNotSizesThatAreDeclared) {
  EchoServer server;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 200; ++i)
    clients.push_back(std::make_unique<RawClient>(server.ClientOptions()));
  const std::size_t before = ResidentBytes();
  const Bytes stream = {0, 0x10, 0, 0, 0x80};
  for (const auto& client : clients) ASSERT_TRUE(client->Send(stream));
  ASSERT_TRUE(Eventually([&] { return server.Metric("noren_bytes_in_flight") == 200U << 20; }));
  ExpectGrowthAtMost((8U << 20), before);
}

TEST(Memory, AnUnauthenticatedConnectionCostsAtMost64KiB) {
  EchoServer server([](ServerOptions& options) { options.limits.handshakes_max = 1000; });
  ExpectHonestClientIsServed(server);
  const std::size_t before = ResidentBytes();
  std::vector<int> sockets;
  const std::string_view half_hello("\x16\x03\x01\x3f\xff\x01",
                                    6);  // a ClientHello of 16 KiB announced
  const Bytes padding(8192, 0);
  for (int i = 0; i < 400; ++i) {
    sockets.push_back(ConnectPlain(server.port()));
    ASSERT_GE(sockets.back(), 0);
    ::send(sockets.back(), half_hello.data(), half_hello.size(), MSG_NOSIGNAL);
    ::send(sockets.back(), padding.data(), padding.size(), MSG_NOSIGNAL);
  }
  ASSERT_TRUE(Eventually([&] { return server.Metric("noren_connections_accepted_total") == 401; }));
  ExpectGrowthAtMost(400 * (64U << 10), before);
  ExpectHonestClientIsServed(server);
  for (const int socket : sockets) ::close(socket);
}

}  // namespace
}  // namespace noren::server
