// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include "crypto/base/check.h"

namespace noren::policy {
namespace {

template <typename Range, typename Predicate>
auto Find(const Range& range, Predicate predicate) -> const typename Range::value_type* {
  const auto at = std::ranges::find_if(range, predicate);
  return at == range.end() ? nullptr : std::to_address(at);
}

// The present fact of a key of this kind, or null.
const Fact* Present(const Entry& entry, std::string_view key) {
  const Fact* fact = entry.Find(key);
  return fact == nullptr || fact->values.empty() ? nullptr : fact;
}

const Fact* PresentOf(const Entry& entry, std::string_view key, ValueKind kind) {
  const Fact* fact = Present(entry, key);
  NOREN_CHECK(fact == nullptr || fact->row->kind == kind, "a statement's key has another kind");
  return fact;
}

}  // namespace

std::string_view AbsenceName(Absence absence) {
  switch (absence) {
    case Absence::kNotStated:
      return "not_stated";
    case Absence::kNone:
      return "none";
    case Absence::kBlankInSource:
      return "blank_in_source";
    case Absence::kAtDeployment:
      return "at_deployment";
    case Absence::kPresent:
      break;
  }
  return "";
}

Labels AbsenceLabels(Absence absence) {
  switch (absence) {
    case Absence::kNotStated:
      return {"not stated", "명시되지 않음", "記載なし"};
    case Absence::kNone:
      return {"none", "없음", "なし"};
    case Absence::kBlankInSource:
      return {"left blank", "원문에 비어 있음", "本文では空欄"};
    case Absence::kAtDeployment:
      return {"filled in when published", "게시할 때 기재", "公表時に記載"};
    case Absence::kPresent:
      break;
  }
  return {};
}

const Fact* Entry::Find(std::string_view key) const {
  NOREN_CHECK(FindKey(section->name, key) != nullptr, "no row has this key");
  return policy::Find(facts, [key](const Fact& fact) { return fact.row->name == key; });
}

std::string_view Entry::Title() const {
  for (const Fact& fact : facts) {
    if (fact.row->Has('t') && !fact.values.empty()) return fact.values[0].text;
  }
  return "";
}

std::optional<std::string_view> Entry::Text(std::string_view key) const {
  const Fact* fact = Present(*this, key);
  if (fact == nullptr) return std::nullopt;
  return fact->values[0].text;
}

std::optional<std::string_view> Entry::Word(std::string_view key) const {
  const Fact* fact = PresentOf(*this, key, ValueKind::kCode);
  if (fact == nullptr) return std::nullopt;
  return fact->values[0].text;
}

std::optional<std::int64_t> Entry::Number(std::string_view key) const {
  const Fact* fact = PresentOf(*this, key, ValueKind::kNumber);
  if (fact == nullptr) return std::nullopt;
  const std::string& text = fact->values[0].text;
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<bool> Entry::Bool(std::string_view key) const {
  const Fact* fact = PresentOf(*this, key, ValueKind::kBool);
  if (fact == nullptr) return std::nullopt;
  return fact->values[0].text == "yes";
}

std::optional<model::CivilDay> Entry::Day(std::string_view key) const {
  const Fact* fact = PresentOf(*this, key, ValueKind::kDay);
  if (fact == nullptr) return std::nullopt;
  const StatusOr<model::CivilDay> day = model::ParseCivilDay(fact->values[0].text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

std::vector<std::string_view> Entry::Many(std::string_view key) const {
  std::vector<std::string_view> all;
  const Fact* fact = Present(*this, key);
  if (fact == nullptr) return all;
  for (const Value& value : fact->values) all.emplace_back(value.text);
  return all;
}

bool Entry::Holds(std::string_view key, std::string_view value) const {
  const std::vector<std::string_view> all = Many(key);
  return std::ranges::find(all, value) != all.end();
}

Absence Entry::AbsenceOf(std::string_view key) const {
  const Fact* fact = Find(key);
  return fact == nullptr ? Absence::kNotStated : fact->absence;
}

std::vector<const Entry*> Statement::All(std::string_view section) const {
  std::vector<const Entry*> all;
  for (const Entry& entry : entries) {
    if (entry.section->name == section) all.push_back(&entry);
  }
  return all;
}

const Entry* Statement::One(std::string_view section) const {
  return Find(entries, [section](const Entry& entry) { return entry.section->name == section; });
}

const Entry* Statement::ById(std::string_view section, std::string_view id) const {
  return Find(entries, [section, id](const Entry& entry) {
    return entry.section->name == section && entry.id == id;
  });
}

const Entry* Statement::Called(std::string_view section, std::string_view title) const {
  return Find(entries, [section, title](const Entry& entry) {
    return entry.section->name == section && entry.Title() == title;
  });
}

std::optional<std::string_view> Statement::Choice(std::string_view id) const {
  const Entry* entry = ById("switch", id);
  if (entry == nullptr) return std::nullopt;
  return entry->Word("chosen");
}

const StatedClause* Statement::FindClause(std::string_view id) const {
  for (const Article& article : articles) {
    const auto* found =
        Find(article.clauses, [id](const StatedClause& clause) { return clause.id == id; });
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::vector<Statement::Found> Statement::FactsOf(std::string_view clause) const {
  std::vector<Found> found;
  for (const Entry& entry : entries) {
    for (const Fact& fact : entry.facts) {
      if (std::ranges::find(fact.clauses, clause) != fact.clauses.end()) {
        found.push_back({&entry, &fact});
      }
    }
  }
  return found;
}

}  // namespace noren::policy
