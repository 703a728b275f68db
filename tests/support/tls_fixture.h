// A directory with an authority, a server's and clients' certificates, made once for a test: what
// `noren init` makes, plus what must be refused.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "server/auth/certificate_authority.h"
#include "server/auth/tls_context.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {

class TlsFixture {
 public:
  // ca.crt, ca.key; server.crt for localhost and 127.0.0.1; portal.crt is
  // urn:noren:portal:test-portal, company.crt urn:noren:company:test-company, officer.crt
  // urn:noren:officer:test-officer; each with its .key.
  TlsFixture();

  std::string Path(const std::string& file) const { return directory_.Child(file); }
  std::string directory() const { return directory_.path(); }
  CertificateFiles Pair(const std::string& name) const;
  TlsFiles ServerFiles() const;
  CertificateAuthority& authority() { return *authority_; }

  // Issues `name`.crt and .key by the fixture's authority.
  CertificateFiles Issue(const std::string& name, const CertificateSpec& spec);
  CertificateFiles IssueClient(const std::string& name, const model::Principal& principal);
  // Writes crl.pem that revokes the named pair.
  std::string Revoke(const std::string& name);

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<CertificateAuthority> authority_;
};

}  // namespace noren::server
