// A small certificate authority for a first run: P-256 keys, X.509 v3, written as PEM files. Not
// for the public web.
// Source:   RFC 5280; URI names as in docs/formats/wire.md
// Secrets:  private keys go from OpenSSL straight into files of mode 0600 and are never returned.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/principal.h"

namespace noren::server {

inline constexpr std::int64_t kSecondsPerDay = 86400;
inline constexpr std::int64_t kAuthorityValiditySeconds = 3650 * kSecondsPerDay;
inline constexpr std::int64_t kLeafValiditySeconds = 397 * kSecondsPerDay;

struct CertificateFiles {
  std::string certificate_path;  // PEM, mode 0644
  std::string key_path;          // PEM (PKCS#8), mode 0600
};

enum class KeyUse : std::uint8_t { kServer, kClient, kNone };  // the extended key usage

struct CertificateSpec {
  std::string common_name;  // shown by tools; decides nothing
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;  // "127.0.0.1", "::1"
  std::vector<std::string> uris;
  KeyUse use = KeyUse::kClient;
  std::int64_t not_before_offset_seconds =
      -300;  // from now; a little back, for clocks that are behind
  std::int64_t validity_seconds = kLeafValiditySeconds;  // from the start
};

class CertificateAuthority {
 public:
  // Makes a new self-signed authority and writes it.
  //   errors  kAlreadyExists when a file is there (nothing is overwritten); kUnavailable: cannot
  //           write
  static StatusOr<std::unique_ptr<CertificateAuthority>> Create(const std::string& common_name,
                                                                const CertificateFiles& files);
  static StatusOr<std::unique_ptr<CertificateAuthority>> Load(const CertificateFiles& files);
  ~CertificateAuthority();

  // Issues a certificate with a new key and a random 16-byte serial number.
  Status Issue(const CertificateSpec& spec, const CertificateFiles& files) const;
  // For `noren serve`: extended key usage serverAuth, the given names.
  Status IssueServer(const std::vector<std::string>& dns_names,
                     const std::vector<std::string>& ip_addresses,
                     const CertificateFiles& files) const;
  // For a portal, company or officer: clientAuth and the one URI name of `principal`.
  Status IssueClient(const model::Principal& principal, const CertificateFiles& files) const;
  // Writes a revocation list that names the serial numbers of the given certificates.
  Status WriteRevocationList(std::span<const std::string> certificate_paths,
                             std::int64_t validity_seconds, const std::string& path) const;

 private:
  struct State;
  explicit CertificateAuthority(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noren::server
