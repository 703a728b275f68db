// SPDX-License-Identifier: Apache-2.0
#include "server/auth/tls_context.h"

#include <sys/stat.h>

#include "tests/server/auth/certificate_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tls_fixture.h"

namespace noren::server {
namespace {

using ::testing::HasSubstr;
constexpr auto kMisconfigured = StatusCode::kFailedPrecondition;

TEST(TlsContext, LoadsWhatTheAuthorityWrote) {
  TlsFixture tls;
  ASSERT_OK_AND_ASSIGN(const auto context, TlsContext::Load(tls.ServerFiles()));
  EXPECT_OK(context->VerifyClient(ReadDer(tls.Path("portal.crt"))));
}

TEST(TlsContext, NamesTheFileThatIsMissingOrBroken) {
  TlsFixture tls;
  for (std::string TlsFiles::* path : {&TlsFiles::ca_path, &TlsFiles::certificate_path,
                                       &TlsFiles::key_path, &TlsFiles::crl_path}) {
    TlsFiles files = tls.ServerFiles();
    files.*path = tls.Path("missing");
    EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured, HasSubstr(tls.Path("missing"))));
    const std::string broken = tls.Path("broken");
    WriteWholeFile(broken, AsBytes("-----BEGIN CERTIFICATE-----\nAAAA\n"));
    ASSERT_EQ(::chmod(broken.c_str(), 0600), 0);
    files.*path = broken;
    EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured, HasSubstr(broken)));
  }
}

TEST(TlsContext, RefusesAKeyThatOthersCanRead) {
  TlsFixture tls;
  for (const mode_t mode : {0640U, 0604U, 0660U, 0644U}) {
    ASSERT_EQ(::chmod(tls.Path("server.key").c_str(), mode), 0);
    EXPECT_THAT(TlsContext::Load(tls.ServerFiles()),
                StatusIs(kMisconfigured, HasSubstr("chmod 600")));
  }
  ASSERT_EQ(::chmod(tls.Path("server.key").c_str(), 0400), 0);
  EXPECT_OK(TlsContext::Load(tls.ServerFiles()));
}

TEST(TlsContext, RefusesTheKeyOfAnotherCertificate) {
  TlsFixture tls;
  TlsFiles files = tls.ServerFiles();
  files.key_path = tls.Path("portal.key");
  EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured));
}

TEST(TlsContext, RefusesAnExpiredCertificateOfItsOwn) {
  TlsFixture tls;
  CertificateSpec spec;
  spec.common_name = "old";
  spec.dns_names = {"localhost"};
  spec.use = KeyUse::kServer;
  spec.not_before_offset_seconds = -10 * kSecondsPerDay;
  spec.validity_seconds = kSecondsPerDay;
  const CertificateFiles old = tls.Issue("old", spec);
  TlsFiles files = tls.ServerFiles();
  files.certificate_path = old.certificate_path;
  files.key_path = old.key_path;
  EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured, HasSubstr("expired")));
}

TEST(TlsContext, RefusesARevocationListOfAnotherAuthorityOrOutOfDate) {
  TlsFixture tls;
  TlsFixture other;
  TlsFiles files = tls.ServerFiles();
  files.crl_path = other.Revoke("portal");
  EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured, HasSubstr("not signed")));
  files.crl_path = tls.Path("old.pem");
  ASSERT_OK(tls.authority().WriteRevocationList({}, -kSecondsPerDay, files.crl_path));
  EXPECT_THAT(TlsContext::Load(files), StatusIs(kMisconfigured, HasSubstr("out of date")));
}

TEST(TlsContext, VerifiesClientsAgainstAuthorityListTimeAndUse) {
  TlsFixture tls;
  TlsFixture other;
  TlsFiles files = tls.ServerFiles();
  files.crl_path = tls.Revoke("company");
  ASSERT_OK_AND_ASSIGN(const auto context, TlsContext::Load(files));
  EXPECT_OK(context->VerifyClient(ReadDer(tls.Path("portal.crt"))));
  CertificateSpec spec;
  spec.common_name = "old";
  spec.not_before_offset_seconds = -10 * kSecondsPerDay;
  spec.validity_seconds = kSecondsPerDay;
  tls.Issue("old", spec);
  const Bytes refused[] = {ReadDer(tls.Path("company.crt")), ReadDer(other.Path("portal.crt")),
                           ReadDer(tls.Path("old.crt")), ReadDer(tls.Path("server.crt")),
                           Bytes{1, 2, 3}};
  for (const Bytes& der : refused) {
    EXPECT_THAT(context->VerifyClient(der), StatusIs(StatusCode::kUnauthenticated));
  }
}

}  // namespace
}  // namespace noren::server
