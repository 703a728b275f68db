// SPDX-License-Identifier: Apache-2.0
#include "engine/model/taxonomy_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "engine/model/errors.h"
#include "engine/model/utf8.h"

namespace noren::model {
namespace {

constexpr std::array<std::string_view, 8> kColumns = {"code", "parent",  "ko",       "ja",
                                                      "en",   "aliases", "latitude", "longitude"};
constexpr std::array<std::string_view, 4> kForeignColumns = {"code", "parent", "label", "isco"};
constexpr std::size_t kColumnsWithoutPlace = 6;

bool IsWellFormed(CodeKind kind, std::string_view code) {
  switch (kind) {
    case CodeKind::kOccupation:
      return OccupationTag::IsWellFormed(code);
    case CodeKind::kSkill:
      return SkillTag::IsWellFormed(code);
    case CodeKind::kRegion:
      return RegionTag::IsWellFormed(code);
    case CodeKind::kLicence:
      return LicenceTag::IsWellFormed(code);
    case CodeKind::kLanguage:
      return LanguageTag::IsWellFormed(code);
    case CodeKind::kLanguageLevel:
      return code.size() == 1 && code[0] >= '1' && code[0] <= '6';
    case CodeKind::kEmploymentType:
      return FindEmploymentType(code).has_value();
    case CodeKind::kEducation:
      return FindEducation(code).has_value();
  }
  return false;
}

// Degrees with up to six decimals, as millionths.
std::optional<std::int32_t> ParseDegrees(std::string_view text) {
  double degrees = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), degrees);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() ||
      std::abs(degrees) > 180) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(std::lround(degrees * 1e6));
}

// A region may lack a Korean or Japanese label; everything else has all three.
bool HasLabels(const DictionaryEntry& entry, CodeKind kind) {
  if (entry.label_en.empty()) return false;
  if (kind != CodeKind::kRegion) return !entry.label_ko.empty() && !entry.label_ja.empty();
  return !entry.label_ko.empty() || !entry.label_ja.empty();
}

Status ReadPlace(const TaxonomyFile& file, const TaxonomyRow& row, DictionaryEntry* entry) {
  const std::string_view latitude = row.cells[6];
  const std::string_view longitude = row.cells[7];
  if (latitude.empty() && longitude.empty()) return OkStatus();
  entry->latitude_e6 = ParseDegrees(latitude);
  entry->longitude_e6 = ParseDegrees(longitude);
  if (entry->latitude_e6.has_value() && entry->longitude_e6.has_value()) return OkStatus();
  return TaxonomyError(file, row.line, "place");
}

}  // namespace

Status TaxonomyError(const TaxonomyFile& file, std::size_t line, std::string_view what) {
  std::string detail = file.name;
  detail.append(" line ").append(std::to_string(line)).append(": ").append(what);
  return MakeError(ErrorCode::kDataCorrupt, detail);
}

std::vector<std::string_view> SplitCell(std::string_view cell, char separator) {
  std::vector<std::string_view> parts;
  while (!cell.empty()) {
    const std::size_t at = cell.find(separator);
    parts.push_back(cell.substr(0, at));
    if (at == std::string_view::npos) break;
    cell.remove_prefix(at + 1);
    if (cell.empty()) parts.emplace_back();
  }
  return parts;
}

StatusOr<std::vector<TaxonomyRow>> ReadTaxonomyRows(const TaxonomyFile& file,
                                                    std::span<const std::string_view> columns) {
  std::vector<TaxonomyRow> rows;
  bool has_header = false;
  std::size_t line = 0;
  for (const std::string_view text : SplitCell(file.text, '\n')) {
    ++line;
    if (text.empty() || text.front() == '#') continue;
    if (FindInvalidUtf8(text) != std::string_view::npos)
      return TaxonomyError(file, line, "not UTF-8");
    TaxonomyRow row{line, SplitCell(text, '\t')};
    if (row.cells.size() != columns.size()) return TaxonomyError(file, line, "number of cells");
    if (!has_header) {
      if (!std::ranges::equal(row.cells, columns)) return TaxonomyError(file, line, "header");
      has_header = true;
      continue;
    }
    if (!rows.empty() && rows.back().cells[0] >= row.cells[0])
      return TaxonomyError(file, line, "order of codes");
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return TaxonomyError(file, line, "no rows");
  return rows;
}

StatusOr<std::vector<DictionaryEntry>> ReadEntries(const TaxonomyFile& file, CodeKind kind) {
  const std::span<const std::string_view> all(kColumns);
  const auto columns = kind == CodeKind::kRegion ? all : all.first(kColumnsWithoutPlace);
  NOREN_ASSIGN_OR_RETURN(const auto rows, ReadTaxonomyRows(file, columns));
  std::vector<DictionaryEntry> entries;
  entries.reserve(rows.size());
  for (const TaxonomyRow& row : rows) {
    DictionaryEntry entry;
    entry.code = std::string(row.cells[0]);
    entry.parent = std::string(row.cells[1]);
    entry.label_ko = std::string(row.cells[2]);
    entry.label_ja = std::string(row.cells[3]);
    entry.label_en = std::string(row.cells[4]);
    for (const std::string_view alias : SplitCell(row.cells[5], '|')) {
      if (alias.empty()) return TaxonomyError(file, row.line, "empty alias");
      entry.aliases.emplace_back(alias);
    }
    if (!IsWellFormed(kind, entry.code)) return TaxonomyError(file, row.line, "malformed code");
    if (!HasLabels(entry, kind)) return TaxonomyError(file, row.line, "empty label");
    if (kind == CodeKind::kRegion) NOREN_RETURN_IF_ERROR(ReadPlace(file, row, &entry));
    entries.push_back(std::move(entry));
  }
  return entries;
}

StatusOr<std::vector<ForeignGroup>> ReadForeignGroups(const TaxonomyFile& file,
                                                      std::string_view scheme) {
  NOREN_ASSIGN_OR_RETURN(const auto rows, ReadTaxonomyRows(file, kForeignColumns));
  std::vector<ForeignGroup> groups;
  for (const TaxonomyRow& row : rows) {
    ForeignGroup group;
    group.scheme = std::string(scheme);
    group.code = std::string(row.cells[0]);
    group.parent = std::string(row.cells[1]);
    group.label = std::string(row.cells[2]);
    for (const std::string_view text : SplitCell(row.cells[3], '|')) {
      auto code = OccupationCode::Parse(text);
      if (!code.ok()) return TaxonomyError(file, row.line, "malformed code");
      group.occupations.push_back(*std::move(code));
    }
    if (group.label.empty()) return TaxonomyError(file, row.line, "empty label");
    if (group.occupations.empty()) return TaxonomyError(file, row.line, "no occupation");
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace noren::model
