// The byte layout of a class table: docs/formats/ranking.md.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "crypto/base/encoding.h"
#include "engine/matching/cards/classes.h"

namespace noren::matching {
namespace {

constexpr std::string_view kMagic = "NCT1";

template <std::size_t kLevels>
void WritePath(RecordWriter& writer, const TokenPath<kLevels>& path) {
  for (const Token token : path.levels) writer.U64(token.value);
}

void WriteBand(RecordWriter& writer, const std::optional<Band>& band) {
  writer.U8(band ? 1 : 0);
  if (band) writer.I64(band->begin).I64(band->end);
}

// False when a token follows a "none": no path has such a hole.
template <std::size_t kLevels>
bool ReadPath(RecordReader& reader, TokenPath<kLevels>& path) {
  for (Token& token : path.levels) token.value = reader.U64();
  return std::ranges::all_of(path.levels.begin() + static_cast<std::ptrdiff_t>(path.depth()),
                             path.levels.end(), [](Token token) { return token.is_none(); });
}

bool ReadBand(RecordReader& reader, std::optional<Band>& band) {
  constexpr std::int64_t kLargest = 1'000'000;
  const std::uint8_t stated = reader.U8();
  if (stated == 0) return true;
  const std::int64_t begin = reader.I64();
  const std::int64_t end = reader.I64();
  if (stated != 1 || begin < 0 || end <= begin || end > kLargest) return false;
  band = Band{static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end)};
  return true;
}

bool ReadClass(RecordReader& reader, SeekerClass& made) {
  const bool row_ok = ReadPath(reader, made.row.occupation) && ReadPath(reader, made.row.region) &&
                      ReadBand(reader, made.row.experience_months) &&
                      ReadBand(reader, made.row.education);
  if (!row_ok) return false;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    made.members.push_back(SeekerRowId{reader.U64()});
  }
  return reader.ok() && std::ranges::is_sorted(made.members);
}

bool IsSound(const ClassTable& table) {
  if (table.k < kMinClassSize || table.k > kMaxClassSize) return false;
  std::vector<SeekerRowId> all;
  for (std::size_t i = 0; i < table.classes.size(); ++i) {
    const SeekerClass& made = table.classes[i];
    if (made.members.size() < table.k) return false;
    if (i > 0 && !(table.classes[i - 1].row < made.row)) return false;
    all.insert(all.end(), made.members.begin(), made.members.end());
  }
  std::ranges::sort(all);
  return std::ranges::adjacent_find(all) == all.end();
}

}  // namespace

Bytes EncodeClassTable(const ClassTable& table) {
  RecordWriter writer;
  writer.Raw(AsBytes(kMagic)).U32(table.k).I64(table.epoch_day);
  writer.U32(static_cast<std::uint32_t>(table.classes.size()));
  for (const SeekerClass& made : table.classes) {
    WritePath(writer, made.row.occupation);
    WritePath(writer, made.row.region);
    WriteBand(writer, made.row.experience_months);
    WriteBand(writer, made.row.education);
    writer.U32(static_cast<std::uint32_t>(made.members.size()));
    for (const SeekerRowId member : made.members) writer.U64(member.value);
  }
  return writer.Take();
}

StatusOr<ClassTable> DecodeClassTable(ByteSpan bytes) {
  const Status broken = DataLoss("class table: malformed");
  RecordReader reader(bytes);
  if (AsText(reader.Raw(kMagic.size())) != kMagic) return broken;
  ClassTable table;
  table.k = reader.U32();
  const std::int64_t day = reader.I64();
  table.epoch_day = static_cast<std::int32_t>(day);
  if (table.epoch_day != day) return broken;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count; ++i) {
    SeekerClass made;
    made.id = i;
    if (!ReadClass(reader, made)) return broken;
    table.classes.push_back(std::move(made));
  }
  NOREN_RETURN_IF_ERROR(reader.Finish());
  if (!IsSound(table)) return broken;
  return table;
}

}  // namespace noren::matching
