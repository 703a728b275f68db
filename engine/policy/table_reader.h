// Reads one table of a policy file, strictly: notes every problem instead of stopping at the first,
// and remembers which keys exist, so that an unknown one is named together with the nearest known
// one.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/loader.h"
#include "engine/policy/toml_tree.h"

namespace noren::policy {

struct IntegerRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
};
struct TextRule {
  std::size_t max_size_bytes = 0;
  bool (*is_allowed)(std::string_view) = nullptr;  // null: any text
  std::string_view shape;                          // said when it is not allowed
};

class TableReader {
 public:
  // `table` and `problems` must outlive the reader.
  TableReader(const TomlNode& table, std::string path, std::vector<PolicyProblem>& problems)
      : table_(table), path_(std::move(path)), problems_(problems) {}

  // Each notes a problem and returns a harmless value when the key is missing, of another type or
  // out of range.
  std::string Text(std::string_view key, const TextRule& rule);
  std::int32_t Integer(std::string_view key, IntegerRange range);
  bool Bool(std::string_view key);
  model::CivilDay Day(std::string_view key);
  LocalizedText Localized(std::string_view key);
  std::vector<std::string> Texts(std::string_view key, const TextRule& rule);
  // The index of the text among `names`.
  std::size_t OneOf(std::string_view key, std::span<const std::string_view> names);
  std::vector<std::size_t> SomeOf(std::string_view key, std::span<const std::string_view> names);
  // Calls `read` with a reader of the table (of each table of the array, at least one), then checks
  // for unknown keys.
  void Table(std::string_view key, const std::function<void(TableReader&)>& read);
  void OptionalTable(std::string_view key, const std::function<void(TableReader&)>& read);
  void OptionalTables(std::string_view key, const std::function<void(TableReader&)>& read);
  void Tables(std::string_view key, const std::function<void(TableReader&)>& read);
  // As Table and Tables, or the text "none": stated as none.
  void TableOrNone(std::string_view key, const std::function<void(TableReader&)>& read);
  void TablesOrNone(std::string_view key, const std::function<void(TableReader&)>& read);

  // The key is known; somebody else reads it.
  void Ignore(std::string_view key) { known_.emplace_back(key); }
  // Notes every key that was not asked for. Called by Table and Tables; for the root by the loader.
  void Finish();
  void Note(ProblemKind kind, std::string_view key, std::string sentence);

 private:
  // True for the text "none"; another text is a problem, `otherwise` says what belongs there.
  bool IsNone(std::string_view key, std::string_view otherwise);
  const TomlNode* Get(std::string_view key, TomlNode::Kind kind);
  void NoteAt(ProblemKind kind, const TomlNode& node, std::string path, std::string sentence);
  std::string PathOf(std::string_view key) const;
  bool CheckText(const TomlNode& node, const std::string& path, const TextRule& rule);
  std::size_t IndexIn(std::span<const std::string_view> names, const TomlNode& node,
                      const std::string& path);

  const TomlNode& table_;
  std::string path_;
  std::vector<PolicyProblem>& problems_;
  std::vector<std::string> known_;
};

// The one of `names` that is nearest to `text` by edit distance, or empty when none is near.
std::string Nearest(std::string_view text, std::span<const std::string> names);

}  // namespace noren::policy
