// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/key_agreement.h"

#include <sodium.h>

#include <algorithm>
#include <utility>

#include "crypto/base/sodium_init.h"

namespace noren::primitives {

static_assert(kAgreementScalarSizeBytes == crypto_scalarmult_SCALARBYTES);
static_assert(sizeof(AgreementPublicKey) == crypto_scalarmult_BYTES);

StatusOr<AgreementPublicKey> AgreementPublicKey::FromBytes(ByteSpan bytes) {
  AgreementPublicKey key;
  if (bytes.size() != key.bytes.size()) return InvalidArgument("X25519 key: 32 bytes expected");
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

AgreementKey::AgreementKey(SecretBytes scalar) : scalar_(std::move(scalar)) {
  EnsureSodium();
  crypto_scalarmult_base(public_key_.bytes.data(), scalar_.ExposeSecret().data());
}

StatusOr<AgreementKey> AgreementKey::FromScalar(SecretBytes scalar) {
  if (scalar.size() != kAgreementScalarSizeBytes)
    return InvalidArgument("X25519 key: 32 bytes expected");
  return AgreementKey(std::move(scalar));
}

AgreementKey AgreementKey::Generate(Random& random) {
  return AgreementKey(SecretBytes::Random(random, kAgreementScalarSizeBytes));
}

StatusOr<SecretBytes> AgreementKey::Agree(const AgreementPublicKey& peer) const {
  SecretBytes shared(crypto_scalarmult_BYTES);
  // The call fails exactly when the result is all zero.
  if (crypto_scalarmult(shared.ExposeSecretForWriting().data(), scalar_.ExposeSecret().data(),
                        peer.bytes.data()) != 0) {
    return InvalidArgument("X25519 key of small order");
  }
  return shared;
}

}  // namespace noren::primitives
