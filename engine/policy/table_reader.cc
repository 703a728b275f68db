// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/table_reader.h"

#include <algorithm>
#include <numeric>

namespace noren::policy {
namespace {

constexpr TextRule kAnyText = {8192, nullptr, ""};
constexpr std::size_t kMaxArrayItems = 1000;

std::string_view KindName(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::kText:
      return "a text";
    case TomlNode::Kind::kInteger:
      return "an integer";
    case TomlNode::Kind::kBool:
      return "true or false";
    case TomlNode::Kind::kDay:
      return "a day (2026-04-01, without quotes)";
    case TomlNode::Kind::kArray:
      return "an array";
    case TomlNode::Kind::kTable:
      return "a table";
    case TomlNode::Kind::kOther:
      return "a value of a type that policies do not use";
  }
  return "";
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string Join(std::span<const std::string_view> names) {
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ", ";
    joined += name;
  }
  return joined;
}

}  // namespace

std::string Nearest(std::string_view text, std::span<const std::string> names) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& name : names) {
    const std::size_t distance = EditDistance(text, name);
    if (distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string TableReader::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void TableReader::NoteAt(ProblemKind kind, const TomlNode& node, std::string path,
                         std::string sentence) {
  problems_.push_back({kind, node.line, node.column, std::move(path), std::move(sentence)});
}

void TableReader::Note(ProblemKind kind, std::string_view key, std::string sentence) {
  const TomlNode::Member* member = table_.Find(key);
  NoteAt(kind, member == nullptr ? table_ : member->value, PathOf(key), std::move(sentence));
}

const TomlNode* TableReader::Get(std::string_view key, TomlNode::Kind kind) {
  known_.emplace_back(key);
  const TomlNode::Member* member = table_.Find(key);
  if (member == nullptr) {
    NoteAt(ProblemKind::kMissingKey, table_, PathOf(key), "the key is missing");
    return nullptr;
  }
  if (member->value.kind != kind) {
    NoteAt(ProblemKind::kWrongType, member->value, PathOf(key),
           "must be " + std::string(KindName(kind)) + ", is " +
               std::string(KindName(member->value.kind)));
    return nullptr;
  }
  return &member->value;
}

bool TableReader::CheckText(const TomlNode& node, const std::string& path, const TextRule& rule) {
  if (node.kind != TomlNode::Kind::kText) {
    NoteAt(ProblemKind::kWrongType, node, path, "must be a text");
    return false;
  }
  if (node.text.empty() || node.text.size() > rule.max_size_bytes) {
    NoteAt(ProblemKind::kOutOfRange, node, path,
           "must have 1 to " + std::to_string(rule.max_size_bytes) + " bytes");
    return false;
  }
  if (rule.is_allowed != nullptr && !rule.is_allowed(node.text)) {
    NoteAt(ProblemKind::kOutOfRange, node, path, "must be " + std::string(rule.shape));
    return false;
  }
  return true;
}

std::string TableReader::Text(std::string_view key, const TextRule& rule) {
  const TomlNode* node = Get(key, TomlNode::Kind::kText);
  if (node == nullptr || !CheckText(*node, PathOf(key), rule)) return "";
  return node->text;
}

std::int32_t TableReader::Integer(std::string_view key, IntegerRange range) {
  const TomlNode* node = Get(key, TomlNode::Kind::kInteger);
  if (node == nullptr) return 0;
  if (node->integer < range.least || node->integer > range.most) {
    NoteAt(ProblemKind::kOutOfRange, *node, PathOf(key),
           "must be " + std::to_string(range.least) + " to " + std::to_string(range.most));
    return 0;
  }
  return static_cast<std::int32_t>(node->integer);
}

bool TableReader::Bool(std::string_view key) {
  const TomlNode* node = Get(key, TomlNode::Kind::kBool);
  return node != nullptr && node->boolean;
}

model::CivilDay TableReader::Day(std::string_view key) {
  const TomlNode* node = Get(key, TomlNode::Kind::kDay);
  if (node == nullptr) return {};
  const StatusOr<model::CivilDay> day = model::ParseCivilDay(node->text);
  if (!day.ok()) {
    NoteAt(ProblemKind::kOutOfRange, *node, PathOf(key), "must be a day of 1900 to 2199");
    return {};
  }
  return *day;
}

LocalizedText TableReader::Localized(std::string_view key) {
  LocalizedText text;
  Table(key, [&](TableReader& table) {
    text.ko = table.Text("ko", kAnyText);
    text.ja = table.Text("ja", kAnyText);
    text.en = table.Text("en", kAnyText);
  });
  return text;
}

std::vector<std::string> TableReader::Texts(std::string_view key, const TextRule& rule) {
  std::vector<std::string> texts;
  const TomlNode* node = Get(key, TomlNode::Kind::kArray);
  if (node == nullptr) return texts;
  if (node->items.empty() || node->items.size() > kMaxArrayItems) {
    NoteAt(ProblemKind::kOutOfRange, *node, PathOf(key), "must have 1 to 1000 entries");
    return texts;
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const TomlNode& item = node->items[i];
    const std::string path = PathOf(key) + "[" + std::to_string(i) + "]";
    if (!CheckText(item, path, rule)) continue;
    if (std::ranges::find(texts, item.text) != texts.end()) {
      NoteAt(ProblemKind::kInconsistent, item, path, "occurs twice");
      continue;
    }
    texts.push_back(item.text);
  }
  return texts;
}

std::size_t TableReader::IndexIn(std::span<const std::string_view> names, const TomlNode& node,
                                 const std::string& path) {
  const auto at = std::ranges::find(names, std::string_view(node.text));
  if (at == names.end()) {
    NoteAt(ProblemKind::kOutOfRange, node, path, "must be one of: " + Join(names));
    return 0;
  }
  return static_cast<std::size_t>(at - names.begin());
}

std::size_t TableReader::OneOf(std::string_view key, std::span<const std::string_view> names) {
  const TomlNode* node = Get(key, TomlNode::Kind::kText);
  return node == nullptr ? 0 : IndexIn(names, *node, PathOf(key));
}

std::vector<std::size_t> TableReader::SomeOf(std::string_view key,
                                             std::span<const std::string_view> names) {
  std::vector<std::size_t> indices;
  for (const std::string& text : Texts(key, kAnyText)) {
    const auto at = std::ranges::find(names, std::string_view(text));
    if (at == names.end()) {
      Note(ProblemKind::kOutOfRange, key, "each must be one of: " + Join(names));
      continue;
    }
    indices.push_back(static_cast<std::size_t>(at - names.begin()));
  }
  return indices;
}

void TableReader::Table(std::string_view key, const std::function<void(TableReader&)>& read) {
  const TomlNode* node = Get(key, TomlNode::Kind::kTable);
  if (node == nullptr) return;
  TableReader reader(*node, PathOf(key), problems_);
  read(reader);
  reader.Finish();
}

void TableReader::OptionalTable(std::string_view key,
                                const std::function<void(TableReader&)>& read) {
  if (table_.Find(key) != nullptr) return Table(key, read);
  known_.emplace_back(key);
}

void TableReader::OptionalTables(std::string_view key,
                                 const std::function<void(TableReader&)>& read) {
  if (table_.Find(key) != nullptr) return Tables(key, read);
  known_.emplace_back(key);
}

void TableReader::Tables(std::string_view key, const std::function<void(TableReader&)>& read) {
  const TomlNode* node = Get(key, TomlNode::Kind::kArray);
  if (node == nullptr) return;
  if (node->items.empty() || node->items.size() > kMaxArrayItems) {
    NoteAt(ProblemKind::kOutOfRange, *node, PathOf(key), "must have 1 to 1000 entries");
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const std::string path = PathOf(key) + "[" + std::to_string(i) + "]";
    if (node->items[i].kind != TomlNode::Kind::kTable) {
      NoteAt(ProblemKind::kWrongType, node->items[i], path, "must be a table");
      continue;
    }
    TableReader reader(node->items[i], path, problems_);
    read(reader);
    reader.Finish();
  }
}

bool TableReader::IsNone(std::string_view key, std::string_view otherwise) {
  const TomlNode::Member* member = table_.Find(key);
  if (member == nullptr || member->value.kind != TomlNode::Kind::kText) return false;
  known_.emplace_back(key);
  if (member->value.text != "none") {
    NoteAt(ProblemKind::kWrongType, member->value, PathOf(key), std::string(otherwise));
  }
  return true;
}

void TableReader::TableOrNone(std::string_view key, const std::function<void(TableReader&)>& read) {
  if (!IsNone(key, "must be a table, or \"none\"")) Table(key, read);
}

void TableReader::TablesOrNone(std::string_view key,
                               const std::function<void(TableReader&)>& read) {
  if (!IsNone(key, "must be an array of tables, or \"none\"")) Tables(key, read);
}

void TableReader::Finish() {
  for (const TomlNode::Member& member : table_.members) {
    if (std::ranges::find(known_, member.key) != known_.end()) continue;
    const std::string nearest = Nearest(member.key, known_);
    problems_.push_back({ProblemKind::kUnknownKey, member.line, member.column, PathOf(member.key),
                         nearest.empty() ? "the key is unknown"
                                         : "the key is unknown; did you mean '" + nearest + "'?"});
  }
}

}  // namespace noren::policy
