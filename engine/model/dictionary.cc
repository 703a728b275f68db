// SPDX-License-Identifier: Apache-2.0
#include "engine/model/dictionary.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "engine/model/errors.h"
#include "engine/model/name_distance.h"
#include "engine/model/taxonomy_file.h"

namespace noren::model {
namespace {

constexpr std::array<std::string_view, kCodeKindCount> kKindNames = {
    "occupation", "skill",          "region",          "licence",
    "language",   "language_level", "employment_type", "education"};
constexpr std::array<std::string_view, kCodeKindCount + 2> kFileNames = {
    "occupations.tsv", "skills.tsv",          "regions.tsv",          "licences.tsv",
    "languages.tsv",   "language_levels.tsv", "employment_types.tsv", "education.tsv",
    "keco_2018.tsv",   "mhlw_2022.tsv"};
constexpr std::array<std::string_view, 2> kSchemes = {"keco-2018", "mhlw-2022"};

using EntryIndex = std::uint32_t;
using NameMap = absl::flat_hash_map<std::string, std::vector<EntryIndex>>;

struct KindTable {
  std::vector<DictionaryEntry> entries;
  NameMap by_name;
};

const DictionaryEntry* FindIn(const KindTable& table, std::string_view code) {
  const auto found = std::ranges::lower_bound(table.entries, code, {}, &DictionaryEntry::code);
  return found != table.entries.end() && found->code == code ? &*found : nullptr;
}

bool IsAbove(const KindTable& table, const DictionaryEntry& upper, const DictionaryEntry& lower) {
  const DictionaryEntry* at = &lower;
  while (at != nullptr && !at->parent.empty()) {
    at = FindIn(table, at->parent);
    if (at == &upper) return true;
  }
  return false;
}

// Adds the name unless the entry has it already.
void AddName(std::string_view name, EntryIndex index, KindTable* table) {
  const std::string folded = FoldName(name);
  if (folded.empty()) return;
  std::vector<EntryIndex>& entries = table->by_name[folded];
  if (std::ranges::find(entries, index) == entries.end()) entries.push_back(index);
}

void AddOwnNames(EntryIndex index, KindTable* table) {
  const DictionaryEntry& entry = table->entries[index];
  AddName(entry.code, index, table);
  for (const std::string* label : {&entry.label_ko, &entry.label_ja, &entry.label_en})
    AddName(*label, index, table);
  for (const std::string& alias : entry.aliases) AddName(alias, index, table);
}

// A ward's label begins with its city; the rest alone is a name of it too.
void AddWardName(const std::string& label, const std::string& city_label, EntryIndex index,
                 KindTable* table) {
  if (!city_label.empty() && label.size() > city_label.size() && label.starts_with(city_label)) {
    AddName(label.substr(city_label.size()), index, table);
  }
}

// The name with each of those above it: Seoul with Jung-gu, Osaka-fu with Osaka-shi, "Jung-gu,
// Seoul".
void AddRegionNames(EntryIndex index, KindTable* table) {
  const DictionaryEntry& entry = table->entries[index];
  if (const DictionaryEntry* city = FindIn(*table, entry.parent)) {
    AddWardName(entry.label_ko, city->label_ko, index, table);
    AddWardName(entry.label_ja, city->label_ja, index, table);
  }
  for (const DictionaryEntry* above = FindIn(*table, entry.parent);
       above != nullptr && !above->parent.empty(); above = FindIn(*table, above->parent)) {
    std::vector<std::string> names = above->aliases;
    names.push_back(above->label_ko);
    names.push_back(above->label_ja);
    for (const std::string& name : names) {
      if (name.empty()) continue;
      if (!entry.label_ko.empty()) AddName(name + entry.label_ko, index, table);
      if (!entry.label_ja.empty()) AddName(name + entry.label_ja, index, table);
    }
    AddName(entry.label_en + "," + above->label_en, index, table);
  }
}

// Names may be shared along one line of ancestors only; regions may also share labels with others
// elsewhere.
Status CheckNames(const TaxonomyFile& file, CodeKind kind, const KindTable& table) {
  for (std::size_t i = 0; i < table.entries.size(); ++i) {
    const DictionaryEntry& entry = table.entries[i];
    std::vector<std::string> names = entry.aliases;
    if (kind != CodeKind::kRegion)
      names.insert(names.end(), {entry.label_ko, entry.label_ja, entry.label_en});
    for (const std::string& name : names) {
      const std::string folded = FoldName(name);
      const auto found = table.by_name.find(folded);
      if (found == table.by_name.end())
        return TaxonomyError(file, 0, entry.code + ": unusable name");
      for (const EntryIndex other_index : found->second) {
        const DictionaryEntry& other = table.entries[other_index];
        if (other_index == i || IsAbove(table, other, entry) || IsAbove(table, entry, other))
          continue;
        return TaxonomyError(file, 0,
                             entry.code + " and " + other.code + " have the same name: " + name);
      }
    }
  }
  return OkStatus();
}

Status CheckParents(const TaxonomyFile& file, CodeKind kind, const KindTable& table) {
  for (const DictionaryEntry& entry : table.entries) {
    if (!entry.parent.empty() && FindIn(table, entry.parent) == nullptr) {
      return TaxonomyError(file, 0, entry.code + ": no such parent");
    }
    // The parent column must say what the code itself says.
    std::string structural;
    if (kind == CodeKind::kOccupation) {
      if (const auto parent = ParentOf(*OccupationCode::Parse(entry.code)))
        structural = parent->text();
    } else if (kind == CodeKind::kRegion) {
      if (const auto parent = ParentOf(*RegionCode::Parse(entry.code))) structural = parent->text();
    }
    if (structural != entry.parent) return TaxonomyError(file, 0, entry.code + ": wrong parent");
  }
  return OkStatus();
}

StatusOr<KindTable> BuildTable(const TaxonomyFile& file, CodeKind kind) {
  KindTable table;
  NOREN_ASSIGN_OR_RETURN(table.entries, ReadEntries(file, kind));
  NOREN_RETURN_IF_ERROR(CheckParents(file, kind, table));
  for (EntryIndex i = 0; i < table.entries.size(); ++i) AddOwnNames(i, &table);
  NOREN_RETURN_IF_ERROR(CheckNames(file, kind, table));
  if (kind == CodeKind::kRegion) {
    for (EntryIndex i = 0; i < table.entries.size(); ++i) AddRegionNames(i, &table);
  }
  return table;
}

const TaxonomyFile* FindFile(std::span<const TaxonomyFile> files, std::string_view name) {
  const auto found = std::ranges::find(files, name, &TaxonomyFile::name);
  return found != files.end() ? &*found : nullptr;
}

}  // namespace

struct Dictionary::Tables {
  std::array<KindTable, kCodeKindCount> kinds;
  std::vector<ForeignGroup> foreign;
  const KindTable& Of(CodeKind kind) const { return kinds.at(static_cast<std::size_t>(kind)); }
};

std::string_view CodeKindName(CodeKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

std::optional<CodeKind> FindCodeKind(std::string_view name) {
  const auto found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<CodeKind>(found - kKindNames.begin());
}

std::string_view DictionaryEntry::Label(Language language) const {
  const std::string& label = language == Language::kKorean     ? label_ko
                             : language == Language::kJapanese ? label_ja
                                                               : label_en;
  if (!label.empty()) return label;
  return !label_en.empty() ? std::string_view(label_en) : std::string_view(code);
}

Dictionary::Dictionary(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
Dictionary::Dictionary(Dictionary&&) noexcept = default;
Dictionary& Dictionary::operator=(Dictionary&&) noexcept = default;
Dictionary::~Dictionary() = default;

std::span<const std::string_view> Dictionary::FileNames() { return kFileNames; }

StatusOr<Dictionary> Dictionary::Load(std::span<const TaxonomyFile> files) {
  auto tables = std::make_unique<Tables>();
  for (std::size_t i = 0; i < kFileNames.size(); ++i) {
    const TaxonomyFile* file = FindFile(files, kFileNames[i]);
    if (file == nullptr) return TaxonomyError({std::string(kFileNames[i]), {}}, 0, "missing");
    if (i < kCodeKindCount) {
      NOREN_ASSIGN_OR_RETURN(tables->kinds[i], BuildTable(*file, static_cast<CodeKind>(i)));
      continue;
    }
    NOREN_ASSIGN_OR_RETURN(auto groups, ReadForeignGroups(*file, kSchemes.at(i - kCodeKindCount)));
    for (ForeignGroup& group : groups) {
      for (const OccupationCode& code : group.occupations) {
        if (FindIn(tables->Of(CodeKind::kOccupation), code.text()) == nullptr) {
          return TaxonomyError(*file, 0, group.code + ": no such occupation");
        }
      }
      tables->foreign.push_back(std::move(group));
    }
  }
  return Dictionary(std::move(tables));
}

std::span<const DictionaryEntry> Dictionary::Entries(CodeKind kind) const {
  return tables_->Of(kind).entries;
}

const DictionaryEntry* Dictionary::FindCode(CodeKind kind, std::string_view code) const {
  return FindIn(tables_->Of(kind), code);
}

std::vector<const DictionaryEntry*> Dictionary::FindAll(CodeKind kind,
                                                        std::string_view text) const {
  const KindTable& table = tables_->Of(kind);
  std::vector<const DictionaryEntry*> matches;
  const auto found = table.by_name.find(FoldName(text));
  if (found == table.by_name.end()) return matches;
  for (const EntryIndex index : found->second) matches.push_back(&table.entries[index]);
  std::ranges::sort(matches, {}, &DictionaryEntry::code);
  return matches;
}

const DictionaryEntry* Dictionary::Find(CodeKind kind, std::string_view text) const {
  const std::vector<const DictionaryEntry*> matches = FindAll(kind, text);
  // Groups in one line share a name when the upper has one member only: the lowest is meant.
  for (const DictionaryEntry* lowest : matches) {
    const bool is_below_all = std::ranges::all_of(matches, [&](const DictionaryEntry* other) {
      return other == lowest || IsAbove(tables_->Of(kind), *other, *lowest);
    });
    if (is_below_all) return lowest;
  }
  return nullptr;
}

std::vector<const DictionaryEntry*> Dictionary::Suggest(CodeKind kind, std::string_view text,
                                                        std::size_t count) const {
  const KindTable& table = tables_->Of(kind);
  const NameDistance distance_to(FoldName(text));
  std::map<EntryIndex, std::size_t> best;
  for (const auto& [name, indexes] : table.by_name) {
    const std::optional<std::size_t> distance = distance_to(name);
    if (!distance.has_value()) continue;
    for (const EntryIndex index : indexes) {
      const auto [at, is_new] = best.try_emplace(index, *distance);
      if (!is_new) at->second = std::min(at->second, *distance);
    }
  }
  std::vector<std::pair<std::size_t, EntryIndex>> order;
  for (const auto& [index, distance] : best) order.emplace_back(distance, index);
  std::ranges::sort(order);
  std::vector<const DictionaryEntry*> nearest;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i)
    nearest.push_back(&table.entries[order[i].second]);
  return nearest;
}

std::span<const ForeignGroup> Dictionary::ForeignGroups() const { return tables_->foreign; }

}  // namespace noren::model
