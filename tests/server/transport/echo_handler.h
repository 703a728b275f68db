// The echo service's handler, what it has seen, and a running server with all that it needs.
// Threads:  EchoRecord is thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "server/transport/server.h"
#include "server/transport/tls_client.h"
#include "tests/support/seeded_random.h"
#include "tests/support/tls_fixture.h"

namespace noren::echo {
class EchoClient;
}

namespace noren::server {

struct EchoRecord {
  std::atomic<int> calls{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> processors{0};
};

// Makes processors of the echo service for one connection each; `record` must outlive them.
ProcessorFactory EchoFactory(EchoRecord& record);

// A server on 127.0.0.1 with short deadlines, its certificates and its log file.
class EchoServer {
 public:
  explicit EchoServer(const std::function<void(ServerOptions&)>& adjust = [](ServerOptions&) {});

  std::uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  TlsFixture& tls() { return tls_; }
  EchoRecord& record() { return record_; }
  std::string ReadLog();
  std::uint64_t Metric(
      const std::string& sample) const;  // the value after "<sample> " in the metrics text
  TlsClientOptions ClientOptions(const std::string& pair = "portal") const;

 private:
  TlsFixture tls_;
  EchoRecord record_;
  std::unique_ptr<EventLog> log_;
  MetricsRegistry metrics_;
  SeededRandom random_{1};
  std::unique_ptr<Server> server_;
};

enum class Codec { kBinary, kCompact };

// A connected client, or null with a failed expectation.
std::unique_ptr<echo::EchoClient> ConnectEcho(const TlsClientOptions& options,
                                              Codec codec = Codec::kBinary);

// Waits until `condition` holds, at most five seconds.
bool Eventually(const std::function<bool()>& condition);

}  // namespace noren::server
