// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_values.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/policy/table_reader.h"

namespace noren::policy {
namespace {

constexpr std::size_t kMaxTextSizeBytes = 1000;
constexpr std::int64_t kMaxNumber = 1'000'000'000;

std::string_view WantedOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kText:
    case ValueKind::kName:
    case ValueKind::kCode:
    case ValueKind::kRef:
    case ValueKind::kPeriod:
      return "must be a text";
    case ValueKind::kWords:
      return "must be a table of ko or ja, and en";
    case ValueKind::kNumber:
      return "must be an integer";
    case ValueKind::kBool:
      return "must be true or false";
    case ValueKind::kDay:
      return "must be a day (2026-04-01, without quotes)";
  }
  return "";
}

TomlNode::Kind NodeKindOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kWords:
      return TomlNode::Kind::kTable;
    case ValueKind::kNumber:
      return TomlNode::Kind::kInteger;
    case ValueKind::kBool:
      return TomlNode::Kind::kBool;
    case ValueKind::kDay:
      return TomlNode::Kind::kDay;
    default:
      return TomlNode::Kind::kText;
  }
}

std::optional<Absence> AbsenceOf(const TomlNode& node) {
  if (node.kind != TomlNode::Kind::kText) return std::nullopt;
  for (const Absence absence :
       {Absence::kNotStated, Absence::kNone, Absence::kBlankInSource, Absence::kAtDeployment}) {
    if (node.text == AbsenceName(absence)) return absence;
  }
  return std::nullopt;
}

std::optional<Value> ReadWords(const ValueSource& source, const Statement& statement,
                               Notes& notes) {
  const std::string own = statement.language == model::Language::kJapanese ? "ja" : "ko";
  Value value;
  for (const std::string& language : {own, std::string("en")}) {
    const TomlNode::Member* member = source.node.Find(language);
    const std::string path = source.path + "." + language;
    if (member == nullptr) {
      notes.Add(ProblemKind::kMissingKey, source.node, path, "the key is missing");
      return std::nullopt;
    }
    if (member->value.kind != TomlNode::Kind::kText) {
      notes.Add(ProblemKind::kWrongType, member->value, path, "must be a text");
      return std::nullopt;
    }
    if (!IsPrintable(member->value, path, notes)) return std::nullopt;
    (language == own ? value.text : value.english) = member->value.text;
  }
  for (const TomlNode::Member& member : source.node.members) {
    if (member.key == own || member.key == "en") continue;
    notes.AddAt(ProblemKind::kUnknownKey, {member.line, member.column},
                source.path + "." + member.key, "the notice is not in this language");
  }
  return value;
}

std::optional<Value> ReadCode(const ValueSource& source, Notes& notes) {
  if (FindWord(source.row.of, source.node.text) != nullptr) {
    return Value{source.node.text, ""};
  }
  std::vector<std::string> words;
  for (const WordRow& word : AllWords()) {
    if (word.group == source.row.of) words.emplace_back(word.word);
  }
  const std::string nearest = Nearest(source.node.text, words);
  std::string sentence = "is no word of '" + std::string(source.row.of) + "'";
  if (!nearest.empty()) sentence += "; did you mean '" + nearest + "'?";
  notes.Add(ProblemKind::kOutOfRange, source.node, source.path, sentence);
  return std::nullopt;
}

std::optional<Value> ReadText(const ValueSource& source, const Statement& statement, Notes& notes) {
  if (!IsPrintable(source.node, source.path, notes)) return std::nullopt;
  if (source.row.kind != ValueKind::kName) return Value{source.node.text, ""};
  const auto word = statement.words.find(source.node.text);
  if (word == statement.words.end()) {
    notes.Add(ProblemKind::kMissingKey, source.node, source.path,
              "stated.words has no English for '" + source.node.text + "'");
    return std::nullopt;
  }
  return Value{source.node.text, word->second};
}

// The value of a node of the right type.
std::optional<Value> ReadValue(const ValueSource& source, const Statement& statement,
                               Notes& notes) {
  switch (source.row.kind) {
    case ValueKind::kText:
    case ValueKind::kName:
    case ValueKind::kRef:
      return ReadText(source, statement, notes);
    case ValueKind::kWords:
      return ReadWords(source, statement, notes);
    case ValueKind::kCode:
      return ReadCode(source, notes);
    case ValueKind::kPeriod:
      if (ReadPeriod(source.node.text)) return Value{source.node.text, ""};
      notes.Add(ProblemKind::kOutOfRange, source.node, source.path,
                "must be a period such as P2Y, P6M, P2W or P10D");
      return std::nullopt;
    case ValueKind::kNumber:
      if (source.node.integer >= 0 && source.node.integer <= kMaxNumber) {
        return Value{std::to_string(source.node.integer), ""};
      }
      notes.Add(ProblemKind::kOutOfRange, source.node, source.path, "must be 0 to 1000000000");
      return std::nullopt;
    case ValueKind::kBool:
      return Value{source.node.boolean ? "yes" : "no", ""};
    case ValueKind::kDay:
      if (model::ParseCivilDay(source.node.text).ok()) return Value{source.node.text, ""};
      notes.Add(ProblemKind::kOutOfRange, source.node, source.path,
                "must be a day of 1900 to 2199");
      return std::nullopt;
  }
  return std::nullopt;
}

void ReadOne(const ValueSource& source, const Statement& statement, Notes& notes, Fact& fact) {
  if (source.node.kind != NodeKindOf(source.row.kind)) {
    notes.Add(ProblemKind::kWrongType, source.node, source.path,
              std::string(WantedOf(source.row.kind)));
    return;
  }
  if (AbsenceOf(source.node)) {
    notes.Add(ProblemKind::kInconsistent, source.node, source.path,
              "an absence stands alone, not among values");
    return;
  }
  std::optional<Value> value = ReadValue(source, statement, notes);
  if (!value) return;
  if (std::ranges::find(fact.values, *value) != fact.values.end()) {
    notes.Add(ProblemKind::kInconsistent, source.node, source.path, "occurs twice");
    return;
  }
  fact.values.push_back(*std::move(value));
}

}  // namespace

bool IsPrintable(const TomlNode& text, const std::string& path, Notes& notes) {
  const bool fits = !text.text.empty() && text.text.size() <= kMaxTextSizeBytes &&
                    text.text.find("; ") == std::string::npos && !text.text.starts_with(' ') &&
                    !text.text.ends_with(' ') &&
                    std::ranges::none_of(text.text, [](char c) { return c >= 0 && c < 0x20; });
  if (!fits) {
    notes.Add(ProblemKind::kOutOfRange, text, path,
              "must have 1 to 1000 bytes on one line, without '; ' and without blanks around it");
  }
  return fits;
}

bool IsClauseId(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

std::optional<std::vector<PeriodPart>> ReadPeriod(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  std::string_view units = "YMWD";
  std::vector<PeriodPart> parts;
  while (!text.empty()) {
    const std::size_t digits_count = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits_count == 0 || digits_count > 4 || digits_count == text.size()) return std::nullopt;
    const std::size_t unit = units.find(text[digits_count]);
    if (unit == std::string_view::npos) return std::nullopt;
    PeriodPart part{0, units[unit]};
    for (const char digit : text.substr(0, digits_count))
      part.count = part.count * 10 + (digit - '0');
    parts.push_back(part);
    units.remove_prefix(unit + 1);
    text.remove_prefix(digits_count + 1);
  }
  if (parts.empty()) return std::nullopt;
  return parts;
}

Fact ReadFact(const ValueSource& source, const Statement& statement, Notes& notes) {
  Fact fact;
  fact.row = &source.row;
  fact.line = source.node.line;
  if (const std::optional<Absence> absence = AbsenceOf(source.node)) {
    fact.absence = *absence;
    return fact;
  }
  if (source.node.kind != TomlNode::Kind::kArray) {
    ReadOne(source, statement, notes, fact);
    return fact;
  }
  if (!source.row.Has('m')) {
    notes.Add(ProblemKind::kWrongType, source.node, source.path,
              std::string(WantedOf(source.row.kind)) + ", not an array");
    return fact;
  }
  if (source.node.items.empty()) {
    notes.Add(ProblemKind::kOutOfRange, source.node, source.path,
              "is empty; say \"none\" when the source says so");
  }
  for (std::size_t i = 0; i < source.node.items.size(); ++i) {
    const std::string path = source.path + "[" + std::to_string(i) + "]";
    ReadOne({source.row, source.node.items[i], path}, statement, notes, fact);
  }
  return fact;
}

}  // namespace noren::policy
