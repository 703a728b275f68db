// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/server_key.h"

#include <utility>

#include "crypto/oprf/group.h"
#include "crypto/oprf/scalars.h"

namespace noren::oprf {

ServerKey::ServerKey(Mode mode, SecretBytes scalar)
    : mode_(mode),
      scalar_(std::move(scalar)),
      public_key_{MultiplyGenerator(scalar_.ExposeSecret())} {}

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
