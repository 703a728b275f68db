// What no operation sees: the configuration a service starts with, the socket it listens on, the
// pages of its health, and what is left of its process when it crashes.
// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TMultiplexedProtocol.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/operations/export_person.h"
#include "gen-cpp/OfficerService.h"
#include "server/daemon/commands.h"
#include "server/daemon/config.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/no_dumps.h"
#include "server/services/processor.h"
#include "server/telemetry/http_endpoint.h"
#include "server/transport/server.h"
#include "server/transport/tls_client.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tls_fixture.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What a process of its own that runs `body` ends with, as waitpid says it.
template <typename Body>
int InAnotherProcess(Body body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(EXIT_SUCCESS);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

// Without `says` the file has to load; with it, `noren serve` does not start, and says why.
void ConfigFile(Scene&, const Step& step) {
  TemporaryDirectory directory;
  const std::string path = directory.Child("noren.toml");
  std::string text;
  for (const std::string& line : step.Many("lines")) text += line + "\n";
  WriteWholeFile(path, AsBytes(text));
  const auto config = server::LoadConfig(path, {});
  if (!step.Has("says")) {
    EXPECT_OK(config.status());
    return;
  }
  EXPECT_FALSE(config.ok());
  for (const std::string& part : step.Many("says")) {
    EXPECT_THAT(config.status().ToString(), HasSubstr(part));
  }
  const int status = InAnotherProcess([&] { ::_exit(server::RunServe({path})); });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), server::kExitMisconfigured);
}

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

// Sends the text as it is; everything that comes back until the other side closes.
struct Exchanged {
  std::string answer;
  bool closed = false;
};
Exchanged ExchangePlain(std::uint16_t port, const std::string& text) {
  const int socket = Connect(port);
  EXPECT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
  Exchanged exchanged;
  char piece[4096];
  ssize_t got = 0;
  while ((got = ::recv(socket, piece, sizeof piece, 0)) > 0)
    exchanged.answer.append(piece, static_cast<std::size_t>(got));
  exchanged.closed = got == 0 || errno == ECONNRESET;
  ::close(socket);
  return exchanged;
}

class NoBackup final : public storage::BackupSource {
 public:
  Status Checkpoint(const std::string&) override { return Unavailable("none here"); }
};

// The daemon's server over the services of the scene, on a free port of this machine.
class Listening {
 public:
  explicit Listening(Scene& scene)
      : log_(*server::EventLog::Open({.path = directory_.Child("log")})),
        parts_{scene.context(), scene.service().signer(), backup_, *log_, metrics_, "0.1.0", ""} {
    server::ServerOptions options;
    options.tls = tls_.ServerFiles();
    server_ = *server::Server::Start(options,
                                     [this](const server::RequestContext& request) {
                                       ++processors_;
                                       return server::MakeProcessor(parts_, request);
                                     },
                                     {*log_, metrics_, scene.service().random()});
  }

  std::uint16_t port() const { return server_->port(); }
  int processors() const { return processors_; }
  std::string MetricsText() const { return metrics_.ExportText(); }
  std::string LogText() {
    log_->Flush();
    return std::string(AsText(ReadWholeFile(directory_.Child("log"))));
  }
  // As an officer with a certificate: the state that the service answers.
  std::string StateOverTls() {
    server::TlsClientOptions options;
    options.port = port();
    options.ca_path = tls_.Path("ca.crt");
    options.certificate_path = tls_.Path("officer.crt");
    options.key_path = tls_.Path("officer.key");
    const auto transport = server::ConnectTls(options);
    EXPECT_OK(transport.status());
    if (!transport.ok()) return "";
    const auto protocol = std::make_shared<apache::thrift::protocol::TBinaryProtocol>(*transport);
    wire::OfficerServiceClient client(
        std::make_shared<apache::thrift::protocol::TMultiplexedProtocol>(protocol, "officer"));
    wire::Status status;
    client.status(status);
    return status.state;
  }

 private:
  TemporaryDirectory directory_;
  server::TlsFixture tls_;
  std::unique_ptr<server::EventLog> log_;
  server::MetricsRegistry metrics_;
  NoBackup no_backup_;
  const operations::BackupPlaces backup_{no_backup_, no_backup_, "", ""};
  const server::ServiceParts parts_;
  std::atomic<int> processors_{0};
  std::unique_ptr<server::Server> server_;
};

// A form as a browser without TLS sends it: no answer, no field read, and whoever comes with TLS is
// served by the same socket.
void PlainPost(Scene& scene, const Step& step) {
  Listening listening(scene);
  std::string body;
  for (const std::string& field : step.Many("fields")) body += (body.empty() ? "" : "&") + field;
  const Exchanged exchanged =
      ExchangePlain(listening.port(),
                    "POST /register HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(exchanged.closed, step.Is("closed"));
  EXPECT_THAT(exchanged.answer, Not(HasSubstr("HTTP/")));
  EXPECT_EQ(listening.processors(), 0) << "something read the form";
  EXPECT_THAT(listening.MetricsText(),
              HasSubstr("noren_tls_refused_total{reason=\"handshake\"} 1"));
  const std::string log = listening.LogText();
  EXPECT_THAT(log, HasSubstr("tls.refused"));
  for (const std::string& field : step.Many("fields")) {
    EXPECT_THAT(log + exchanged.answer, Not(HasSubstr(field)));
  }
  EXPECT_EQ(listening.StateOverTls(), "ready");
  EXPECT_EQ(listening.processors(), 1);
}

// A page is the same to who sends cookies and to who sends none, and sets none.
void HealthPage(Scene&, const Step& step) {
  server::HealthState health;
  health.Set(server::HealthPhase::kReady);
  const server::MetricsRegistry metrics;
  const auto endpoint = server::HttpEndpoint::Start("127.0.0.1", 0, health, metrics);
  ASSERT_OK(endpoint.status());
  const std::string head = "GET " + step.Text("page") + " HTTP/1.1\r\nHost: localhost\r\n";
  const auto without = ExchangePlain((*endpoint)->port(), head + "\r\n");
  const auto with =
      ExchangePlain((*endpoint)->port(), head + "Cookie: " + step.Text("cookies") + "\r\n\r\n");
  EXPECT_EQ(with.answer, without.answer);
  EXPECT_THAT(with.answer, ::testing::StartsWith("HTTP/1.1 " + step.Text("answers") + " "));
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(with.answer, Not(HasSubstr(part)));
  }
}

// The files below, one after another.
std::string ContentBelow(const std::string& folder) {
  std::string content;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.is_regular_file()) content += AsText(ReadWholeFile(file.path().string()));
  }
  return content;
}

// A process with a person's record open, protected as `noren serve` protects itself, gets SIGABRT
// in a folder where the system may write its image.
void Crash(Scene& scene, const Step& step) {
  TemporaryDirectory directory;
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  const operations::PersonAct act = scene.ActOf(step, person, statement);
  const int status = InAnotherProcess([&] {
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_CORE, &limit);
    if (::chdir(directory.path().c_str()) != 0) ::_exit(2);
    if (std::freopen("output", "w", stdout) == nullptr) ::_exit(2);
    if (std::freopen("log", "w", stderr) == nullptr) ::_exit(2);
    if (!server::ForbidCoreDumps().ok()) ::_exit(3);
    const auto open = operations::ExportOwnRecord(scene.context(), scene.service().portal(), act,
                                                  scene.service().signer());
    if (!open.ok()) ::_exit(4);
    for (const std::string& part : step.Many("opens")) {
      if (open->document.find(part) == std::string::npos) ::_exit(5);
    }
    std::abort();
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << "ended with " << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), SIGABRT);
  EXPECT_FALSE(WCOREDUMP(status)) << "an image of the process was written";
  const std::string left = ContentBelow(directory.path());
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(left, Not(HasSubstr(part)));
  }
}

}  // namespace

StepTable ProcessSteps() {
  return {{"config", ConfigFile},
          {"plain_post", PlainPost},
          {"health_page", HealthPage},
          {"crash", Crash}};
}

}  // namespace noren::clauses
