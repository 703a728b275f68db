// The server's side of TLS 1.3 with mutual certificates: files in, a ready OpenSSL context out.
// Threads:  const members concurrently.
// Secrets:  the private key is read by OpenSSL and stays inside it; a key file others can read is
//           refused.
// Why safe: only TLS 1.3, no session tickets, no resumption and no early data, so every connection
//           is verified anew against the authority and, when given, the revocation list.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

struct ssl_ctx_st;

namespace noren::server {

struct TlsFiles {
  std::string ca_path;           // PEM; the only authority whose clients are accepted
  std::string certificate_path;  // PEM; leaf first
  std::string key_path;          // PEM; mode 0600 or stricter
  std::string crl_path;          // PEM; empty: no revocation list
};

class TlsContext {
 public:
  // Loads and cross-checks the files.
  //   errors  kFailedPrecondition with the file and the fix: unreadable, not PEM, key of another
  //           certificate, key readable by others, certificate expired, list not signed by the
  //           authority or out of date
  static StatusOr<std::unique_ptr<TlsContext>> Load(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Verifies a client certificate of a live connection again, after authority or list have changed.
  //   errors  kUnauthenticated with OpenSSL's numeric reason
  Status VerifyClient(ByteSpan certificate_der) const;

  // Borrowed; a connection made from it keeps its own reference.
  ssl_ctx_st* native() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace noren::server
