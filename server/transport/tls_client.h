// Client side: a connected, framed Thrift transport over TLS 1.3 with a client certificate, for the
// command line.
// Why safe: the server's name is checked by OpenSSL against its subjectAltName only (never the
//           common name), and the chain against one given authority; nothing is sent before both
//           hold.
// Threads:  one transport is externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "crypto/base/status.h"

namespace apache::thrift::transport {
class TTransport;
}

namespace noren::server {

struct TlsClientOptions {
  std::string host = "localhost";  // where to connect
  std::uint16_t port = 0;
  std::string server_name;  // a DNS name or address that the certificate must carry; empty: `host`
  std::string ca_path;
  std::string certificate_path;
  std::string key_path;
  std::chrono::milliseconds connect_deadline{
      5000};  // address lookup apart: connecting and handshake
  std::chrono::milliseconds request_deadline{30000};  // from sending a call to its whole answer
  std::size_t reply_size_bytes_max = 4U << 20;
};

// Connects and verifies. The transport frames by itself: put a TBinaryProtocol or TCompactProtocol
// straight on it. As Thrift asks, its members throw TTransportException (TIMED_OUT, END_OF_FILE,
// CORRUPTED_DATA); after one it is closed.
//   errors  kFailedPrecondition: files; kUnavailable: cannot connect, deadline; kUnauthenticated:
//           the server's certificate or name does not verify, or it refused ours during the
//           handshake
StatusOr<std::shared_ptr<apache::thrift::transport::TTransport>> ConnectTls(
    const TlsClientOptions& options);

}  // namespace noren::server
