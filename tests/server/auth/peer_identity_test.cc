// SPDX-License-Identifier: Apache-2.0
#include "server/auth/peer_identity.h"

#include "tests/server/auth/certificate_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tls_fixture.h"

namespace noren::server {
namespace {

constexpr auto kRefused = StatusCode::kUnauthenticated;

StatusOr<model::Principal> IdentityOf(TlsFixture& tls, const CertificateSpec& spec) {
  static int number = 0;
  return PrincipalFromCertificate(
      ReadDer(tls.Issue("c" + std::to_string(number++), spec).certificate_path));
}

TEST(PeerIdentity, IsTheOneUriName) {
  TlsFixture tls;
  const model::Principal portal{model::Role::kPortal, "test-portal"};
  EXPECT_THAT(PrincipalFromCertificate(ReadDer(tls.Path("portal.crt"))), IsOkAndHolds(portal));
  // Names of other kinds beside it do not matter, nor does the common name.
  CertificateSpec spec;
  spec.common_name = "urn:noren:officer:someone";
  spec.dns_names = {"portal.example"};
  spec.uris = {"urn:noren:portal:test-portal"};
  EXPECT_THAT(IdentityOf(tls, spec), IsOkAndHolds(portal));
  const model::Principal handler{model::Role::kHandler, "counsellor-1"};
  spec.uris = {"urn:noren:handler:counsellor-1"};
  EXPECT_THAT(IdentityOf(tls, spec), IsOkAndHolds(handler));
}

TEST(PeerIdentity, RefusesOtherThanExactlyOneUriNameOfOurForm) {
  TlsFixture tls;
  const std::vector<std::vector<std::string>> wrong = {{},
                                                       {"urn:noren:portal:a", "urn:noren:portal:a"},
                                                       {"https://a.example"},
                                                       {"urn:noren:person:a"},
                                                       {"urn:noren:system:a"},
                                                       {"urn:noren:portal:"},
                                                       {"urn:noren:portal:" + std::string(41, 'a')},
                                                       {"urn:noren:portal:a:b"},
                                                       {"URN:NOREN:PORTAL:A"},
                                                       {" urn:noren:portal:a"},
                                                       {std::string("urn:noren:portal:a\0", 19)}};
  for (const std::vector<std::string>& uris : wrong) {
    CertificateSpec spec;
    spec.common_name = "urn:noren:portal:test-portal";
    spec.uris = uris;
    EXPECT_THAT(IdentityOf(tls, spec), StatusIs(kRefused)) << (uris.empty() ? "none" : uris[0]);
  }
}

TEST(PeerIdentity, RefusesCertificatesThatAreNotForClients) {
  TlsFixture tls;
  CertificateSpec spec;
  spec.uris = {"urn:noren:portal:a"};
  spec.common_name = "a";
  spec.use = KeyUse::kServer;
  EXPECT_THAT(IdentityOf(tls, spec), StatusIs(kRefused));
  spec.use = KeyUse::kNone;
  EXPECT_THAT(IdentityOf(tls, spec), StatusIs(kRefused));
}

TEST(PeerIdentity, RefusesBytesThatAreNoCertificate) {
  TlsFixture tls;
  const Bytes der = ReadDer(tls.Path("portal.crt"));
  EXPECT_THAT(PrincipalFromCertificate({}), StatusIs(kRefused));
  for (std::size_t size = 0; size < der.size(); size += 7) {
    EXPECT_THAT(PrincipalFromCertificate(ByteSpan(der).first(size)), StatusIs(kRefused)) << size;
  }
}

}  // namespace
}  // namespace noren::server
