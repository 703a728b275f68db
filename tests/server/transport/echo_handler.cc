// SPDX-License-Identifier: Apache-2.0
#include "tests/server/transport/echo_handler.h"

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>

#include <stdexcept>
#include <thread>

#include "gen-cpp/Echo.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

class EchoHandler final : public echo::EchoIf {
 public:
  EchoHandler(const RequestContext& context, EchoRecord& record)
      : context_(context), record_(record) {}

  void Say(std::string& result, const std::string& text) override {
    ++record_.calls;
    result = text;
  }
  void WhoAmI(std::string& result) override {
    ++record_.calls;
    result = std::string(model::RoleName(context_.principal.role)) + ":" + context_.principal.name;
  }
  std::int32_t CountLeaves(const std::vector<echo::Leaf>& leaves) override {
    ++record_.calls;
    return static_cast<std::int32_t>(leaves.size());
  }
  std::int32_t CountNodes(const echo::Tree& tree) override {
    std::int32_t count = 1;
    for (const echo::Tree& child : tree.children) count += CountNodes(child);
    return count;
  }
  bool Sleep(std::int32_t milliseconds) override {
    ++record_.calls;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (std::chrono::steady_clock::now() < end) {
      if (context_.ShouldStop()) {
        ++record_.cancelled;
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }
  void Make(std::string& result, std::int32_t size_bytes) override {
    ++record_.calls;
    result.assign(static_cast<std::size_t>(size_bytes), 'x');
  }
  void Fail(const std::string& text) override {
    ++record_.calls;
    throw std::runtime_error("secret: " + text);
  }
  void Note(const std::string&) override { ++record_.calls; }

 private:
  const RequestContext& context_;
  EchoRecord& record_;
};

}  // namespace

ProcessorFactory EchoFactory(EchoRecord& record) {
  return [&record](const RequestContext& context) {
    ++record.processors;
    return std::make_shared<echo::EchoProcessor>(std::make_shared<EchoHandler>(context, record));
  };
}

EchoServer::EchoServer(const std::function<void(ServerOptions&)>& adjust) {
  LogOptions log_options;
  log_options.path = tls_.Path("log.jsonl");
  log_options.level = LogLevel::kDebug;
  log_ = *EventLog::Open(log_options);
  ServerOptions options;
  options.tls = tls_.ServerFiles();
  options.worker_threads = 2;
  adjust(options);
  StatusOr<std::unique_ptr<Server>> server =
      Server::Start(options, EchoFactory(record_), {*log_, metrics_, random_});
  EXPECT_OK(server);
  server_ = *std::move(server);
}

std::string EchoServer::ReadLog() {
  log_->Flush();
  const Bytes bytes = ReadWholeFile(tls_.Path("log.jsonl"));
  return std::string(AsText(bytes));
}

std::uint64_t EchoServer::Metric(const std::string& sample) const {
  const std::string text = metrics_.ExportText();
  const std::size_t at = text.find("\n" + sample + " ");
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + sample.size() + 2));
}

TlsClientOptions EchoServer::ClientOptions(const std::string& pair) const {
  TlsClientOptions options;
  options.host = "127.0.0.1";
  options.server_name = "localhost";
  options.port = port();
  options.ca_path = tls_.Path("ca.crt");
  options.certificate_path = tls_.Path(pair + ".crt");
  options.key_path = tls_.Path(pair + ".key");
  return options;
}

std::unique_ptr<echo::EchoClient> ConnectEcho(const TlsClientOptions& options, Codec codec) {
  auto transport = ConnectTls(options);
  EXPECT_OK(transport);
  if (!transport.ok()) return nullptr;
  std::shared_ptr<apache::thrift::protocol::TProtocol> protocol;
  if (codec == Codec::kBinary) {
    protocol = std::make_shared<apache::thrift::protocol::TBinaryProtocol>(*transport);
  } else {
    protocol = std::make_shared<apache::thrift::protocol::TCompactProtocol>(*transport);
  }
  return std::make_unique<echo::EchoClient>(protocol);
}

Bytes SayFrame(Codec codec, const std::string& text) {
  echo::Echo_Say_args args;
  args.text = text;
  return EncodeCall(codec, "Say", args);
}

bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

}  // namespace noren::server
