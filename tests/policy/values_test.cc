// What the operators' notices say of a clause, written down from the text of the clause and
// compared with the operator's policy file: tests/policy/values/<operator>.toml.
//   [M-40]
//   place = "..."
//   lines = [105]
//   "date_rule.kind" = ["without_delay"]
// A key names a section and a key of it; its values are those of all facts that rest on the clause,
// in the order of the file, whichever clause it is under "*". An absence is written as its name, a
// truth as true or false.
// Source:   docs/formats/clause_cases.md
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/policy/loader.h"
#include "engine/policy/toml_tree.h"
#include "tests/policy/policies_table.h"
#include "tests/support/folders.h"

namespace noren::clauses {
namespace {

using policy::TomlNode;
using Texts = std::vector<std::string>;

std::string TextOfFile(const std::string& path) {
  std::ifstream file(SourceFolder() + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string TextOf(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::kInteger:
      return std::to_string(node.integer);
    case TomlNode::Kind::kBool:
      return node.boolean ? "yes" : "no";
    default:
      return node.text;
  }
}

Texts TextsOf(const TomlNode& node) {
  Texts texts;
  if (node.kind != TomlNode::Kind::kArray) texts.push_back(TextOf(node));
  for (const TomlNode& item : node.items) texts.push_back(TextOf(item));
  return texts;
}

// What is written down of one clause.
struct StatedClauseValues {
  std::string policy, clause;
  std::map<std::string, Texts> values;
};

void PrintTo(const StatedClauseValues& one, std::ostream* out) {
  *out << one.policy << " " << one.clause;
}

// A tree that does not parse is one clause that no policy has.
void ReadInto(const std::string& name, std::map<std::string, StatedClauseValues>& clauses) {
  const auto tree = policy::ParseTomlTree(TextOfFile("tests/policy/values/" + name + ".toml"));
  if (const auto* problem = std::get_if<policy::PolicyProblem>(&tree)) {
    clauses[problem->sentence] = {name, problem->sentence, {}};
    return;
  }
  for (const TomlNode::Member& clause : std::get<TomlNode>(tree).members) {
    StatedClauseValues& one = clauses[clause.key];
    one.clause = clause.key;
    for (const TomlNode::Member& value : clause.value.members)
      one.values[value.key] = TextsOf(value.value);
  }
}

// The next version of gojobs states what the present one does, but for what its own file says.
std::vector<StatedClauseValues> WrittenDown() {
  std::vector<StatedClauseValues> all;
  std::vector<std::string> names(std::begin(kOperators), std::end(kOperators));
  names.emplace_back("gojobs-next");
  for (const std::string& name : names) {
    std::map<std::string, StatedClauseValues> clauses;
    if (name == "gojobs-next") ReadInto("gojobs", clauses);
    ReadInto(name, clauses);
    for (auto& [id, one] : clauses) {
      one.policy = name;
      all.push_back(std::move(one));
    }
  }
  return all;
}

// Loaded once; a test program is not long.
const policy::Policy* PolicyOf(const std::string& name) {
  static auto& loaded = *new std::map<std::string, policy::PolicyLoad>();
  auto found = loaded.find(name);
  if (found == loaded.end()) {
    found =
        loaded.emplace(name, policy::LoadPolicy(TextOfFile("datasets/policies/" + name + ".toml")))
            .first;
  }
  return found->second.policy ? &*found->second.policy : nullptr;
}

Texts LinesOf(const policy::StatedClause& clause) {
  Texts lines = {std::to_string(clause.first_line)};
  if (clause.last_line != clause.first_line) lines.push_back(std::to_string(clause.last_line));
  return lines;
}

std::string TitleOf(const policy::Statement& statement, const std::string& clause) {
  for (const policy::Article& article : statement.articles) {
    for (const policy::StatedClause& one : article.clauses) {
      if (one.id == clause) return article.label + "|" + article.title;
    }
  }
  return "";
}

constexpr const char* kAnyClause = "*";

Texts Stated(const policy::Statement& statement, const std::string& clause,
             const std::string& path) {
  if (path == "place") return {statement.FindClause(clause)->place};
  if (path == "lines") return LinesOf(*statement.FindClause(clause));
  if (path == "article") return {TitleOf(statement, clause)};
  Texts texts;
  for (const policy::Entry& entry : statement.entries) {
    for (const policy::Fact& fact : entry.facts) {
      const bool rests =
          clause == kAnyClause || std::ranges::find(fact.clauses, clause) != fact.clauses.end();
      if (!rests || path != std::string(entry.section->name) + "." + std::string(fact.row->name))
        continue;
      if (fact.absence != policy::Absence::kPresent)
        texts.emplace_back(policy::AbsenceName(fact.absence));
      for (const policy::Value& value : fact.values) texts.push_back(value.text);
    }
  }
  return texts;
}

class StatedValues : public testing::TestWithParam<StatedClauseValues> {};

TEST_P(StatedValues, AreThoseOfTheClause) {
  const policy::Policy* const policy = PolicyOf(GetParam().policy);
  ASSERT_NE(policy, nullptr) << "the policy does not load";
  const policy::Statement& statement = *policy->statement;
  const std::string& clause = GetParam().clause;
  ASSERT_TRUE(clause == kAnyClause || statement.FindClause(clause) != nullptr) << clause;
  EXPECT_FALSE(GetParam().values.empty());
  for (const auto& [path, values] : GetParam().values) {
    EXPECT_EQ(Stated(statement, clause, path), values) << clause << " " << path;
  }
}

std::string NameOf(const testing::TestParamInfo<StatedClauseValues>& info) {
  std::string name = info.param.policy + "_" + info.param.clause;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Values, StatedValues, testing::ValuesIn(WrittenDown()), NameOf);

}  // namespace
}  // namespace noren::clauses
