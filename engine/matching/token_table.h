// From token to a number, for a few tokens that are looked up very often: a table that is drawn
// until no two tokens share a place, so that a look-up is one multiplication and one comparison
// with nothing to predict. Tokens are keyed hashes; the table is right, only slower, for others.
// Threads:  immutable after construction
// Memory:   16 bytes per place, 4 to 32 places per token
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/rows.h"

namespace noren::matching {

class TokenTable {
 public:
  struct Entry {
    Token token;
    std::uint32_t value = 0;  // not 0
  };

  TokenTable() : TokenTable(std::span<const Entry>()) {}
  // No token twice, and none of them "none".
  explicit TokenTable(std::span<const Entry> entries);

  // The value of `token`, or 0.
  std::uint32_t Find(Token token) const {
    const Entry* place = places_.data() + ((token.value * factor_) >> shift_);
    std::uint32_t value = place->token == token ? place->value : 0;
    for (std::size_t i = 1; i <= extra_probes_; ++i) {
      if (place[i].token == token) value = place[i].value;
    }
    return value;
  }

 private:
  bool Fill(std::span<const Entry> entries);

  std::vector<Entry> places_;
  std::uint64_t factor_ = 1;
  unsigned shift_ = 63;
  std::size_t extra_probes_ = 0;  // 0 but for unlucky tokens
};

}  // namespace noren::matching
