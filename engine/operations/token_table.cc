// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/token_table.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"

namespace noren::operations {
namespace {

constexpr std::uint8_t kLayout = 2;  // below the first byte of a bare table
constexpr std::size_t kMaxTableBytes = std::size_t{1} << 31;

template <std::size_t kLevels>
bool Translate(matching::TokenPath<kLevels>& path, const CodeTokens& from, const CodeTokens& to) {
  for (std::size_t i = 0; i < path.depth(); ++i) {
    const matching::Token token = from.Translated(path.levels[i], to);
    if (token.is_none()) return false;
    path.levels[i] = token;
  }
  return true;
}

}  // namespace

Bytes EncodeTokenTable(const TokenTable& table) {
  matching::ClassTable sorted = table.table;
  std::ranges::sort(sorted.classes, {}, &matching::SeekerClass::row);
  RecordWriter writer;
  writer.U8(kLayout).U32(table.version).U32(static_cast<std::uint32_t>(sorted.classes.size()));
  for (const matching::SeekerClass& one : sorted.classes) writer.U32(one.id);
  return writer.Field(matching::EncodeClassTable(sorted)).Take();
}

StatusOr<TokenTable> DecodeTokenTable(ByteSpan bytes) {
  TokenTable table;
  if (bytes.empty() || bytes[0] != kLayout) {
    NOREN_ASSIGN_OR_RETURN(table.table, matching::DecodeClassTable(bytes));
    return table;
  }
  RecordReader reader(bytes);
  (void)reader.U8();
  table.version = reader.U32();
  const std::uint32_t count = reader.U32();
  std::vector<std::uint32_t> ids;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) ids.push_back(reader.U32());
  const ByteSpan encoded = reader.Field(kMaxTableBytes);
  NOREN_RETURN_IF_ERROR(reader.Finish());
  NOREN_ASSIGN_OR_RETURN(table.table, matching::DecodeClassTable(encoded));
  auto& classes = table.table.classes;
  if (classes.size() != ids.size()) return DataLoss("class table: malformed");
  for (std::size_t i = 0; i < ids.size(); ++i) classes[i].id = ids[i];
  std::ranges::sort(classes, {}, &matching::SeekerClass::id);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].id != i) return DataLoss("class table: malformed");
  }
  return table;
}

std::optional<TokenTable> Translated(const matching::ClassTable& table, const CodeTokens& from,
                                     const CodeTokens& to) {
  TokenTable translated{to.version(), table};
  for (matching::SeekerClass& one : translated.table.classes) {
    if (!Translate(one.row.occupation, from, to) || !Translate(one.row.region, from, to)) {
      return std::nullopt;
    }
  }
  return translated;
}

}  // namespace noren::operations
