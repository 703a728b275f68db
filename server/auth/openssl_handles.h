// Owners of OpenSSL objects and the last error's number. Included by .cc files of server/auth and
// server/transport only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace noren::server {

template <auto Free>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <typename T, auto Free>
using OpensslHandle = std::unique_ptr<T, OpensslFree<Free>>;

using BioHandle = OpensslHandle<BIO, BIO_free_all>;
using CertificateHandle = OpensslHandle<X509, X509_free>;
using CrlHandle = OpensslHandle<X509_CRL, X509_CRL_free>;
using ExtensionHandle = OpensslHandle<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralNamesHandle = OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;
using KeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using SslHandle = OpensslHandle<SSL, SSL_free>;
using SslContextHandle = OpensslHandle<SSL_CTX, SSL_CTX_free>;
using StoreContextHandle = OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;

// The reason code of the newest error of this thread; clears the queue.
inline int TakeOpensslReason() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return ERR_GET_REASON(error);
}

}  // namespace noren::server
