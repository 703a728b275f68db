// A client without manners: OpenSSL and a socket, to send what no library would send.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "server/auth/openssl_handles.h"
#include "server/transport/tls_client.h"

namespace noren::server {

struct RawOptions {
  int tls_version_max = 0;  // TLS1_2_VERSION for a client of yesterday; 0: the newest
  bool verify_server = true;
};

class RawClient {
 public:
  // Connects; empty certificate paths: no client certificate. is_open() tells whether the handshake
  // succeeded on our side (with TLS 1.3 a server's refusal of our certificate shows at the first
  // read).
  explicit RawClient(const TlsClientOptions& options, RawOptions raw = {});
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_open() const { return is_open_; }
  // False when the connection is gone.
  bool Send(ByteSpan bytes);
  bool SendFrame(ByteSpan message);
  // The next reply frame; nothing when the server closes, or after ten seconds.
  std::optional<Bytes> ReadFrame();
  // True when the server closes within ten seconds without sending anything.
  bool IsClosedByServer();
  int socket() const { return socket_; }

 private:
  bool ReadExactly(std::uint8_t* data, std::size_t size);

  SslContextHandle context_;
  SslHandle ssl_;
  int socket_ = -1;
  bool is_open_ = false;
};

// A plain TCP connection to 127.0.0.1 that gives up reading after ten seconds; -1 when it cannot
// connect.
int ConnectPlain(std::uint16_t port);

}  // namespace noren::server
