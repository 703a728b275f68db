// Secret scalars: drawn, derived, checked and inverted.
// Source:   RFC 9497 sections 2.1, 3.2.1, 4.7.2
// Threads:  concurrently
// Secrets:  all of them, in SecretBytes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/oprf/hash_to_group.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// True for 32 bytes, little-endian, below the group's order. Constant time in the value.
bool IsScalar(ByteSpan bytes);
bool IsNonZeroScalar(ByteSpan bytes);

// Uniform in [1, order): 64 random bytes, reduced.
SecretBytes RandomScalar(Random& random);

// DeriveKeyPair's scalar. `hash` is HashToSecretScalar; a parameter because no real input ever
// makes it zero.
//   errors   kInternal: 256 times zero (DeriveKeyPairError)
using SecretScalarHash =
    std::function<SecretBytes(Mode mode, std::string_view tag_prefix, MessageParts message)>;
StatusOr<SecretBytes> DeriveScalar(Mode mode, const SecretBytes& seed, ByteSpan info,
                                   const SecretScalarHash& hash);

// The inverses of scalars laid one after another, none zero, with one inversion for all.
SecretBytes InvertScalars(const SecretBytes& scalars);

}  // namespace noren::oprf
