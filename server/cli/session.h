// One client of the daemon: connects when first needed, repeats what may be repeated until the
// timeout, and turns what the wire says into a Status.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "crypto/base/status.h"
#include "server/transport/tls_client.h"

namespace apache::thrift::protocol {
class TProtocol;
}

namespace noren::cli {

using Protocol = std::shared_ptr<apache::thrift::protocol::TProtocol>;

class Session {
 public:
  Session(server::TlsClientOptions options, std::chrono::milliseconds timeout);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs `call` with a protocol of the multiplexed `service`. RETRY_LATER, OVERLOADED and a
  // connection that died between two calls are tried again, so `call` must send the same
  // idempotency key each time.
  //   errors   kUnavailable: cannot connect, or the connection broke; those of the server, with
  //            their code; DEADLINE: no answer in time
  Status Call(const std::string& service, const std::function<void(Protocol)>& call);

 private:
  Status Attempt(const std::string& service, const std::function<void(Protocol)>& call);
  Status Run(const std::string& service, const std::function<void(Protocol)>& call);

  server::TlsClientOptions options_;
  std::chrono::milliseconds timeout_;
  std::shared_ptr<apache::thrift::transport::TTransport> transport_;
  bool is_used_ = false;  // a call has been answered over transport_
  std::chrono::milliseconds server_wait_{0};
};

// Waits before try number `attempt` (from 1): 100 ms doubling up to 5 s, or what the server asked.
std::chrono::milliseconds BackoffOf(int attempt, std::chrono::milliseconds asked);

}  // namespace noren::cli
