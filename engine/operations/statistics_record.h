// What is kept of statistics: editions of figures, and what was answered from them.
// Source:   docs/formats/statistics.md, docs/design/0038-statistics.md
// Threads:  values; free functions concurrently
// Secrets:  an edition that is being counted holds figures that nobody may see; it is sealed
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/people.h"
#include "engine/statistics/suppression.h"

namespace noren::operations {

// The editions of a kind of person are numbered from 1.
struct EditionId {
  std::string subject;  // id in the policy: "seeker"
  std::uint64_t number = 0;
  std::string ToString() const;  // "seeker/3"
  static StatusOr<EditionId> Parse(std::string_view text);
  auto operator<=>(const EditionId&) const = default;
};

struct EditionRecord {
  EditionId edition;
  std::string purpose;  // id in the policy; "": the notice has a ground for it
  std::string begun_by;
  UnixSeconds begun_at;
  Hash256 policy{};         // under which it was begun
  std::uint64_t least = 0;  // people a figure
  // While it is counted: the key of the last person who was looked at, and what there is so far.
  std::string after;
  statistics::Counts counts;
  // Once it stands; then there are no counts any more.
  std::optional<UnixSeconds> done_at;
  statistics::Figures figures;
  bool operator==(const EditionRecord&) const = default;
};
inline constexpr std::size_t kMaxPlaces = 100'000;
Bytes EncodeEdition(const EditionRecord& record);
//   errors   kDataCorrupt
StatusOr<EditionRecord> DecodeEdition(const EditionId& id, ByteSpan plaintext);

// One answer to an analyst.
struct FiguresReleased {
  std::uint64_t number = 0;  // within the edition, from 1
  EditionId edition;
  std::string table;  // facets, or the place of a single figure: "occupation region"
  std::string target, use, by;
  UnixSeconds at;
  std::uint64_t least = 0;
  std::uint64_t shown = 0, suppressed = 0;  // figures
  bool operator==(const FiguresReleased&) const = default;
};
inline constexpr std::size_t kMaxTableNameBytes = 100;
Bytes EncodeFiguresReleased(const FiguresReleased& record);
//   errors   kDataCorrupt
StatusOr<FiguresReleased> DecodeFiguresReleased(const EditionId& edition, std::uint64_t number,
                                                ByteSpan plaintext);

struct LoadedEdition {
  EditionRecord record;
  Bytes stored;
};
Bytes SealEdition(ServiceContext& context, const EditionRecord& record);
Bytes SealFiguresReleased(ServiceContext& context, const FiguresReleased& record);
//   errors   kNotFound; kDataCorrupt
StatusOr<LoadedEdition> LoadEdition(ServiceContext& context, const EditionId& edition);
// By kind of person, oldest first; "": of every kind.
StatusOr<std::vector<LoadedEdition>> LoadEditions(ServiceContext& context,
                                                  std::string_view subject);
// In the order of their numbers.
StatusOr<std::vector<FiguresReleased>> LoadFiguresReleased(ServiceContext& context,
                                                           const EditionId& edition);

}  // namespace noren::operations
