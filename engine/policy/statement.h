// What an operator's notice states, as data: articles and their clauses in the order of the source,
// and entries of sections with facts. Every fact knows the clauses it rests on, whether the source
// says it or the operator, and whether it is absent in one of the ways a document can be silent.
//   Grounds:  for (const Entry* ground : statement.All("ground")) ground->Word("status")
// Errors:   asking for a key that no row has is a defect of the caller (NOREN_CHECK).
// Threads:  immutable once loaded.
// Source:   docs/formats/policy.md, section "stated"; docs/design/0019-one-policy-file.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/civil_day.h"
#include "engine/model/dictionary.h"
#include "engine/policy/statement_rows.h"

namespace noren::policy {

enum class Absence : std::uint8_t {
  kPresent = 0,
  kNotStated,      // the source is silent
  kNone,           // the source says there is none
  kBlankInSource,  // the source has an empty cell
  kAtDeployment    // a name or number that the repository does not hold
};
std::string_view AbsenceName(Absence absence);  // "not_stated"
Labels AbsenceLabels(Absence absence);

enum class Origin : std::uint8_t { kSource = 1, kOperator = 2 };

struct Value {
  std::string text;     // code, id, YYYY-MM-DD, digits, "yes"/"no", or the text itself
  std::string english;  // of kName and kWords
  bool operator==(const Value&) const = default;
};

struct Fact {
  const KeyRow* row = nullptr;
  Origin origin = Origin::kSource;
  Absence absence = Absence::kPresent;
  std::vector<Value> values;         // empty exactly when absent
  std::vector<std::string> clauses;  // never empty; printed under the first
  std::uint32_t line = 0;            // of the policy file
};

struct Entry {
  const SectionRow* section = nullptr;
  std::string id;  // empty: nothing refers to it
  std::vector<Fact> facts;
  std::uint32_t line = 0;

  // The fact, whoever states it; null when the file has none.
  const Fact* Find(std::string_view key) const;
  // What the entry is called: the value of its title key, or empty.
  std::string_view Title() const;

  // Each is nothing when the fact is not there or absent.
  // kText, kName, kWords, kPeriod.
  std::optional<std::string_view> Text(std::string_view key) const;
  std::optional<std::string_view> Word(std::string_view key) const;  // kCode
  std::optional<std::int64_t> Number(std::string_view key) const;
  std::optional<bool> Bool(std::string_view key) const;
  std::optional<model::CivilDay> Day(std::string_view key) const;
  // The texts, codes or ids; empty when there are none.
  std::vector<std::string_view> Many(std::string_view key) const;
  bool Holds(std::string_view key, std::string_view value) const;
  // kNotStated for a key that the file leaves out.
  Absence AbsenceOf(std::string_view key) const;
};

struct StatedClause {
  std::string id;     // "G-70"
  std::string place;  // within its article, as the source numbers it
  std::int32_t first_line = 0;
  std::int32_t last_line = 0;
};

struct Article {
  std::string label;  // as the source prints it; may be empty
  std::string title, title_english;
  std::vector<StatedClause> clauses;
};

struct Statement {
  model::Language language = model::Language::kKorean;
  std::vector<Article> articles;
  std::vector<Entry> entries;                // by section in the order of the rows, then as written
  std::map<std::string, std::string> words;  // printed name -> English

  std::vector<const Entry*> All(std::string_view section) const;
  // The entry of a section that is no list; null when the file has none.
  const Entry* One(std::string_view section) const;
  const Entry* ById(std::string_view section, std::string_view id) const;
  // The entry of `section` whose title is `title`; null when there is none.
  const Entry* Called(std::string_view section, std::string_view title) const;
  // What the operator chose in the switch `id` ("holiday_roll"); nothing when there is none.
  std::optional<std::string_view> Choice(std::string_view id) const;

  const StatedClause* FindClause(std::string_view id) const;
  // Facts that rest on the clause.
  struct Found {
    const Entry* entry = nullptr;
    const Fact* fact = nullptr;
  };
  std::vector<Found> FactsOf(std::string_view clause) const;
};

}  // namespace noren::policy
