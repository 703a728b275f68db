// SPDX-License-Identifier: Apache-2.0
#include "server/auth/tls_context.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "server/auth/openssl_handles.h"

namespace noren::server {
namespace {

// `path` is the operator's own and is what the operator has to fix.
Status FileError(const std::string& path, std::string_view fix) {
  const int reason = TakeOpensslReason();
  return FailedPrecondition(
      absl::StrCat("tls: ", path, ": ", absl::string_view(fix.data(), fix.size()),
                   reason == 0 ? "" : absl::StrCat(" (OpenSSL reason ", reason, ")")));
}

Status CheckKeyMode(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0)
    return FileError(path, "cannot be read; check that it exists");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return FileError(path, "others may read this private key; run chmod 600 on it");
  }
  return OkStatus();
}

Status CheckValidity(SSL_CTX* context, const std::string& path) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
    return FileError(path, "the certificate has expired; issue a new one");
  }
  return OkStatus();
}

Status AddRevocationList(SSL_CTX* context, const std::string& ca_path, const std::string& path) {
  const BioHandle file(BIO_new_file(path.c_str(), "r"));
  if (!file) return FileError(path, "cannot be read; check that it exists");
  const CrlHandle list(PEM_read_bio_X509_CRL(file.get(), nullptr, nullptr, nullptr));
  if (!list) return FileError(path, "is not a PEM revocation list");
  const BioHandle ca_file(BIO_new_file(ca_path.c_str(), "r"));
  const CertificateHandle ca(PEM_read_bio_X509(ca_file.get(), nullptr, nullptr, nullptr));
  if (!ca || X509_CRL_verify(list.get(), X509_get0_pubkey(ca.get())) != 1) {
    return FileError(path, "the revocation list is not signed by the authority");
  }
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
  if (next == nullptr || X509_cmp_current_time(next) <= 0) {
    return FileError(path, "the revocation list is out of date; write a new one");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  X509_STORE_add_crl(store, list.get());
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
  return OkStatus();
}

void SetProtocol(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, 2);
  // Every connection is verified anew: no tickets, no cache, no early data.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections give their record buffers back; one read does a bounded amount of work.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_max_cert_list(context, 16 * 1024);
}

}  // namespace

StatusOr<std::unique_ptr<TlsContext>> TlsContext::Load(const TlsFiles& files) {
  ERR_clear_error();
  SslContextHandle context(SSL_CTX_new(TLS_server_method()));
  if (!context) return Internal("tls: OpenSSL gives no context");
  SetProtocol(context.get());
  if (SSL_CTX_load_verify_locations(context.get(), files.ca_path.c_str(), nullptr) != 1) {
    return FileError(files.ca_path, "is not a readable PEM file of the authority");
  }
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_path.c_str()) != 1) {
    return FileError(files.certificate_path, "is not a readable PEM certificate");
  }
  NOREN_RETURN_IF_ERROR(CheckKeyMode(files.key_path));
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key_path.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return FileError(files.key_path, "is not the PEM key of the certificate");
  }
  NOREN_RETURN_IF_ERROR(CheckValidity(context.get(), files.certificate_path));
  if (!files.crl_path.empty()) {
    NOREN_RETURN_IF_ERROR(AddRevocationList(context.get(), files.ca_path, files.crl_path));
  }
  return std::unique_ptr<TlsContext>(new TlsContext(context.release()));
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Status TlsContext::VerifyClient(ByteSpan certificate_der) const {
  const std::uint8_t* cursor = certificate_der.data();
  const CertificateHandle certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(certificate_der.size())));
  const StoreContextHandle verification(X509_STORE_CTX_new());
  if (!certificate || !verification ||
      X509_STORE_CTX_init(verification.get(), SSL_CTX_get_cert_store(context_), certificate.get(),
                          nullptr) != 1) {
    ERR_clear_error();
    return Unauthenticated("certificate: malformed");
  }
  X509_STORE_CTX_set_default(verification.get(), "ssl_client");
  const bool valid = X509_verify_cert(verification.get()) == 1;
  const int reason = X509_STORE_CTX_get_error(verification.get());
  ERR_clear_error();
  if (valid) return OkStatus();
  return Unauthenticated(
      absl::StrCat("certificate: does not verify (OpenSSL reason ", reason, ")"));
}

}  // namespace noren::server
