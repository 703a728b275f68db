// A TOML document as a plain tree with positions, so that the parser's types stay in one source
// file.
// Source:   TOML 1.0
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/model/canonical_json.h"
#include "engine/policy/loader.h"

namespace noren::policy {

struct TomlNode {
  enum class Kind : std::uint8_t { kText, kInteger, kBool, kDay, kArray, kTable, kOther };
  struct Member;

  Kind kind = Kind::kTable;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string text;  // of kText; of kDay as YYYY-MM-DD
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlNode> items;
  std::vector<Member> members;

  const Member* Find(std::string_view key) const;
};

struct TomlNode::Member {
  std::string key;
  std::uint32_t line = 1;  // of the key
  std::uint32_t column = 1;
  TomlNode value;
};

// The root table, or the one syntax problem.
std::variant<TomlNode, PolicyProblem> ParseTomlTree(std::string_view text);

// Days become text; kOther does not occur in a loaded policy.
model::JsonValue ToJson(const TomlNode& node);

}  // namespace noren::policy
