// One value of the published part of a policy, read by its row; used by the statement's loader.
// Threads:  pure functions over the notes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/loader.h"
#include "engine/policy/statement.h"
#include "engine/policy/toml_tree.h"

namespace noren::policy {

// Collects problems with their positions.
class Notes {
 public:
  struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };
  explicit Notes(std::vector<PolicyProblem>& problems) : problems_(problems) {}

  void Add(ProblemKind kind, const TomlNode& node, std::string path, std::string sentence) {
    AddAt(kind, {node.line, node.column}, std::move(path), std::move(sentence));
  }
  void AddAt(ProblemKind kind, Position at, std::string path, std::string sentence) {
    problems_.push_back({kind, at.line, at.column, std::move(path), std::move(sentence)});
  }

 private:
  std::vector<PolicyProblem>& problems_;
};

// 1 to 1000 bytes on one line, without what separates values on the page ("; ").
bool IsPrintable(const TomlNode& text, const std::string& path, Notes& notes);
bool IsClauseId(std::string_view text);

// The parts of an ISO 8601 period of dates in its order: {2, 'Y'}, {6, 'M'}. Nothing for any other
// text, and for one without a part or with one of more than four digits.
struct PeriodPart {
  std::int32_t count = 0;
  char unit = 'D';  // 'Y', 'M', 'W' or 'D'
};
std::optional<std::vector<PeriodPart>> ReadPeriod(std::string_view text);

struct ValueSource {
  const KeyRow& row;
  const TomlNode& node;
  const std::string& path;
};
// The fact without origin and clauses. Notes what is wrong; then it may have no value.
Fact ReadFact(const ValueSource& source, const Statement& statement, Notes& notes);

}  // namespace noren::policy
