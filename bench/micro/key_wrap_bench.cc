// Keys under a key: the bare AEAD of the library, one wrap, and what a rewrap does per key (open
// under the old node key, wrap under the fresh one). One thread; items are keys.
// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <sodium.h>

#include <array>
#include <cstdint>

#include "crypto/base/random.h"
#include "crypto/keys/key_tree_wrap.h"
#include "crypto/primitives/bulk_aead.h"

namespace noren {
namespace {

// As long as the associated data of a wrapped key (docs/formats/key_tree.md).
constexpr std::size_t kContextSizeBytes = 48;

void KeyWrapBareAead(benchmark::State& state) {
  std::array<std::uint8_t, 32> key{}, plaintext{};
  std::array<std::uint8_t, 24> nonce{};
  std::array<std::uint8_t, kContextSizeBytes> context{};
  std::array<std::uint8_t, 48> out{};
  for (auto _ : state) {
    ++nonce[0];
    crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plaintext.data(),
                                               plaintext.size(), context.data(), context.size(),
                                               nullptr, nonce.data(), key.data());
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(KeyWrapBareAead);

void KeyWrapOneKey(benchmark::State& state) {
  SystemRandom random;
  const SecretBytes node_key = SecretBytes::Random(random, 32);
  const SecretBytes key = SecretBytes::Random(random, 32);
  const std::array<std::uint8_t, kContextSizeBytes> context{};
  std::array<std::uint8_t, keys::kWrappedKeySizeBytes> out{};
  primitives::BulkSealer sealer(node_key, random);
  for (auto _ : state) {
    sealer.Seal({context}, key, out);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(KeyWrapOneKey);

// A whole node after the other, with a fresh key and a fresh beginning of the nonces each.
void KeyWrapRewrapNode(benchmark::State& state) {
  SystemRandom random;
  const SecretBytes old_key = SecretBytes::Random(random, keys::kTreeKeySizeBytes);
  keys::Node first;
  first.address = {3, 1, 1};
  for (std::uint32_t slot = 0; slot < keys::kTreeFanOut; ++slot) {
    const SecretBytes child = SecretBytes::Random(random, keys::kTreeKeySizeBytes);
    keys::WrapChildKey(old_key, first, {slot, 1}, child, random);
  }
  const SecretBytes second_key = SecretBytes::Random(random, keys::kTreeKeySizeBytes);
  keys::Node old;  // as a rewrap before has left it
  old.address = {3, 1, 2};
  bool is_good = keys::RewrapChildren(old_key, first, second_key, old, random).ok();
  for (auto _ : state) {
    const SecretBytes fresh_key = SecretBytes::Random(random, keys::kTreeKeySizeBytes);
    keys::Node fresh;
    fresh.address = {3, 1, 3};
    is_good = is_good && keys::RewrapChildren(second_key, old, fresh_key, fresh, random).ok();
    benchmark::DoNotOptimize(fresh);
  }
  if (!is_good) state.SkipWithError("a wrapped key does not open");
  state.SetItemsProcessed(state.iterations() * keys::kTreeFanOut);
}
BENCHMARK(KeyWrapRewrapNode);

}  // namespace
}  // namespace noren
