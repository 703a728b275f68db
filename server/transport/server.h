// The service's door: TLS 1.3 with mutual certificates, framed Thrift messages, deadlines and
// budgets for everything. Reads one frame per connection at a time, checks it (message_check.h),
// hands it to the generated processor on a worker thread, writes one answer; pipelined frames wait
// in the kernel until the one before is answered.
// Source:   docs/formats/wire.md
// Threads:  all members thread-safe. Network threads never run handlers; workers never touch
//           sockets.
// Memory:   an unauthenticated connection holds OpenSSL's state only (below 64 KiB); a connection
//           holds at most one frame and one reply; all of them together at most
//           ServerLimits::bytes_in_flight_max.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "server/auth/request_context.h"
#include "server/auth/tls_context.h"
#include "server/telemetry/event_log.h"
#include "server/telemetry/metrics.h"
#include "server/transport/limits.h"

namespace apache::thrift {
class TProcessor;
}

namespace noren::server {

// Makes the processor of one connection, after its client is known. The context outlives the
// processor. Handlers must not throw; one that does is answered with an internal error that says
// nothing.
using ProcessorFactory =
    std::function<std::shared_ptr<apache::thrift::TProcessor>(const RequestContext& context)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  TlsFiles tls;
  MessageLimits message;
  ServerLimits limits;
  ServerDeadlines deadlines;
  int network_threads = 1;
  int worker_threads = 0;  // 0: as many as cores
};

// What the server reports to and draws from; all must outlive it.
struct ServerEnvironment {
  EventLog& log;
  MetricsRegistry& metrics;
  Random& random;
};

class Server {
 public:
  // Listens at once; returns when connections are accepted.
  //   errors  kFailedPrecondition: certificate files (the message says which and why);
  //           kUnavailable: cannot listen
  static StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                 ProcessorFactory factory,
                                                 ServerEnvironment environment);
  // Stops as Stop() does.
  ~Server();

  std::uint16_t port() const;

  // Reads the certificate files again. New connections use them at once; live ones whose
  // certificate no longer verifies (revoked, other authority) are closed. On an error everything
  // stays as it was.
  Status ReloadCertificates();

  // Stops accepting, lets calls in flight end and be answered within the drain deadline, then
  // closes everything. Returns false when the deadline cut calls off (handlers still running are
  // waited for before the destructor ends).
  bool Stop();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noren::server
