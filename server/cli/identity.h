// Which server is called and with which certificate: flags and environment to connection options.
// Source:   docs/formats/cli.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "server/transport/tls_client.h"

namespace noren::cli {

struct ConnectionOptions {
  std::string server = "127.0.0.1:7443";
  std::string server_name;  // empty: the host of `server`
  std::string identity;     // folder
  std::string as;  // "officer-kim": which pair of the folder; empty: the only one of the role
  std::string ca, certificate, key;
};

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};
// "host:port", "[::1]:7443". kInvalidArgument.
StatusOr<Endpoint> ParseEndpoint(std::string_view text);

// The folder may be ca.crt, client.crt, client.key, or what `noren init` makes:
// tls/ca.crt, tls/<role>-<name>.crt and .key. Files given one by one come first.
//   role     "portal", "company", "officer"
//   errors   kInvalidArgument: the endpoint; kFailedPrecondition: no identity, or several fit
StatusOr<server::TlsClientOptions> ResolveConnection(const ConnectionOptions& options,
                                                     std::string_view role);

}  // namespace noren::cli
