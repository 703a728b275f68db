// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/plain_transport.h"

#include <arpa/inet.h>

#include <string>

namespace noren::server {
namespace {

constexpr std::uint8_t kLoopbackNet = 127;

bool IsLoopback(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == kLoopbackNet;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

Status CheckTransport(const Config& config) {
  if (!IsLoopback(config.http_address)) {
    return InvalidArgument(
        "config: http.address must be a loopback address, as 127.0.0.1: health and metrics are "
        "answered without encryption");
  }
  const TlsFiles& tls = config.server.tls;
  const bool has_tls =
      !tls.ca_path.empty() && !tls.certificate_path.empty() && !tls.key_path.empty();
  if (!has_tls && !IsLoopback(config.server.address)) {
    return InvalidArgument(
        "config: listen.address is reached by others: set tls.ca_path, tls.certificate_path and "
        "tls.key_path; there is no plain transport");
  }
  return OkStatus();
}

}  // namespace noren::server
