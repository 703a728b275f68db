// SPDX-License-Identifier: Apache-2.0
#include "crypto/primitives/hkdf.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/base/sodium_init.h"
#include "crypto/primitives/non_null.h"

namespace noren::primitives {
namespace {

constexpr std::size_t kBlock = crypto_auth_hmacsha256_BYTES;

// RFC 5869 2.2: PRK = HMAC(salt, input key). An absent salt and 32 zero bytes are the same HMAC
// key.
SecretBytes Extract(ByteSpan salt, const SecretBytes& input_key) {
  SecretBytes pseudorandom_key(kBlock);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, NonNull(salt), salt.size());
  crypto_auth_hmacsha256_update(&state, NonNull(input_key.ExposeSecret()), input_key.size());
  crypto_auth_hmacsha256_final(&state, pseudorandom_key.ExposeSecretForWriting().data());
  sodium_memzero(&state, sizeof state);
  return pseudorandom_key;
}

// RFC 5869 2.3: T(i) = HMAC(PRK, T(i-1) | info | i).
void Expand(const SecretBytes& pseudorandom_key, ByteSpan info, MutableByteSpan out) {
  SecretBytes block(kBlock);
  std::uint8_t counter = 0;
  for (std::size_t done = 0; done < out.size(); done += kBlock) {
    ++counter;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, pseudorandom_key.ExposeSecret().data(), kBlock);
    if (done > 0) crypto_auth_hmacsha256_update(&state, block.ExposeSecret().data(), kBlock);
    crypto_auth_hmacsha256_update(&state, NonNull(info), info.size());
    crypto_auth_hmacsha256_update(&state, &counter, 1);
    crypto_auth_hmacsha256_final(&state, block.ExposeSecretForWriting().data());
    sodium_memzero(&state, sizeof state);
    const std::size_t take = std::min(kBlock, out.size() - done);
    std::copy_n(block.ExposeSecret().begin(), take,
                out.begin() + static_cast<std::ptrdiff_t>(done));
  }
}

}  // namespace

StatusOr<SecretBytes> HkdfSha256(const SecretBytes& input_key, const HkdfContext& context,
                                 std::size_t output_size_bytes) {
  if (output_size_bytes > kHkdfMaxOutputSizeBytes) {
    return InvalidArgument("hkdf: output longer than 255 blocks");
  }
  EnsureSodium();
  SecretBytes output(output_size_bytes);
  Expand(Extract(context.salt, input_key), context.info, output.ExposeSecretForWriting());
  return output;
}

SecretBytes HkdfSha256Key(const SecretBytes& input_key, const HkdfContext& context) {
  EnsureSodium();
  SecretBytes output(kBlock);
  Expand(Extract(context.salt, input_key), context.info, output.ExposeSecretForWriting());
  return output;
}

}  // namespace noren::primitives
