// The rows of statement_keys.inc and statement_words.inc: which sections, keys and words the
// published part of a policy has, and how each is called. The only place that knows them.
// Source:   docs/formats/policy.md, section "stated"
// Threads:  constant tables.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/model/dictionary.h"

namespace noren::policy {

enum class ValueKind : std::uint8_t {
  kText = 1,  // as it stands
  kName,      // a name the source prints; its English is in stated.words
  kWords,     // our wording, in the operator's language and in English
  kCode,      // a word of a group
  kNumber,
  kBool,
  kDay,
  kPeriod,  // ISO 8601, of years, months, weeks and days
  kRef      // the id of an entry of another section
};

struct Labels {
  std::string_view en, ko, ja;
  std::string_view In(model::Language language) const;
};

struct SectionRow {
  std::string_view name;
  bool is_list = false;
  Labels labels;
};

struct KeyRow {
  std::string_view section;
  std::string_view name;
  ValueKind kind = ValueKind::kText;
  std::string_view of;     // the group of kCode, the section of kRef
  std::string_view flags;  // of "rtmicp", see statement_keys.inc
  Labels labels;
  bool Has(char flag) const { return flags.find(flag) != std::string_view::npos; }
};

struct WordRow {
  std::string_view group;
  std::string_view word;
  Labels labels;
};

std::span<const SectionRow> AllSections();
std::span<const KeyRow> AllKeys();
std::span<const WordRow> AllWords();

// Null when there is none.
const SectionRow* FindSection(std::string_view name);
const KeyRow* FindKey(std::string_view section, std::string_view name);
const WordRow* FindWord(std::string_view group, std::string_view word);
std::span<const KeyRow> KeysOf(std::string_view section);

}  // namespace noren::policy
