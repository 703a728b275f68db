// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_rows.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

namespace noren::policy {
namespace {

using enum ValueKind;

constexpr auto kSections = std::to_array<SectionRow>({
#define NOREN_SECTION(name, is_list, en, ko, ja) {#name, is_list, {en, ko, ja}},
#define NOREN_KEY(section, name, kind, of, flags, en, ko, ja)
#include "engine/policy/statement_keys.inc"
#undef NOREN_SECTION
#undef NOREN_KEY
});

constexpr auto kKeys = std::to_array<KeyRow>({
#define NOREN_SECTION(name, is_list, en, ko, ja)
#define NOREN_KEY(section, name, kind, of, flags, en, ko, ja) \
  {#section, #name, kind, of, flags, {en, ko, ja}},
#include "engine/policy/statement_keys.inc"
#undef NOREN_SECTION
#undef NOREN_KEY
});

constexpr auto kWordRows = std::to_array<WordRow>({
#define NOREN_WORD(group, word, en, ko, ja) {#group, #word, {en, ko, ja}},
#include "engine/policy/statement_words.inc"
#undef NOREN_WORD
});

template <typename Rows, typename Predicate>
auto Find(const Rows& rows, Predicate predicate) -> const typename Rows::value_type* {
  const auto at = std::ranges::find_if(rows, predicate);
  return at == rows.end() ? nullptr : std::to_address(at);
}

}  // namespace

std::string_view Labels::In(model::Language language) const {
  switch (language) {
    case model::Language::kKorean:
      return ko;
    case model::Language::kJapanese:
      return ja;
    case model::Language::kEnglish:
      break;
  }
  return en;
}

std::span<const SectionRow> AllSections() { return kSections; }
std::span<const KeyRow> AllKeys() { return kKeys; }
std::span<const WordRow> AllWords() { return kWordRows; }

const SectionRow* FindSection(std::string_view name) {
  return Find(kSections, [name](const SectionRow& row) { return row.name == name; });
}

const KeyRow* FindKey(std::string_view section, std::string_view name) {
  // Asked for some dozen keys for each person whose period is looked at.
  static const std::map<std::pair<std::string_view, std::string_view>, const KeyRow*> rows = [] {
    std::map<std::pair<std::string_view, std::string_view>, const KeyRow*> all;
    for (const KeyRow& row : kKeys) all.emplace(std::pair(row.section, row.name), &row);
    return all;
  }();
  const auto found = rows.find({section, name});
  return found == rows.end() ? nullptr : found->second;
}

const WordRow* FindWord(std::string_view group, std::string_view word) {
  return Find(kWordRows,
              [group, word](const WordRow& row) { return row.group == group && row.word == word; });
}

std::span<const KeyRow> KeysOf(std::string_view section) {
  const auto first = std::ranges::find(kKeys, section, &KeyRow::section);
  const auto last = std::find_if(first, kKeys.end(),
                                 [section](const KeyRow& row) { return row.section != section; });
  return {first, last};
}

}  // namespace noren::policy
