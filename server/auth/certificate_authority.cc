// SPDX-License-Identifier: Apache-2.0
#include "server/auth/certificate_authority.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "crypto/base/clock.h"
#include "server/auth/openssl_handles.h"

namespace noren::server {

struct CertificateAuthority::State {
  CertificateHandle certificate;
  KeyHandle key;
};

namespace {

Status OpensslError(std::string_view step) {
  return Internal(
      absl::StrCat("certificate authority: ", absl::string_view(step.data(), step.size()),
                   " failed (OpenSSL reason ", TakeOpensslReason(), ")"));
}

// X.509 validity is wall time, as OpenSSL itself reads it when it verifies.
std::time_t NowSeconds() { return static_cast<std::time_t>(SystemClock().Now().value); }

KeyHandle NewKey() { return KeyHandle(EVP_EC_gen("P-256")); }

// 16 random bytes, the first bit clear (positive) and the second set (never shorter).
Status SetRandomSerial(X509* certificate) {
  std::array<std::uint8_t, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return OpensslError("random");
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7FU) | 0x40U);
  const OpensslHandle<BIGNUM, BN_free> number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    return OpensslError("serial number");
  }
  return OkStatus();
}

Status SetName(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text,
                                 static_cast<int>(common_name.size()), -1, 0) != 1) {
    return OpensslError("name");
  }
  return OkStatus();
}

Status AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    return OpensslError("extension");
  return OkStatus();
}

// Appends to the names without OpenSSL's small configuration language, in which a comma would start
// another name.
Status AppendName(GENERAL_NAMES* names, int type, const std::string& text) {
  OpensslHandle<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  if (!name) return OpensslError("name");
  if (type == GEN_IPADD) {
    ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
    if (address == nullptr) {
      ERR_clear_error();
      return InvalidArgument("certificate authority: not an IP address");
    }
    GENERAL_NAME_set0_value(name.get(), type, address);
  } else {
    ASN1_IA5STRING* value = ASN1_IA5STRING_new();
    if (value == nullptr ||
        ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())) != 1) {
      ASN1_IA5STRING_free(value);
      return OpensslError("name");
    }
    GENERAL_NAME_set0_value(name.get(), type, value);
  }
  if (sk_GENERAL_NAME_push(names, name.get()) == 0) return OpensslError("name");
  static_cast<void>(name.release());  // owned by `names` now
  return OkStatus();
}

Status AddAlternativeNames(X509* certificate, const CertificateSpec& spec) {
  const GeneralNamesHandle names(GENERAL_NAMES_new());
  if (!names) return OpensslError("names");
  for (const std::string& text : spec.dns_names)
    NOREN_RETURN_IF_ERROR(AppendName(names.get(), GEN_DNS, text));
  for (const std::string& text : spec.ip_addresses)
    NOREN_RETURN_IF_ERROR(AppendName(names.get(), GEN_IPADD, text));
  for (const std::string& text : spec.uris)
    NOREN_RETURN_IF_ERROR(AppendName(names.get(), GEN_URI, text));
  if (sk_GENERAL_NAME_num(names.get()) == 0) return OkStatus();
  if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_APPEND) !=
      1) {
    return OpensslError("names");
  }
  return OkStatus();
}

// Writes a new file; nothing is overwritten, and a key is never readable by others, not even for a
// moment.
Status WritePem(const std::string& path, mode_t mode, const auto& write) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0 && errno == EEXIST)
    return AlreadyExists(
        absl::StrCat("certificate authority: ", path, " exists; it is not overwritten"));
  if (descriptor < 0)
    return Unavailable(
        absl::StrCat("certificate authority: cannot write ", path, " (errno ", errno, ")"));
  BioHandle file(BIO_new_fd(descriptor, BIO_NOCLOSE));
  const bool written = file && write(file.get()) == 1;
  const bool synced = ::fchmod(descriptor, mode) == 0 && ::fsync(descriptor) == 0;
  if (::close(descriptor) != 0 || !written || !synced) {
    ::unlink(path.c_str());
    ERR_clear_error();
    return Unavailable(absl::StrCat("certificate authority: cannot write ", path));
  }
  return OkStatus();
}

Status WriteKey(const std::string& path, EVP_PKEY* key) {
  return WritePem(path, 0600, [&](BIO* file) {
    return PEM_write_bio_PKCS8PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Status WritePair(const CertificateFiles& files, X509* certificate, EVP_PKEY* key) {
  NOREN_RETURN_IF_ERROR(WriteKey(files.key_path, key));
  Status status = WritePem(files.certificate_path, 0644,
                           [&](BIO* file) { return PEM_write_bio_X509(file, certificate); });
  if (!status.ok()) ::unlink(files.key_path.c_str());
  return status;
}

Status FillCertificate(X509* certificate, EVP_PKEY* key, const CertificateSpec& spec) {
  X509_set_version(certificate, X509_VERSION_3);
  NOREN_RETURN_IF_ERROR(SetRandomSerial(certificate));
  std::time_t now = NowSeconds();
  X509_time_adj_ex(X509_getm_notBefore(certificate), 0, spec.not_before_offset_seconds, &now);
  X509_time_adj_ex(X509_getm_notAfter(certificate), 0,
                   spec.not_before_offset_seconds + spec.validity_seconds, &now);
  NOREN_RETURN_IF_ERROR(SetName(X509_get_subject_name(certificate), spec.common_name));
  if (X509_set_pubkey(certificate, key) != 1) return OpensslError("public key");
  return OkStatus();
}

StatusOr<CertificateHandle> ReadCertificate(const std::string& path) {
  const BioHandle file(BIO_new_file(path.c_str(), "r"));
  CertificateHandle certificate(file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)
                                     : nullptr);
  ERR_clear_error();
  if (!certificate)
    return NotFound(absl::StrCat("certificate authority: no certificate in ", path));
  return certificate;
}

}  // namespace

CertificateAuthority::CertificateAuthority(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
CertificateAuthority::~CertificateAuthority() = default;

StatusOr<std::unique_ptr<CertificateAuthority>> CertificateAuthority::Create(
    const std::string& common_name, const CertificateFiles& files) {
  auto state = std::make_unique<State>();
  state->certificate.reset(X509_new());
  state->key = NewKey();
  if (!state->certificate || !state->key) return OpensslError("key");
  X509* certificate = state->certificate.get();
  CertificateSpec spec;
  spec.common_name = common_name;
  spec.validity_seconds = kAuthorityValiditySeconds;
  NOREN_RETURN_IF_ERROR(FillCertificate(certificate, state->key.get(), spec));
  if (X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) != 1)
    return OpensslError("name");
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0"));
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign"));
  NOREN_RETURN_IF_ERROR(AddExtension(certificate, certificate, NID_subject_key_identifier, "hash"));
  if (X509_sign(certificate, state->key.get(), EVP_sha256()) == 0) return OpensslError("signature");
  NOREN_RETURN_IF_ERROR(WritePair(files, certificate, state->key.get()));
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(state)));
}

StatusOr<std::unique_ptr<CertificateAuthority>> CertificateAuthority::Load(
    const CertificateFiles& files) {
  auto state = std::make_unique<State>();
  NOREN_ASSIGN_OR_RETURN(state->certificate, ReadCertificate(files.certificate_path));
  const BioHandle file(BIO_new_file(files.key_path.c_str(), "r"));
  if (file) state->key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
  const bool matches =
      state->key && X509_check_private_key(state->certificate.get(), state->key.get()) == 1;
  ERR_clear_error();
  if (!matches) {
    return FailedPrecondition(absl::StrCat("certificate authority: ", files.key_path,
                                           " is not the key of the authority"));
  }
  return std::unique_ptr<CertificateAuthority>(new CertificateAuthority(std::move(state)));
}

Status CertificateAuthority::Issue(const CertificateSpec& spec,
                                   const CertificateFiles& files) const {
  const CertificateHandle certificate(X509_new());
  const KeyHandle key = NewKey();
  if (!certificate || !key) return OpensslError("key");
  X509* issuer = state_->certificate.get();
  NOREN_RETURN_IF_ERROR(FillCertificate(certificate.get(), key.get(), spec));
  if (X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)) != 1)
    return OpensslError("name");
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE"));
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature"));
  if (spec.use != KeyUse::kNone) {
    const char* use = spec.use == KeyUse::kServer ? "serverAuth" : "clientAuth";
    NOREN_RETURN_IF_ERROR(AddExtension(certificate.get(), issuer, NID_ext_key_usage, use));
  }
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate.get(), issuer, NID_subject_key_identifier, "hash"));
  NOREN_RETURN_IF_ERROR(
      AddExtension(certificate.get(), issuer, NID_authority_key_identifier, "keyid:always"));
  NOREN_RETURN_IF_ERROR(AddAlternativeNames(certificate.get(), spec));
  if (X509_sign(certificate.get(), state_->key.get(), EVP_sha256()) == 0)
    return OpensslError("signature");
  return WritePair(files, certificate.get(), key.get());
}

Status CertificateAuthority::IssueServer(const std::vector<std::string>& dns_names,
                                         const std::vector<std::string>& ip_addresses,
                                         const CertificateFiles& files) const {
  if (dns_names.empty() && ip_addresses.empty()) {
    return InvalidArgument("certificate authority: a server needs a DNS name or an address");
  }
  CertificateSpec spec;
  spec.common_name = "noren server";
  spec.dns_names = dns_names;
  spec.ip_addresses = ip_addresses;
  spec.use = KeyUse::kServer;
  return Issue(spec, files);
}

Status CertificateAuthority::IssueClient(const model::Principal& principal,
                                         const CertificateFiles& files) const {
  if (!model::IsPrincipalName(principal.name))
    return InvalidArgument("certificate authority: the name is malformed");
  CertificateSpec spec;
  spec.common_name = principal.name;
  spec.uris = {model::ToUri(principal)};
  return Issue(spec, files);
}

Status CertificateAuthority::WriteRevocationList(std::span<const std::string> certificate_paths,
                                                 std::int64_t validity_seconds,
                                                 const std::string& path) const {
  const CrlHandle list(X509_CRL_new());
  const OpensslHandle<ASN1_TIME, ASN1_TIME_free> now(ASN1_TIME_set(nullptr, NowSeconds()));
  const OpensslHandle<ASN1_TIME, ASN1_TIME_free> next(
      ASN1_TIME_set(nullptr, NowSeconds() + validity_seconds));
  if (!list || !now || !next || X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(state_->certificate.get())) != 1 ||
      X509_CRL_set1_lastUpdate(list.get(), now.get()) != 1 ||
      X509_CRL_set1_nextUpdate(list.get(), next.get()) != 1) {
    return OpensslError("revocation list");
  }
  for (const std::string& certificate_path : certificate_paths) {
    NOREN_ASSIGN_OR_RETURN(const CertificateHandle certificate, ReadCertificate(certificate_path));
    OpensslHandle<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
    if (!entry ||
        X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate.get())) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), now.get()) != 1 ||
        X509_CRL_add0_revoked(list.get(), entry.get()) != 1) {
      return OpensslError("revocation entry");
    }
    static_cast<void>(entry.release());  // owned by `list` now
  }
  X509_CRL_sort(list.get());
  if (X509_CRL_sign(list.get(), state_->key.get(), EVP_sha256()) == 0)
    return OpensslError("signature");
  // Lists are replaced: the new one is complete beside the old before it takes its name.
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  NOREN_RETURN_IF_ERROR(
      WritePem(fresh, 0644, [&](BIO* file) { return PEM_write_bio_X509_CRL(file, list.get()); }));
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    return Unavailable(absl::StrCat("certificate authority: cannot write ", path));
  }
  return OkStatus();
}

}  // namespace noren::server
