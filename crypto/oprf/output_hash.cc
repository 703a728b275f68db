// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/output_hash.h"

#include "crypto/primitives/hash.h"

namespace noren::oprf {

Output HashOutput(ByteSpan input, const Element& unblinded) {
  constexpr std::uint8_t kElementSize[2] = {0, kElementSizeBytes};
  const std::uint8_t input_size[2] = {static_cast<std::uint8_t>(input.size() >> 8),
                                      static_cast<std::uint8_t>(input.size())};
  primitives::Sha512Hasher hasher;
  hasher.Update(input_size).Update(input).Update(kElementSize).Update(unblinded);
  return hasher.Update(AsBytes("Finalize")).Finish();
}

}  // namespace noren::oprf
