// The server's key pair of one mode. A key of one mode must not serve the other.
// Source:   RFC 9497 sections 2.1, 3.2
// Threads:  const members concurrently
// Secrets:  the scalar, in SecretBytes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

class ServerKey {
 public:
  // DeriveKeyPair: the same key from the same seed and info.
  //   seed     32 bytes
  //   info     what the key is for, at most 65,535 bytes; not secret
  //   errors   kInvalidArgument: sizes; kInternal: no key in 256 tries (DeriveKeyPairError)
  static StatusOr<ServerKey> Derive(Mode mode, const SecretBytes& seed, ByteSpan info);
  static ServerKey Generate(Mode mode, Random& random);
  //   errors   kInvalidArgument: not 32 bytes, not below the order, or zero
  static StatusOr<ServerKey> FromScalar(Mode mode, SecretBytes scalar);

  Mode mode() const { return mode_; }
  const PublicKey& public_key() const { return public_key_; }
  const SecretBytes& scalar() const { return scalar_; }

 private:
  ServerKey(Mode mode, SecretBytes scalar);  // `scalar` is in [1, order)
  Mode mode_;
  SecretBytes scalar_;
  PublicKey public_key_;
};

}  // namespace noren::oprf
