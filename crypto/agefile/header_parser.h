// Splits the header of an age file into stanzas; knows the grammar, opens nothing.
// Source:   C2SP age.md, "Header"
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::agefile {

inline constexpr std::string_view kVersionLine = "age-encryption.org/v1\n";
inline constexpr std::size_t kStanzasMaxCount = 256;

// The texts borrow from the input.
struct Stanza {
  std::vector<std::string_view> arguments;  // the first is the type
  Bytes body;
};

struct ParsedHeader {
  std::vector<Stanza> stanzas;
  ByteSpan authenticated;  // what the MAC covers: up to and with "---"
  Bytes mac;               // 32 bytes
  std::size_t size_bytes = 0;
};

// Parses the header at the beginning of `file`.
//   errors   kInvalidArgument: malformed, too long, or not complete
StatusOr<ParsedHeader> ParseHeader(ByteSpan file);

}  // namespace noren::agefile
