// Keyed tokens: short pseudonyms of a message that nobody without the key can compute or check. For
// subject tokens, match tokens and candidate references.
// Source:   RFC 7693 (BLAKE2b) with key and personalisation
// Threads:  concurrently
// Secrets:  the key
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"

namespace noren::primitives {

using Token16 = std::array<std::uint8_t, 16>;
using Token32 = std::array<std::uint8_t, 32>;

inline constexpr std::size_t kTokenContextMaxSizeBytes = 16;

// Tokens of one key under different contexts are independent.
//   key      16..64 bytes
//   context  what the token is for, a literal of 1..16 bytes ("posting-card")
//   message  several fields are to be joined with RecordWriter::Field, so that ("ab","c") differs
//            from ("a","bc")
Token16 KeyedToken16(const SecretBytes& key, std::string_view context, ByteSpan message);
Token32 KeyedToken32(const SecretBytes& key, std::string_view context, ByteSpan message);

// BLAKE2b without personalisation, output of 64 bytes: for published test vectors only.
std::array<std::uint8_t, 64> UncheckedKeyedBlake2bForTest(const SecretBytes& key, ByteSpan message);

}  // namespace noren::primitives
