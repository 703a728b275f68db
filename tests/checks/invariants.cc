// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/invariants.h"

#include <regex>

namespace noren::checks {
namespace {

constexpr std::size_t kMinReasonSizeBytes = 20;

}  // namespace

std::vector<Invariant> ParseInvariants(std::string_view architecture) {
  static const std::regex kNumber(R"(^(\d+)\. )");
  std::vector<Invariant> invariants;
  bool inside = false;
  const std::vector<std::string> lines = SplitLines(architecture);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("## ")) inside = lines[i].find("Invariants") != std::string::npos;
    if (!inside) continue;
    std::smatch match;
    if (std::regex_search(lines[i], match, kNumber)) {
      invariants.push_back({match[1].str(), i + 1, {}, ""});
    }
    if (invariants.empty()) continue;
    const std::vector<std::string> words = SplitWords(lines[i]);
    if (words.empty()) continue;
    if (words[0] == "test:") {
      invariants.back().tests.insert(invariants.back().tests.end(), words.begin() + 1, words.end());
    } else if (words[0] == "open:") {
      invariants.back().open_reason = lines[i].substr(lines[i].find("open:") + 5);
    }
  }
  return invariants;
}

std::set<std::string> TestNames(const std::vector<SourceFile>& tree) {
  static const std::regex kTest(R"(\b(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\))");
  std::set<std::string> names;
  for (const SourceFile& file : tree) {
    if (!IsUnder(file.path, "tests") || !IsCode(file.path)) continue;
    const std::string code = Strip(file.text, Keep::kCode);
    for (std::sregex_iterator it(code.begin(), code.end(), kTest), end; it != end; ++it) {
      names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  }
  return names;
}

std::vector<Violation> CheckInvariants(const SourceFile& architecture,
                                       const std::set<std::string>& tests) {
  std::vector<Violation> violations;
  for (const Invariant& invariant : ParseInvariants(architecture.text)) {
    const auto complain = [&](const std::string& message) {
      violations.push_back(
          {architecture.path, invariant.line, "invariant " + invariant.number + " " + message});
    };
    if (invariant.tests.empty() && invariant.open_reason.empty()) {
      complain("names no test and is not marked open");
    }
    if (!invariant.open_reason.empty() && invariant.open_reason.size() < kMinReasonSizeBytes) {
      complain("is open without a reason");
    }
    for (const std::string& test : invariant.tests) {
      if (!tests.contains(test)) complain("names a test that does not exist: " + test);
    }
  }
  return violations;
}

}  // namespace noren::checks
