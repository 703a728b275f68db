// SPDX-License-Identifier: Apache-2.0
#include "server/auth/peer_identity.h"

#include <optional>
#include <string_view>

#include "crypto/primitives/hash.h"
#include "server/auth/openssl_handles.h"

namespace noren::server {
namespace {

// The one URI of the subjectAltName; nothing when there is none or more than one.
std::optional<std::string> OnlyUri(X509* certificate) {
  const GeneralNamesHandle names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return std::nullopt;
  std::optional<std::string> uri;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    if (uri) return std::nullopt;
    const ASN1_IA5STRING* text = name->d.uniformResourceIdentifier;
    uri.emplace(
        AsText({ASN1_STRING_get0_data(text), static_cast<std::size_t>(ASN1_STRING_length(text))}));
  }
  return uri;
}

bool HasCertificate(model::Role role) {
  return role == model::Role::kPortal || role == model::Role::kCompany ||
         role == model::Role::kAnalyst || role == model::Role::kOfficer ||
         role == model::Role::kHandler;
}

}  // namespace

StatusOr<model::Principal> PrincipalFromCertificate(ByteSpan certificate_der) {
  const std::uint8_t* cursor = certificate_der.data();
  const CertificateHandle certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(certificate_der.size())));
  ERR_clear_error();
  if (!certificate) return Unauthenticated("certificate: malformed");
  // Without the extension every use is allowed by X.509; we want it said.
  const std::uint32_t use = X509_get_extended_key_usage(certificate.get());
  if (use == UINT32_MAX || (use & XKU_SSL_CLIENT) == 0) {
    return Unauthenticated("certificate: not for client authentication");
  }
  const std::optional<std::string> uri = OnlyUri(certificate.get());
  if (!uri) return Unauthenticated("certificate: not exactly one URI name");
  StatusOr<model::Principal> principal = model::ParsePrincipalUri(*uri);
  if (!principal.ok())
    return Unauthenticated("certificate: the URI name is not urn:noren:<role>:<name>");
  if (!HasCertificate(principal->role))
    return Unauthenticated("certificate: this role has no certificate");
  return principal;
}

StatusOr<Hash256> PublicKeyDigestOf(ByteSpan certificate_der) {
  const std::uint8_t* cursor = certificate_der.data();
  const CertificateHandle certificate(
      d2i_X509(nullptr, &cursor, static_cast<long>(certificate_der.size())));
  std::uint8_t* encoded = nullptr;
  const int size =
      certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded) : 0;
  ERR_clear_error();
  if (size <= 0) return Unauthenticated("certificate: malformed");
  const Hash256 digest = primitives::Sha256({encoded, static_cast<std::size_t>(size)});
  OPENSSL_free(encoded);
  return digest;
}

}  // namespace noren::server
