// Reads certificates back with OpenSSL, for tests that look at what was issued.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "crypto/base/bytes.h"
#include "server/auth/openssl_handles.h"

namespace noren::server {

inline CertificateHandle ReadPem(const std::string& path) {
  const BioHandle file(BIO_new_file(path.c_str(), "r"));
  CertificateHandle certificate(file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)
                                     : nullptr);
  EXPECT_TRUE(certificate) << path;
  return certificate;
}

inline Bytes ReadDer(const std::string& path) {
  const CertificateHandle certificate = ReadPem(path);
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  EXPECT_GT(size, 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace noren::server
