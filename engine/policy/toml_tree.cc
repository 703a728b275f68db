// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/toml_tree.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace noren::policy {
namespace {

std::string DayText(const toml::date& day) {
  char text[24];
  std::snprintf(text, sizeof text, "%04u-%02u-%02u", static_cast<unsigned>(day.year),
                static_cast<unsigned>(day.month), static_cast<unsigned>(day.day));
  return text;
}

TomlNode Convert(const toml::node& from) {
  TomlNode node;
  node.line = from.source().begin.line;
  node.column = from.source().begin.column;
  if (const auto* table = from.as_table()) {
    node.kind = TomlNode::Kind::kTable;
    for (const auto& [key, value] : *table) {
      node.members.push_back({std::string(key.str()), key.source().begin.line,
                              key.source().begin.column, Convert(value)});
    }
  } else if (const auto* array = from.as_array()) {
    node.kind = TomlNode::Kind::kArray;
    for (const toml::node& item : *array) node.items.push_back(Convert(item));
  } else if (const auto* text = from.as_string()) {
    node.kind = TomlNode::Kind::kText;
    node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = TomlNode::Kind::kInteger;
    node.integer = integer->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = TomlNode::Kind::kBool;
    node.boolean = boolean->get();
  } else if (const auto* day = from.as_date()) {
    node.kind = TomlNode::Kind::kDay;
    node.text = DayText(day->get());
  } else {
    node.kind = TomlNode::Kind::kOther;
  }
  return node;
}

}  // namespace

const TomlNode::Member* TomlNode::Find(std::string_view key) const {
  const auto at = std::ranges::find(members, key, &Member::key);
  return at == members.end() ? nullptr : std::to_address(at);
}

std::variant<TomlNode, PolicyProblem> ParseTomlTree(std::string_view text) {
  try {
    return Convert(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return PolicyProblem{ProblemKind::kSyntax, error.source().begin.line,
                         error.source().begin.column, "",
                         "not valid TOML: " + std::string(error.description())};
  }
}

model::JsonValue ToJson(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::kText:
    case TomlNode::Kind::kDay:
      return model::JsonValue::Text(node.text);
    case TomlNode::Kind::kInteger:
      return model::JsonValue::Integer(node.integer);
    case TomlNode::Kind::kBool:
      return model::JsonValue::Bool(node.boolean);
    case TomlNode::Kind::kArray: {
      model::JsonValue array = model::JsonValue::MakeArray();
      for (const TomlNode& item : node.items) array.Append(ToJson(item));
      return array;
    }
    case TomlNode::Kind::kTable: {
      model::JsonValue object = model::JsonValue::MakeObject();
      for (const auto& member : node.members) object.Set(member.key, ToJson(member.value));
      return object;
    }
    case TomlNode::Kind::kOther:
      break;
  }
  return {};
}

}  // namespace noren::policy
