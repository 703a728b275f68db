// From a verified client certificate to the principal it stands for.
// Source:   RFC 5280 4.2.1.6 (subjectAltName), 4.2.1.12 (extendedKeyUsage)
// Why safe: the chain is verified by TLS before; here exactly one URI name of our own form is
//           required, so a certificate of the same authority that was made for something else (a
//           server, another service) is refused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/principal.h"

namespace noren::server {

// Reads the one URI name `urn:noren:<role>:<name>` of the certificate.
//   certificate_der  the peer's leaf certificate, already verified against our authority
//   errors  kUnauthenticated: not exactly one URI name, other form, a role that has no certificate
//           (person, system), extended key usage absent or without clientAuth
StatusOr<model::Principal> PrincipalFromCertificate(ByteSpan certificate_der);

// SHA-256 of the certificate's SubjectPublicKeyInfo: whoever holds the key, under whatever name.
//   errors  kUnauthenticated: malformed
StatusOr<Hash256> PublicKeyDigestOf(ByteSpan certificate_der);

}  // namespace noren::server
