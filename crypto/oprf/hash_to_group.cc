// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/hash_to_group.h"

#include <sodium.h>

#include <array>

#include "crypto/base/check.h"
#include "crypto/base/sodium_init.h"
#include "crypto/primitives/non_null.h"

namespace noren::oprf {
namespace {

constexpr std::size_t kBlockSizeBytes = 128;  // of SHA-512
constexpr std::size_t kUniformSizeBytes = 64;
constexpr std::uint8_t kUniformSize[2] = {0, kUniformSizeBytes};

static_assert(crypto_hash_sha512_BYTES == kUniformSizeBytes);
static_assert(crypto_core_ristretto255_HASHBYTES == kUniformSizeBytes);
static_assert(crypto_core_ristretto255_NONREDUCEDSCALARBYTES == kUniformSizeBytes);

using Sha512State = crypto_hash_sha512_state;

// Every message begins with a block of zeros: hashed once.
Sha512State StateAfterZeroBlock() {
  EnsureSodium();
  static const Sha512State kState = [] {
    const std::array<std::uint8_t, kBlockSizeBytes> zeros{};
    Sha512State state;
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, zeros.data(), zeros.size());
    return state;
  }();
  return kState;
}

void Update(Sha512State& state, ByteSpan bytes) {
  crypto_hash_sha512_update(&state, primitives::NonNull(bytes), bytes.size());
}

// DST_prime: the tag with its length behind it.
void UpdateWithTag(Sha512State& state, std::string_view tag) {
  const auto size = static_cast<std::uint8_t>(tag.size());
  Update(state, AsBytes(tag));
  Update(state, {&size, 1});
}

}  // namespace

void ExpandMessageXmd(MessageParts message, std::string_view tag, MutableByteSpan uniform) {
  NOREN_CHECK(!tag.empty() && tag.size() <= 255, "a tag of 1 to 255 bytes");
  NOREN_CHECK(uniform.size() == kUniformSizeBytes, "64 uniform bytes");
  constexpr std::uint8_t kZero = 0;
  constexpr std::uint8_t kFirst = 1;
  std::array<std::uint8_t, kUniformSizeBytes> b_0;
  Sha512State state = StateAfterZeroBlock();
  for (const ByteSpan part : message) Update(state, part);
  Update(state, kUniformSize);
  Update(state, {&kZero, 1});
  UpdateWithTag(state, tag);
  crypto_hash_sha512_final(&state, b_0.data());

  crypto_hash_sha512_init(&state);
  Update(state, b_0);
  Update(state, {&kFirst, 1});
  UpdateWithTag(state, tag);
  crypto_hash_sha512_final(&state, uniform.data());  // wipes the state
  sodium_memzero(b_0.data(), b_0.size());
}

StatusOr<Element> HashToGroup(Mode mode, ByteSpan input) {
  if (input.size() > kMaxInputSizeBytes) return InvalidArgument("input: at most 65,535 bytes");
  std::array<std::uint8_t, kUniformSizeBytes> uniform;
  Element element;
  ExpandMessageXmd({&input, 1}, "HashToGroup-" + ContextString(mode), uniform);
  const int failed = crypto_core_ristretto255_from_hash(element.data(), uniform.data());
  sodium_memzero(uniform.data(), uniform.size());
  if (failed != 0 || element == Element{}) return InvalidArgument("input maps to the identity");
  return element;
}

SecretBytes HashToSecretScalar(Mode mode, std::string_view tag_prefix, MessageParts message) {
  SecretBytes uniform(kUniformSizeBytes);
  SecretBytes scalar(kScalarSizeBytes);
  ExpandMessageXmd(message, std::string(tag_prefix) + ContextString(mode),
                   uniform.ExposeSecretForWriting());
  crypto_core_ristretto255_scalar_reduce(scalar.ExposeSecretForWriting().data(),
                                         uniform.ExposeSecret().data());
  return scalar;
}

std::string ScalarTag(Mode mode) { return "HashToScalar-" + ContextString(mode); }

Scalar HashToScalar(std::string_view tag, MessageParts message) {
  std::array<std::uint8_t, kUniformSizeBytes> uniform;
  Scalar scalar;
  ExpandMessageXmd(message, tag, uniform);
  crypto_core_ristretto255_scalar_reduce(scalar.data(), uniform.data());
  return scalar;
}

}  // namespace noren::oprf
