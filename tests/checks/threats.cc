// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/threats.h"

#include <algorithm>
#include <regex>

namespace noren::checks {
namespace {

constexpr std::string_view kParts[] = {"who", "can", "stops", "test", "limit"};

// "who" of a line "who: a thief", "" of a line that goes on.
std::string PartOf(const std::string& line) {
  for (const std::string_view part : kParts) {
    if (line.starts_with(std::string(part) + ":")) return std::string(part);
  }
  return "";
}

// "T9" of "T9Replay.Something", "" of a test that is no attack.
std::string ThreatOfTest(const std::string& test) {
  static const std::regex kAttack(R"(^(T\d+)[A-Z]\w*\.)");
  std::smatch match;
  return std::regex_search(test, match, kAttack) ? match[1].str() : "";
}

}  // namespace

std::vector<Threat> ParseThreats(std::string_view document) {
  static const std::regex kTitle(R"(^## (T\d+)\. )");
  std::vector<Threat> threats;
  bool inside = false;
  std::string part;
  const std::vector<std::string> lines = SplitLines(document);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (lines[i].starts_with("## ")) {
      inside = std::regex_search(lines[i], match, kTitle);
      if (inside) threats.push_back({match[1].str(), i + 1, {}, {}});
      part.clear();
      continue;
    }
    if (!inside) continue;
    const std::string begun = PartOf(lines[i]);
    if (!begun.empty()) part = begun;
    if (lines[i].empty()) part.clear();
    if (part.empty()) continue;
    Threat& threat = threats.back();
    std::string text = begun.empty() ? lines[i] : lines[i].substr(begun.size() + 1);
    if (part == "test") {
      const std::vector<std::string> words = SplitWords(text);
      threat.tests.insert(threat.tests.end(), words.begin(), words.end());
    }
    threat.parts[part] += text;
  }
  return threats;
}

std::set<std::string> CommandTestNames(const std::vector<SourceFile>& tree) {
  static const std::regex kTest(R"(add_test\(NAME\s+([\w.]+))");
  std::set<std::string> names;
  for (const SourceFile& file : tree) {
    if (!file.path.ends_with("CMakeLists.txt")) continue;
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), kTest), end; it != end; ++it)
      names.insert((*it)[1].str());
  }
  return names;
}

std::vector<Violation> CheckThreats(const SourceFile& document,
                                    const std::set<std::string>& tests) {
  std::vector<Violation> violations;
  std::set<std::string> named;
  const std::vector<Threat> threats = ParseThreats(document.text);
  for (const Threat& threat : threats) {
    const auto complain = [&](const std::string& message) {
      violations.push_back({document.path, threat.line, threat.name + " " + message});
    };
    for (const std::string_view part : kParts) {
      if (!threat.parts.contains(std::string(part))) complain("does not say " + std::string(part));
    }
    for (const std::string& test : threat.tests) {
      if (!tests.contains(test)) complain("names a test that does not exist: " + test);
      named.insert(threat.name + " " + test);
    }
  }
  for (const std::string& test : tests) {
    const std::string threat = ThreatOfTest(test);
    if (!threat.empty() && !named.contains(threat + " " + test))
      violations.push_back({document.path, 0, threat + " does not name its attack " + test});
  }
  return violations;
}

}  // namespace noren::checks
