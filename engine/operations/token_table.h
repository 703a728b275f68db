// A class table as it is stored: with the version of the match key that its rows are under. Classes
// keep their numbers when a table is put under another version, since cards are named by them.
// Source:   docs/formats/operations_records.md (card-epoch)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/matching/cards/cards.h"
#include "engine/operations/code_tokens.h"

namespace noren::operations {

struct TokenTable {
  std::uint32_t version = 1;
  matching::ClassTable table;  // classes in the order of their ids
  bool operator==(const TokenTable&) const = default;
};

Bytes EncodeTokenTable(const TokenTable& table);
// A table of before there were versions is of version 1.
//   errors   kDataLoss: malformed
StatusOr<TokenTable> DecodeTokenTable(ByteSpan bytes);

// The table, which is under `from`, under `to`; nullopt when a code is not in the lists any more.
std::optional<TokenTable> Translated(const matching::ClassTable& table, const CodeTokens& from,
                                     const CodeTokens& to);

}  // namespace noren::operations
