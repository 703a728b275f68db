// SPDX-License-Identifier: Apache-2.0
#include "tests/policy/case_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace noren::clauses {
namespace {

std::size_t LineOf(const toml::node& node) { return node.source().begin.line; }

// The text of a scalar; nothing of a table.
bool ScalarText(const toml::node& node, std::string& text) {
  if (const auto* value = node.as_string())
    text = value->get();
  else if (const auto* number = node.as_integer())
    text = std::to_string(number->get());
  else if (const auto* truth = node.as_boolean())
    text = truth->get() ? "true" : "false";
  else
    return false;
  return true;
}

bool Texts(const toml::node& node, std::vector<std::string>& texts) {
  std::string text;
  const auto* array = node.as_array();
  if (array == nullptr) {
    if (!ScalarText(node, text)) return false;
    texts.push_back(text);
    return true;
  }
  return std::ranges::all_of(*array, [&](const toml::node& one) {
    if (!ScalarText(one, text)) return false;
    texts.push_back(text);
    return true;
  });
}

class Reader {
 public:
  explicit Reader(CaseFile& file) : file_(file) {}

  void ReadSteps(const toml::array& array, ClauseCase& into) {
    for (const toml::node& node : array) {
      const auto* table = node.as_table();
      if (table == nullptr) return Complain(LineOf(node), "a step is a table");
      Step step;
      step.line = LineOf(node);
      for (const auto& [key, value] : *table) {
        std::vector<std::string> texts;
        if (!Texts(value, texts))
          Complain(LineOf(value), "an argument is a text, a number, a truth or several");
        if (key.str() == "do" && !texts.empty())
          step.name = texts[0];
        else
          step.arguments[std::string(key.str())] = std::move(texts);
      }
      into.steps.push_back(std::move(step));
    }
  }

  void Read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      if (key.str() == "policy" && node.is_string())
        file_.policy = node.as_string()->get();
      else if (key.str() == "clause" && node.is_array_of_tables())
        continue;
      else
        Complain(LineOf(node), "'" + std::string(key.str()) + "' is no key of a case file");
    }
    if (const auto* clauses = root["clause"].as_array()) {
      for (const toml::node& one : *clauses) ReadCase(*one.as_table());
    }
  }

 private:
  void Complain(std::size_t line, std::string sentence) {
    file_.problems.push_back({line, std::move(sentence)});
  }

  void ReadCase(const toml::table& table) {
    ClauseCase one;
    one.policy = file_.policy;
    one.line = LineOf(table);
    for (const auto& [key, node] : table) {
      if (key.str() == "id" && node.is_string())
        one.id = node.as_string()->get();
      else if (key.str() == "proves" && node.is_string())
        one.proves = node.as_string()->get();
      else if (key.str() == "steps" && node.is_array())
        ReadSteps(*node.as_array(), one);
      else
        Complain(LineOf(node), "'" + std::string(key.str()) + "' is no key of a case");
    }
    if (one.id.empty() || one.proves.empty())
      Complain(one.line, "a case has an id and says what it proves");
    file_.cases.push_back(std::move(one));
  }

  CaseFile& file_;
};

std::vector<std::string> MeasuresOf(const toml::table& stated, const std::string& clause) {
  std::vector<std::string> measures;
  const auto* all = stated["measure"].as_array();
  if (all == nullptr) return measures;
  for (const toml::node& node : *all) {
    const toml::table& measure = *node.as_table();
    std::vector<std::string> from;
    const auto* keyed = measure["from"].as_table();
    if (keyed == nullptr && measure["from"].node() != nullptr) Texts(*measure["from"].node(), from);
    if (keyed != nullptr) {
      for (const auto& [key, value] : *keyed) Texts(value, from);
    }
    if (std::ranges::find(from, clause) == from.end()) continue;
    measures.push_back(
        measure["operator"]["register"].value_or(measure["register"].value_or(std::string())) +
        " (" + measure["name"]["en"].value_or(std::string()) + ")");
  }
  return measures;
}

}  // namespace

std::string Step::Text(const std::string& argument, const std::string& otherwise) const {
  const auto found = arguments.find(argument);
  return found == arguments.end() || found->second.empty() ? otherwise : found->second[0];
}

std::vector<std::string> Step::Many(const std::string& argument) const {
  const auto found = arguments.find(argument);
  return found == arguments.end() ? std::vector<std::string>() : found->second;
}

CaseFile ParseCases(std::string_view text) {
  CaseFile file;
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    file.problems.push_back({error.source().begin.line, std::string(error.description())});
    return file;
  }
  Reader(file).Read(root);
  if (file.policy.empty())
    file.problems.push_back({1, "the file does not say whose policy it is for"});
  return file;
}

QuestionFile ParseQuestions(std::string_view text) {
  QuestionFile file;
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    file.problems.push_back({error.source().begin.line, std::string(error.description())});
    return file;
  }
  CaseFile form;  // takes the problems of steps
  Reader reader(form);
  const auto* questions = root["question"].as_array();
  if (questions == nullptr) return file;
  for (const toml::node& node : *questions) {
    const toml::table& table = *node.as_table();
    Question question{table["id"].value_or(std::string()),
                      table["asks"].value_or(std::string()),
                      {},
                      LineOf(table)};
    const auto* answers = table["answer"].as_array();
    if (question.id.empty() || question.asks.empty() || answers == nullptr)
      file.problems.push_back({question.line, "a question has an id, what it asks and answers"});
    for (std::size_t i = 0; answers != nullptr && i < answers->size(); ++i) {
      const toml::table& given = *(*answers)[i].as_table();
      ClauseCase one{
          question.id, given["policy"].value_or(std::string()), question.asks, {}, LineOf(given)};
      if (const auto* steps = given["steps"].as_array()) reader.ReadSteps(*steps, one);
      question.answers.push_back(std::move(one));
    }
    file.questions.push_back(std::move(question));
  }
  for (CaseProblem& problem : form.problems) file.problems.push_back(std::move(problem));
  return file;
}

std::vector<ClausePlace> PlacesOf(std::string_view policy_toml) {
  std::vector<ClausePlace> places;
  toml::table root;
  try {
    root = toml::parse(policy_toml);
  } catch (const toml::parse_error&) {
    return places;
  }
  const auto* stated = root["stated"].as_table();
  if (stated == nullptr || !(*stated)["article"].is_array()) return places;
  for (const toml::node& node : *(*stated)["article"].as_array()) {
    const toml::table& article = *node.as_table();
    const std::string label = article["label"].value_or(std::string());
    const std::string title = article["title"].value_or(std::string());
    if (!article["clauses"].is_array()) continue;
    for (const toml::node& clause : *article["clauses"].as_array()) {
      const toml::array& parts = *clause.as_array();
      ClausePlace place{parts[0].value_or(std::string()),
                        label.empty() ? title : label + " " + title,
                        parts[1].value_or(std::string()),
                        {}};
      place.measures = MeasuresOf(*stated, place.id);
      places.push_back(std::move(place));
    }
  }
  return places;
}

std::vector<MissingCase> ParseMissing(std::string_view text) {
  std::vector<MissingCase> missing;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.find(' ');
    missing.push_back(
        {line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1), number});
  }
  return missing;
}

}  // namespace noren::clauses
