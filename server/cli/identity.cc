// SPDX-License-Identifier: Apache-2.0
#include "server/cli/identity.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "server/cli/failure.h"

namespace noren::cli {
namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code ignored;  // what cannot be looked at is not there for us
  return fs::is_regular_file(path, ignored);
}

// "portal-seoul" for every tls/portal-*.crt with its key, sorted.
std::vector<std::string> PairsOf(const fs::path& folder, std::string_view role) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const fs::path& path = it->path();
    const std::string stem = path.stem().string();
    const bool is_pair = path.extension() == ".crt" && stem.starts_with(std::string(role) + "-") &&
                         IsFile(folder / (stem + ".key"));
    if (is_pair) names.push_back(stem);
  }
  std::ranges::sort(names);
  return names;
}

void TakePair(const fs::path& folder, const std::string& name, server::TlsClientOptions* tls) {
  tls->ca_path = (folder / "ca.crt").string();
  tls->certificate_path = (folder / (name + ".crt")).string();
  tls->key_path = (folder / (name + ".key")).string();
}

Status TakeFolder(const ConnectionOptions& options, std::string_view role,
                  server::TlsClientOptions* tls) {
  const fs::path folder = options.identity;
  if (options.as.empty() && IsFile(folder / "client.crt")) {
    TakePair(folder, "client", tls);
    return OkStatus();
  }
  const fs::path made = fs::is_directory(folder / "tls") ? folder / "tls" : folder;
  if (!options.as.empty()) {
    TakePair(made, options.as, tls);
    return OkStatus();
  }
  const std::vector<std::string> names = PairsOf(made, role);
  if (names.size() == 1) {
    TakePair(made, names.front(), tls);
    return OkStatus();
  }
  std::string known;
  for (const std::string& name : names) known += " " + name;
  return FailedPrecondition(names.empty()
                                ? "the identity folder has no client.crt and no certificate of a " +
                                      std::string(role) + "; see --identity and --as"
                                : "say with --as which identity of the folder to use:" + known);
}

}  // namespace

StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const Status malformed = UsageError("--server: write host:port, such as 127.0.0.1:7443");
  if (colon == std::string_view::npos || colon == 0) return malformed;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return malformed;
  }
  std::uint32_t port = 0;
  const bool is_number = !digits.empty() && digits.size() <= 5 &&
                         std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || host.empty()) return malformed;
  for (const char c : digits) port = port * 10 + static_cast<std::uint32_t>(c - '0');
  if (port == 0 || port > 65535) return malformed;
  return Endpoint{std::string(host), static_cast<std::uint16_t>(port)};
}

StatusOr<server::TlsClientOptions> ResolveConnection(const ConnectionOptions& options,
                                                     std::string_view role) {
  NOREN_ASSIGN_OR_RETURN(const Endpoint endpoint, ParseEndpoint(options.server));
  server::TlsClientOptions tls;
  tls.host = endpoint.host;
  tls.port = endpoint.port;
  tls.server_name = options.server_name;
  if (!options.identity.empty()) NOREN_RETURN_IF_ERROR(TakeFolder(options, role, &tls));
  if (!options.ca.empty()) tls.ca_path = options.ca;
  if (!options.certificate.empty()) tls.certificate_path = options.certificate;
  if (!options.key.empty()) tls.key_path = options.key;
  if (tls.ca_path.empty() || tls.certificate_path.empty() || tls.key_path.empty()) {
    return FailedPrecondition(
        "no identity: give --identity DIR (NOREN_IDENTITY), or --ca, --cert and --cert-key");
  }
  for (const std::string& path : {tls.ca_path, tls.certificate_path, tls.key_path}) {
    if (!IsFile(path)) return FailedPrecondition("no such file: " + path);
  }
  return tls;
}

}  // namespace noren::cli
