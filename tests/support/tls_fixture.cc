// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tls_fixture.h"

#include "tests/support/status_matchers.h"

namespace noren::server {

TlsFixture::TlsFixture() {
  StatusOr<std::unique_ptr<CertificateAuthority>> made =
      CertificateAuthority::Create("Noren test authority", Pair("ca"));
  EXPECT_OK(made);
  authority_ = *std::move(made);
  EXPECT_OK(authority_->IssueServer({"localhost"}, {"127.0.0.1"}, Pair("server")));
  IssueClient("portal", {model::Role::kPortal, "test-portal"});
  IssueClient("company", {model::Role::kCompany, "test-company"});
  IssueClient("officer", {model::Role::kOfficer, "test-officer"});
}

CertificateFiles TlsFixture::Pair(const std::string& name) const {
  return {Path(name + ".crt"), Path(name + ".key")};
}

TlsFiles TlsFixture::ServerFiles() const {
  return {Path("ca.crt"), Path("server.crt"), Path("server.key"), ""};
}

CertificateFiles TlsFixture::Issue(const std::string& name, const CertificateSpec& spec) {
  EXPECT_OK(authority_->Issue(spec, Pair(name)));
  return Pair(name);
}

CertificateFiles TlsFixture::IssueClient(const std::string& name,
                                         const model::Principal& principal) {
  EXPECT_OK(authority_->IssueClient(principal, Pair(name)));
  return Pair(name);
}

std::string TlsFixture::Revoke(const std::string& name) {
  const std::string path = Path("crl.pem");
  const std::string revoked[] = {Path(name + ".crt")};
  EXPECT_OK(authority_->WriteRevocationList(revoked, 30 * kSecondsPerDay, path));
  return path;
}

}  // namespace noren::server
