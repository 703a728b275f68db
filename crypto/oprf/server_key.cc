// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/server_key.h"

#include <sodium.h>

#include <utility>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"
#include "crypto/oprf/scalars.h"

namespace noren::oprf {

ServerKey::ServerKey(Mode mode, SecretBytes scalar) : mode_(mode), scalar_(std::move(scalar)) {
  EnsureSodium();
  const int failed = crypto_scalarmult_ristretto255_base(public_key_.element.data(),
                                                         scalar_.ExposeSecret().data());
  NOREN_CHECK(failed == 0, "a key's scalar is not zero");
}

StatusOr<ServerKey> ServerKey::Derive(Mode mode, const SecretBytes& seed, ByteSpan info) {
  if (seed.size() != kSeedSizeBytes) return InvalidArgument("OPRF seed: 32 bytes expected");
  if (info.size() > kMaxInputSizeBytes) return InvalidArgument("OPRF info: at most 65,535 bytes");
  NOREN_ASSIGN_OR_RETURN(SecretBytes scalar, DeriveScalar(mode, seed, info, HashToSecretScalar));
  return ServerKey(mode, std::move(scalar));
}

ServerKey ServerKey::Generate(Mode mode, Random& random) {
  return ServerKey(mode, RandomScalar(random));
}

StatusOr<ServerKey> ServerKey::FromScalar(Mode mode, SecretBytes scalar) {
  if (!IsNonZeroScalar(scalar.ExposeSecret())) {
    return InvalidArgument("OPRF key: no scalar between 0 and the group's order");
  }
  return ServerKey(mode, std::move(scalar));
}

}  // namespace noren::oprf
