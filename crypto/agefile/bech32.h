// Bech32 text with a prefix and a checksum: the form of age recipients and identities.
// Source:   BIP 173 (without its limit of 90 characters, as age has it)
// Threads:  concurrently
// Secrets:  identities go through it, so it writes into memory of the caller
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::agefile {

constexpr std::size_t Bech32Size(std::size_t prefix_size, std::size_t data_size_bytes) {
  return prefix_size + 1 + (data_size_bytes * 8 + 4) / 5 + 6;
}

// Writes the lower-case text of `data`; `out` has exactly Bech32Size characters.
void EncodeBech32(std::string_view prefix, ByteSpan data, MutableByteSpan out);

// Reads text that is all lower or all upper case and whose prefix, in lower case, is `prefix`.
//   out      exactly as many bytes as the text must hold; wiped on failure
//   errors   kInvalidArgument with one message
Status DecodeBech32(std::string_view text, std::string_view prefix, MutableByteSpan out);

}  // namespace noren::agefile
