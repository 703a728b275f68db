// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_loader.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <utility>

#include "engine/policy/statement_values.h"
#include "engine/policy/table_reader.h"

namespace noren::policy {
namespace {

constexpr std::string_view kAnyKey = "*";
constexpr std::int64_t kMaxSourceLine = 100'000;

// Which clauses the keys of one entry rest on.
struct Provenance {
  std::vector<std::string> otherwise;
  std::vector<std::pair<std::string, std::vector<std::string>>> of_key;

  const std::vector<std::string>* Of(std::string_view key) const {
    for (const auto& [name, clauses] : of_key) {
      if (name == key) return &clauses;
    }
    return otherwise.empty() ? nullptr : &otherwise;
  }
};

// By the source or by the operator.
bool IsWritten(const TomlNode& entry, std::string_view key) {
  const TomlNode::Member* chosen = entry.Find("operator");
  return entry.Find(key) != nullptr || (chosen != nullptr && chosen->value.Find(key) != nullptr);
}

class StatementReader {
 public:
  StatementReader(const TomlNode& stated, std::vector<PolicyProblem>& problems)
      : stated_(stated), notes_(problems) {}

  Statement Read();

 private:
  void ReadLanguage();
  void ReadWords();
  void ReadArticles();
  void ReadArticle(const TomlNode& node, const std::string& path);
  void ReadClause(const TomlNode& node, const std::string& path, Article& article);
  void ReadSections();
  void ReadEntry(const SectionRow& section, const TomlNode& node, const std::string& path);
  void ReadFacts(const TomlNode& node, const std::string& path, Origin origin, Entry& entry);
  void CheckRequired(const Entry& entry, const TomlNode& node, const std::string& path);
  Provenance ReadProvenance(const TomlNode& node, const std::string& path);
  std::vector<std::string> ReadClauseIds(const TomlNode& node, const std::string& path);
  std::string TextAt(const TomlNode& table, std::string_view key, const std::string& path);
  void NoteUnknown(const TomlNode::Member& member, const std::string& path,
                   const std::vector<std::string>& known);

  const TomlNode& stated_;
  Notes notes_;
  Statement statement_;
  Provenance provenance_;  // of the entry being read
};

Statement StatementReader::Read() {
  ReadLanguage();
  ReadWords();
  ReadArticles();
  ReadSections();
  return std::move(statement_);
}

std::string StatementReader::TextAt(const TomlNode& table, std::string_view key,
                                    const std::string& path) {
  const TomlNode::Member* member = table.Find(key);
  if (member == nullptr) {
    notes_.Add(ProblemKind::kMissingKey, table, path + "." + std::string(key),
               "the key is missing");
    return "";
  }
  if (member->value.kind != TomlNode::Kind::kText) {
    notes_.Add(ProblemKind::kWrongType, member->value, path + "." + std::string(key),
               "must be a text");
    return "";
  }
  return member->value.text;
}

void StatementReader::NoteUnknown(const TomlNode::Member& member, const std::string& path,
                                  const std::vector<std::string>& known) {
  const std::string nearest = Nearest(member.key, known);
  notes_.AddAt(ProblemKind::kUnknownKey, {member.line, member.column}, path + "." + member.key,
               nearest.empty() ? "the key is unknown"
                               : "the key is unknown; did you mean '" + nearest + "'?");
}

void StatementReader::ReadLanguage() {
  const std::string language = TextAt(stated_, "language", "stated");
  if (language == "ja") {
    statement_.language = model::Language::kJapanese;
  } else if (language != "ko" && !language.empty()) {
    notes_.Add(ProblemKind::kOutOfRange, stated_.Find("language")->value, "stated.language",
               "must be one of: ko, ja");
  }
}

void StatementReader::ReadWords() {
  const TomlNode::Member* words = stated_.Find("words");
  if (words == nullptr) return;
  if (words->value.kind != TomlNode::Kind::kTable) {
    notes_.Add(ProblemKind::kWrongType, words->value, "stated.words", "must be a table");
    return;
  }
  for (const TomlNode::Member& word : words->value.members) {
    const std::string path = "stated.words." + word.key;
    if (word.value.kind != TomlNode::Kind::kText) {
      notes_.Add(ProblemKind::kWrongType, word.value, path, "must be a text");
    } else if (IsPrintable(word.value, path, notes_)) {
      statement_.words.emplace(word.key, word.value.text);
    }
  }
}

void StatementReader::ReadArticles() {
  const TomlNode::Member* articles = stated_.Find("article");
  if (articles == nullptr || articles->value.kind != TomlNode::Kind::kArray ||
      articles->value.items.empty()) {
    notes_.Add(ProblemKind::kMissingKey, stated_, "stated.article",
               "must be an array of tables, at least one");
    return;
  }
  for (std::size_t i = 0; i < articles->value.items.size(); ++i) {
    ReadArticle(articles->value.items[i], "stated.article[" + std::to_string(i) + "]");
  }
}

void StatementReader::ReadArticle(const TomlNode& node, const std::string& path) {
  static const std::vector<std::string> known = {"label", "title", "title_en", "clauses"};
  if (node.kind != TomlNode::Kind::kTable) {
    notes_.Add(ProblemKind::kWrongType, node, path, "must be a table");
    return;
  }
  Article article;
  article.label = TextAt(node, "label", path);
  article.title = TextAt(node, "title", path);
  article.title_english = TextAt(node, "title_en", path);
  for (const TomlNode::Member& member : node.members) {
    if (std::ranges::find(known, member.key) == known.end()) NoteUnknown(member, path, known);
  }
  const TomlNode::Member* clauses = node.Find("clauses");
  if (clauses == nullptr || clauses->value.kind != TomlNode::Kind::kArray) {
    notes_.Add(ProblemKind::kMissingKey, node, path + ".clauses", "must be an array of clauses");
    return;
  }
  for (std::size_t i = 0; i < clauses->value.items.size(); ++i) {
    ReadClause(clauses->value.items[i], path + ".clauses[" + std::to_string(i) + "]", article);
  }
  statement_.articles.push_back(std::move(article));
}

// ["G-70", "5.2", 189] or ["G-70", "5.2", 189, 191].
void StatementReader::ReadClause(const TomlNode& node, const std::string& path, Article& article) {
  using Kind = TomlNode::Kind;
  const std::span<const TomlNode> parts = node.items;
  const bool fits = node.kind == Kind::kArray && (parts.size() == 3 || parts.size() == 4) &&
                    parts[0].kind == Kind::kText && parts[1].kind == Kind::kText &&
                    std::ranges::all_of(parts.subspan(2), [](const TomlNode& part) {
                      return part.kind == Kind::kInteger;
                    });
  if (!fits) {
    notes_.Add(ProblemKind::kWrongType, node, path,
               "must be [id, place, line] or [id, place, first line, last line]");
    return;
  }
  const std::int64_t first = parts[2].integer;
  const std::int64_t last = parts.back().integer;
  if (first < 1 || last < first || last > kMaxSourceLine) {
    notes_.Add(ProblemKind::kOutOfRange, node, path, "the lines must rise from 1");
    return;
  }
  if (!IsClauseId(parts[0].text)) {
    notes_.Add(ProblemKind::kOutOfRange, parts[0], path,
               "a clause id has letters, digits, '-' and '.', at most 40");
    return;
  }
  article.clauses.push_back({parts[0].text, parts[1].text, static_cast<std::int32_t>(first),
                             static_cast<std::int32_t>(last)});
}

void StatementReader::ReadSections() {
  std::vector<std::string> known = {"language", "words", "article"};
  for (const SectionRow& section : AllSections()) {
    known.emplace_back(section.name);
    const TomlNode::Member* member = stated_.Find(section.name);
    if (member == nullptr) continue;
    const std::string path = "stated." + std::string(section.name);
    const auto wanted = section.is_list ? TomlNode::Kind::kArray : TomlNode::Kind::kTable;
    if (member->value.kind != wanted) {
      notes_.Add(ProblemKind::kWrongType, member->value, path,
                 section.is_list ? "must be an array of tables" : "must be a table");
      continue;
    }
    if (!section.is_list) ReadEntry(section, member->value, path);
    for (std::size_t i = 0; i < member->value.items.size(); ++i) {
      ReadEntry(section, member->value.items[i], path + "[" + std::to_string(i) + "]");
    }
  }
  for (const TomlNode::Member& member : stated_.members) {
    if (std::ranges::find(known, member.key) == known.end()) NoteUnknown(member, "stated", known);
  }
}

std::vector<std::string> StatementReader::ReadClauseIds(const TomlNode& node,
                                                        const std::string& path) {
  std::vector<std::string> ids;
  if (node.kind == TomlNode::Kind::kText) ids.push_back(node.text);
  for (const TomlNode& item : node.items) {
    if (item.kind == TomlNode::Kind::kText) ids.push_back(item.text);
  }
  if (ids.empty() || (!node.items.empty() && ids.size() != node.items.size())) {
    notes_.Add(ProblemKind::kWrongType, node, path, "must be a clause id, or an array of them");
  }
  return ids;
}

Provenance StatementReader::ReadProvenance(const TomlNode& node, const std::string& path) {
  Provenance provenance;
  const TomlNode::Member* from = node.Find("from");
  if (from == nullptr) return provenance;
  const std::string from_path = path + ".from";
  if (from->value.kind != TomlNode::Kind::kTable) {
    provenance.otherwise = ReadClauseIds(from->value, from_path);
    return provenance;
  }
  for (const TomlNode::Member& key : from->value.members) {
    std::vector<std::string> ids = ReadClauseIds(key.value, from_path + "." + key.key);
    if (key.key == kAnyKey) {
      provenance.otherwise = std::move(ids);
    } else if (!IsWritten(node, key.key)) {
      notes_.AddAt(ProblemKind::kUnknownKey, {key.line, key.column}, from_path + "." + key.key,
                   "the entry has no such key");
    } else {
      provenance.of_key.emplace_back(key.key, std::move(ids));
    }
  }
  return provenance;
}

void StatementReader::ReadEntry(const SectionRow& section, const TomlNode& node,
                                const std::string& path) {
  if (node.kind != TomlNode::Kind::kTable) {
    notes_.Add(ProblemKind::kWrongType, node, path, "must be a table");
    return;
  }
  Entry entry;
  entry.section = &section;
  entry.line = node.line;
  if (node.Find("id") != nullptr) entry.id = TextAt(node, "id", path);
  provenance_ = ReadProvenance(node, path);
  ReadFacts(node, path, Origin::kSource, entry);
  if (const TomlNode::Member* chosen = node.Find("operator"); chosen != nullptr) {
    if (chosen->value.kind == TomlNode::Kind::kTable) {
      ReadFacts(chosen->value, path + ".operator", Origin::kOperator, entry);
    } else {
      notes_.Add(ProblemKind::kWrongType, chosen->value, path + ".operator", "must be a table");
    }
  }
  CheckRequired(entry, node, path);
  // In the order of the rows, not of the file: names come first on the page.
  std::ranges::sort(entry.facts, {}, [](const Fact& fact) { return fact.row - AllKeys().data(); });
  statement_.entries.push_back(std::move(entry));
}

void StatementReader::ReadFacts(const TomlNode& node, const std::string& path, Origin origin,
                                Entry& entry) {
  std::vector<std::string> known;
  for (const KeyRow& row : KeysOf(entry.section->name)) known.emplace_back(row.name);
  if (origin == Origin::kSource) known.insert(known.end(), {"id", "from", "operator"});
  for (const TomlNode::Member& member : node.members) {
    const KeyRow* row = FindKey(entry.section->name, member.key);
    if (row == nullptr) {
      if (std::ranges::find(known, member.key) == known.end()) NoteUnknown(member, path, known);
      continue;
    }
    const std::string key_path = path + "." + member.key;
    if (entry.Find(row->name) != nullptr) {
      notes_.Add(ProblemKind::kInconsistent, member.value, key_path,
                 "the source states it; the operator cannot state it again");
      continue;
    }
    Fact fact = ReadFact({*row, member.value, key_path}, statement_, notes_);
    fact.origin = origin;
    const std::vector<std::string>* clauses = provenance_.Of(row->name);
    if (clauses == nullptr) {
      notes_.Add(ProblemKind::kMissingKey, member.value, path + ".from",
                 member.key + " rests on no clause");
      continue;
    }
    fact.clauses = *clauses;
    entry.facts.push_back(std::move(fact));
  }
}

void StatementReader::CheckRequired(const Entry& entry, const TomlNode& node,
                                    const std::string& path) {
  for (const KeyRow& row : KeysOf(entry.section->name)) {
    if (!row.Has('r') || entry.Find(row.name) != nullptr) continue;
    // A value that could not be read has been noted already.
    if (IsWritten(node, row.name)) continue;
    notes_.Add(ProblemKind::kMissingKey, node, path + "." + std::string(row.name),
               "the key is missing");
  }
}

}  // namespace

Statement ReadStatement(const TomlNode& stated, std::vector<PolicyProblem>& problems) {
  return StatementReader(stated, problems).Read();
}

}  // namespace noren::policy
