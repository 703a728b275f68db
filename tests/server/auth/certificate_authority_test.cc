// SPDX-License-Identifier: Apache-2.0
#include "server/auth/certificate_authority.h"

#include <sys/stat.h>

#include <set>

#include "tests/server/auth/certificate_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tls_fixture.h"

namespace noren::server {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

std::string SerialOf(const std::string& path) {
  const CertificateHandle certificate = ReadPem(path);
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
  return std::string(AsText(
      {ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))}));
}

TEST(CertificateAuthority, WritesKeysThatOnlyTheOwnerCanRead) {
  TlsFixture tls;
  for (const std::string name : {"ca", "server", "portal"}) {
    EXPECT_EQ(ModeOf(tls.Pair(name).key_path), 0600U) << name;
    EXPECT_EQ(ModeOf(tls.Pair(name).certificate_path), 0644U) << name;
  }
}

TEST(CertificateAuthority, OverwritesNothing) {
  TlsFixture tls;
  const Bytes before = ReadWholeFile(tls.Path("ca.key"));
  EXPECT_THAT(CertificateAuthority::Create("again", tls.Pair("ca")),
              StatusIs(StatusCode::kAlreadyExists));
  EXPECT_EQ(ReadWholeFile(tls.Path("ca.key")), before);
  // Only the certificate is there: the new key does not stay behind.
  std::filesystem::remove(tls.Path("portal.key"));
  EXPECT_THAT(
      tls.authority().IssueClient({model::Role::kPortal, "test-portal"}, tls.Pair("portal")),
      StatusIs(StatusCode::kAlreadyExists));
  EXPECT_FALSE(std::filesystem::exists(tls.Path("portal.key")));
}

TEST(CertificateAuthority, GivesEveryCertificateItsOwnRandomSerialOfSixteenBytes) {
  TlsFixture tls;
  std::set<std::string> serials;
  for (const std::string name : {"ca", "server", "portal", "company", "officer"}) {
    const std::string serial = SerialOf(tls.Path(name + ".crt"));
    EXPECT_EQ(serial.size(), 16U);
    serials.insert(serial);
  }
  EXPECT_EQ(serials.size(), 5U);
}

TEST(CertificateAuthority, StatesValidityAndUses) {
  TlsFixture tls;
  const CertificateHandle server = ReadPem(tls.Path("server.crt"));
  EXPECT_EQ(X509_get_extended_key_usage(server.get()), static_cast<unsigned>(XKU_SSL_SERVER));
  EXPECT_EQ(X509_check_host(server.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(server.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ca(server.get()), 0);
  const CertificateHandle portal = ReadPem(tls.Path("portal.crt"));
  EXPECT_EQ(X509_get_extended_key_usage(portal.get()), static_cast<unsigned>(XKU_SSL_CLIENT));
  int days = 0;
  int seconds = 0;
  ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(portal.get()),
                           X509_get0_notAfter(portal.get())),
            1);
  EXPECT_EQ(days, 397);
  EXPECT_EQ(X509_check_ca(ReadPem(tls.Path("ca.crt")).get()), 1);
}

TEST(CertificateAuthority, LoadsWhatItWroteAndRefusesTheKeyOfAnother) {
  TlsFixture tls;
  ASSERT_OK_AND_ASSIGN(const auto authority, CertificateAuthority::Load(tls.Pair("ca")));
  EXPECT_OK(authority->IssueClient({model::Role::kCompany, "second"}, tls.Pair("second")));
  EXPECT_THAT(CertificateAuthority::Load({tls.Path("ca.crt"), tls.Path("portal.key")}),
              StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(CertificateAuthority::Load(tls.Pair("missing")), StatusIs(StatusCode::kNotFound));
}

TEST(CertificateAuthority, RefusesNamesThatAreNotNames) {
  TlsFixture tls;
  const CertificateFiles files = tls.Pair("bad");
  EXPECT_THAT(tls.authority().IssueClient({model::Role::kPortal, "Not A Name"}, files),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(tls.authority().IssueServer({}, {}, files), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(tls.authority().IssueServer({}, {"127.0.0.256"}, files),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_FALSE(std::filesystem::exists(files.certificate_path));
}

TEST(CertificateAuthority, SaysWhenItCannotWrite) {
  TlsFixture tls;
  EXPECT_THAT(tls.authority().IssueServer({"localhost"}, {},
                                          {tls.Path("no/such.crt"), tls.Path("no/such.key")}),
              StatusIs(StatusCode::kUnavailable));
}

}  // namespace
}  // namespace noren::server
