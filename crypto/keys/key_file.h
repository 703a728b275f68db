// The root key sealed with a passphrase, as bytes of a file.
// Source:   docs/formats/key_file.md
// Threads:  concurrently
// Secrets:  root key and passphrase
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/primitives/password.h"

namespace noren::keys {

inline constexpr std::size_t kRootKeySizeBytes = 32;

//   errors   kInvalidArgument: root key not 32 bytes, empty passphrase, cost outside the limits;
//            kResourceExhausted: not enough memory for the cost
StatusOr<Bytes> SealRootKey(const SecretBytes& root_key, const SecretBytes& passphrase,
                            primitives::Argon2idCost cost, Random& random);

//   errors   kInvalidArgument: not a key file or not of this version; kUnauthenticated: wrong
//            passphrase or a changed file (they cannot be told apart); kResourceExhausted: not
//            enough memory for the file's cost
StatusOr<SecretBytes> OpenRootKey(ByteSpan key_file, const SecretBytes& passphrase);

}  // namespace noren::keys
