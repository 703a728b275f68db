// SPDX-License-Identifier: Apache-2.0
#include "server/transport/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thrift/TApplicationException.h>
#include <thrift/transport/TTransportException.h>

#include <fstream>
#include <thread>

#include "crypto/base/encoding.h"
#include "gen-cpp/Echo.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/server/transport/raw_client.h"
#include "tests/server/transport/resident_memory.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using apache::thrift::TApplicationException;
using apache::thrift::transport::TTransportException;
using std::chrono::milliseconds;

std::string Say(echo::EchoClient& client, const std::string& text) {
  std::string answer;
  client.Say(answer, text);
  return answer;
}

std::string WhoAmI(echo::EchoClient& client) {
  std::string answer;
  client.WhoAmI(answer);
  return answer;
}

TApplicationException::TApplicationExceptionType ExceptionOf(const std::function<void()>& call,
                                                             std::string& message) {
  try {
    call();
  } catch (const TApplicationException& exception) {
    message = exception.what();
    return exception.getType();
  }
  ADD_FAILURE() << "no TApplicationException";
  return TApplicationException::UNKNOWN;
}

TEST(ServerCalls, AnswersBinaryAndCompactAndKnowsTheCaller) {
  EchoServer server;
  for (const Codec codec : {Codec::kBinary, Codec::kCompact}) {
    const auto portal = ConnectEcho(server.ClientOptions("portal"), codec);
    const auto company = ConnectEcho(server.ClientOptions("company"), codec);
    ASSERT_TRUE(portal && company);
    EXPECT_EQ(Say(*portal, "hello"), "hello");
    EXPECT_EQ(WhoAmI(*portal), "portal:test-portal");
    EXPECT_EQ(WhoAmI(*company), "company:test-company");
    EXPECT_EQ(Say(*portal, std::string(900'000, 'z')).size(), 900'000U);
  }
  EXPECT_EQ(server.record().processors, 4);
}

// The example of docs/formats/wire.md, byte by byte, without Thrift on the client's side.
TEST(ServerCalls, SpeakTheDocumentedBytes) {
  std::ifstream golden(SourceFolder() + "/tests/golden/wire_call.hex");
  std::string request;
  std::string reply;
  ASSERT_TRUE(golden >> request >> reply);
  EchoServer server;
  RawClient client(server.ClientOptions());
  ASSERT_OK_AND_ASSIGN(const Bytes sent, HexDecode(request));
  ASSERT_TRUE(client.Send(sent));
  const std::optional<Bytes> answer = client.ReadFrame();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(HexEncode(*answer), reply.substr(8));
  EXPECT_EQ(reply.substr(0, 8), "00000019");
}

TEST(ServerCalls, AnswerAnUnknownMethodAndStayUsable) {
  EchoServer server;
  RawClient client(server.ClientOptions());
  for (const Codec codec : {Codec::kBinary, Codec::kCompact}) {
    ASSERT_TRUE(client.SendFrame(EncodeCall(codec, "NoSuchMethod", echo::Echo_WhoAmI_args())));
    ASSERT_TRUE(client.ReadFrame().has_value());
    ASSERT_TRUE(client.SendFrame(SayFrame(codec, "still here")));
    const std::optional<Bytes> answer = client.ReadFrame();
    ASSERT_TRUE(answer.has_value());
    EXPECT_THAT(std::string(AsText(*answer)), ::testing::HasSubstr("still here"));
  }
  EXPECT_EQ(server.record().calls, 2);
  EXPECT_EQ(server.Metric("noren_requests_total{outcome=\"unknown_method\"}"), 2U);
}

TEST(ServerCalls, ReplaceWhatAHandlerThrowsByAFixedSentence) {
  EchoServer server;
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  std::string message;
  EXPECT_EQ(ExceptionOf([&] { client->Fail("canary-7351"); }, message),
            TApplicationException::INTERNAL_ERROR);
  EXPECT_EQ(message, "INTERNAL");
  EXPECT_EQ(Say(*client, "after"), "after");
}

TEST(ServerCalls, RefuseAReplyAboveItsLimitAndStayUsable) {
  EchoServer server([](ServerOptions& options) { options.message.reply_size_bytes_max = 100'000; });
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  std::string made;
  client->Make(made, 90'000);
  EXPECT_EQ(made.size(), 90'000U);
  std::string message;
  EXPECT_EQ(ExceptionOf([&] { client->Make(made, 200'000); }, message),
            TApplicationException::INTERNAL_ERROR);
  EXPECT_EQ(message, "TOO_LARGE");
  EXPECT_EQ(Say(*client, "after"), "after");
}

// Goal: pipelined frames are answered in the order in which they were sent, and none is lost.
TEST(ServerCalls, AnswerPipelinedFramesInOrder) {
  EchoServer server;
  RawClient client(server.ClientOptions());
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(client.SendFrame(SayFrame(Codec::kCompact, "n" + std::to_string(i) + "!")));
  for (int i = 0; i < 200; ++i) {
    const std::optional<Bytes> answer = client.ReadFrame();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_THAT(std::string(AsText(*answer)), ::testing::HasSubstr("n" + std::to_string(i) + "!"));
  }
}

TEST(ServerCalls, OnewayCallsHaveNoReply) {
  EchoServer server;
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  for (int i = 0; i < 10; ++i) client->Note("x");
  EXPECT_EQ(Say(*client, "next"), "next");
  EXPECT_EQ(server.record().calls, 11);
}

// Goal: a connection has no end in calls or bytes (a stock server's dies after 100 MiB), and holds
// nothing back. Method: 100,000 calls, then 300 MiB through one connection; memory may grow by 8
// MiB at most.
TEST(ServerCalls, OneConnectionCarriesAHundredThousandCallsAndHundredsOfMegabytes) {
  EchoServer server;
  const auto client = ConnectEcho(server.ClientOptions(), Codec::kCompact);
  ASSERT_TRUE(client);
  const int calls_count = kMeasuresMemory ? 100'000 : 20'000;
  std::string answer;
  for (int i = 0; i < 100; ++i) client->Say(answer, std::string(1'000'000, 'y'));
  const std::size_t before = ResidentBytes();
  for (int i = 0; i < calls_count; ++i) {
    client->Say(answer, "abc");
    ASSERT_EQ(answer, "abc");
  }
  for (int i = 0; i < 200; ++i) {
    client->Say(answer, std::string(1'000'000, 'y'));
    ASSERT_EQ(answer.size(), 1'000'000U);
  }
  ExpectGrowthAtMost((8U << 20), before);
  EXPECT_EQ(server.record().calls, calls_count + 300);
}

TEST(ServerCalls, ManyClientsAtOnceGetTheirOwnAnswers) {
  EchoServer server([](ServerOptions& options) { options.network_threads = 2; });
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      const auto client = ConnectEcho(server.ClientOptions(t % 2 == 0 ? "portal" : "company"),
                                      t % 3 == 0 ? Codec::kBinary : Codec::kCompact);
      if (!client) {
        ++wrong;
        return;
      }
      for (int i = 0; i < 200; ++i) {
        const std::string text = std::to_string(t) + ":" + std::to_string(i);
        if (Say(*client, text) != text) ++wrong;
      }
      if (WhoAmI(*client) != (t % 2 == 0 ? "portal:test-portal" : "company:test-company")) ++wrong;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(ServerCalls, ACallIsCancelledWhenItsCallerGoesAway) {
  EchoServer server;
  {
    RawClient client(server.ClientOptions());
    echo::Echo_Sleep_args args;
    args.milliseconds = 8000;
    ASSERT_TRUE(client.SendFrame(EncodeCall(Codec::kBinary, "Sleep", args)));
    ASSERT_TRUE(Eventually([&] { return server.record().calls == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return server.record().cancelled == 1; }));
}

TEST(ServerCalls, ACallIsToldItsDeadlineAndItsAnswerIsStillDelivered) {
  EchoServer server([](ServerOptions& options) { options.deadlines.request = milliseconds(200); });
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  EXPECT_FALSE(client->Sleep(8000));  // the handler gave up when told
  EXPECT_EQ(server.record().cancelled, 1);
  EXPECT_EQ(Say(*client, "after"), "after");
}

TEST(ServerStop, LetsACallInFlightEndAndAnswersIt) {
  EchoServer server;
  const auto client = ConnectEcho(server.ClientOptions());
  const auto idle = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client && idle);
  bool slept = false;
  std::thread caller([&] { slept = client->Sleep(500); });
  ASSERT_TRUE(Eventually([&] { return server.record().calls == 1; }));
  EXPECT_TRUE(server.server().Stop());
  caller.join();
  EXPECT_TRUE(slept);
  EXPECT_THROW(Say(*idle, "x"), TTransportException);
  EXPECT_EQ(ConnectPlain(server.port()), -1);
  EXPECT_TRUE(server.server().Stop());  // again: the same answer
}

TEST(ServerStop, CutsCallsOffAtTheDrainDeadline) {
  EchoServer server([](ServerOptions& options) { options.deadlines.drain = milliseconds(100); });
  RawClient client(server.ClientOptions());
  echo::Echo_Sleep_args args;
  args.milliseconds = 8000;
  ASSERT_TRUE(client.SendFrame(EncodeCall(Codec::kBinary, "Sleep", args)));
  ASSERT_TRUE(Eventually([&] { return server.record().calls == 1; }));
  EXPECT_FALSE(server.server().Stop());
  EXPECT_TRUE(client.IsClosedByServer());
  EXPECT_TRUE(Eventually([&] { return server.record().cancelled == 1; }));
}

TEST(ServerReload, SwitchesCertificatesWithoutAFailedCall) {
  EchoServer server;
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::thread caller([&] {
    const auto old_client = ConnectEcho(server.ClientOptions());
    while (!done) {
      try {
        if (!old_client || Say(*old_client, "x") != "x") ++failed;
        const auto fresh = ConnectEcho(server.ClientOptions());
        if (!fresh || Say(*fresh, "y") != "y") ++failed;
      } catch (const std::exception&) {
        ++failed;
      }
    }
  });
  for (int i = 0; i < 5; ++i) {
    const CertificateFiles fresh = server.tls().Pair("fresh" + std::to_string(i));
    ASSERT_OK(server.tls().authority().IssueServer({"localhost"}, {}, fresh));
    std::filesystem::rename(fresh.key_path, server.tls().Path("server.key"));
    std::filesystem::rename(fresh.certificate_path, server.tls().Path("server.crt"));
    EXPECT_OK(server.server().ReloadCertificates());
  }
  done = true;
  caller.join();
  EXPECT_EQ(failed, 0);
}

TEST(ServerReload, KeepsTheOldCertificatesWhenTheNewOnesAreBad) {
  EchoServer server;
  const std::string certificate = server.tls().Path("server.crt");
  const Bytes good = ReadWholeFile(certificate);
  WriteWholeFile(certificate, AsBytes("not a certificate"));
  EXPECT_THAT(server.server().ReloadCertificates(), StatusIs(StatusCode::kFailedPrecondition));
  // A valid certificate whose key is another's.
  WriteWholeFile(certificate, ReadWholeFile(server.tls().Path("portal.crt")));
  EXPECT_THAT(server.server().ReloadCertificates(), StatusIs(StatusCode::kFailedPrecondition));
  const auto client = ConnectEcho(server.ClientOptions());
  ASSERT_TRUE(client);
  EXPECT_EQ(Say(*client, "x"), "x");
  WriteWholeFile(certificate, good);
  EXPECT_OK(server.server().ReloadCertificates());
}

TEST(ServerReload, ClosesLiveConnectionsOfARevokedCertificateAndNoOthers) {
  TlsFixture* tls = nullptr;
  EchoServer server([](ServerOptions& options) {
    options.tls.crl_path =
        options.tls.ca_path.substr(0, options.tls.ca_path.rfind('/')) + "/crl.pem";
    // At the start the list is there and empty.
    auto authority = CertificateAuthority::Load(
        {options.tls.ca_path,
         options.tls.ca_path.substr(0, options.tls.ca_path.rfind('.')) + ".key"});
    ASSERT_OK(authority);
    ASSERT_OK((*authority)->WriteRevocationList({}, kSecondsPerDay, options.tls.crl_path));
  });
  tls = &server.tls();
  const auto portal = ConnectEcho(server.ClientOptions("portal"));
  const auto company = ConnectEcho(server.ClientOptions("company"));
  ASSERT_TRUE(portal && company);
  EXPECT_EQ(Say(*portal, "x"), "x");
  tls->Revoke("portal");
  ASSERT_OK(server.server().ReloadCertificates());
  EXPECT_THROW(Say(*portal, "x"), TTransportException);
  EXPECT_EQ(Say(*company, "y"), "y");
  RawClient again(server.ClientOptions("portal"));
  EXPECT_TRUE(!again.is_open() || again.IsClosedByServer());
}

TEST(ServerLog, HoldsNothingOfWhatCallersSend) {
  EchoServer server;
  const std::string canary = "canary-8824-jumin-900101";
  {
    const auto client = ConnectEcho(server.ClientOptions());
    ASSERT_TRUE(client);
    EXPECT_EQ(Say(*client, canary), canary);
    std::string message;
    ExceptionOf([&] { client->Fail(canary); }, message);
    RawClient raw(server.ClientOptions());
    Bytes broken = SayFrame(Codec::kBinary, canary);
    broken[0] = 0x7b;
    ASSERT_TRUE(raw.SendFrame(broken));
    EXPECT_TRUE(raw.IsClosedByServer());
  }
  const std::string log = server.ReadLog();
  EXPECT_THAT(log, ::testing::HasSubstr("\"event\":\"request.done\""));
  EXPECT_THAT(log, ::testing::HasSubstr("\"event\":\"frame.refused\""));
  EXPECT_THAT(log, ::testing::Not(::testing::HasSubstr("canary")));
  EXPECT_THAT(log, ::testing::Not(::testing::HasSubstr("jumin")));
}

}  // namespace
}  // namespace noren::server
