// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/glossary.h"

#include <algorithm>
#include <regex>

namespace noren::checks {
namespace {

std::vector<std::string> CodeSpans(const std::string& text) {
  static const std::regex kSpan(R"(`([A-Za-z_]+)`)");
  std::vector<std::string> spans;
  for (std::sregex_iterator it(text.begin(), text.end(), kSpan), end; it != end; ++it) {
    spans.push_back((*it)[1].str());
  }
  return spans;
}

}  // namespace

BannedTerms ParseGlossary(std::string_view markdown) {
  BannedTerms terms;
  for (const std::string& line : SplitLines(markdown)) {
    if (!line.starts_with("| ") || !line.ends_with("|")) continue;
    const std::size_t last = line.rfind('|', line.size() - 2);
    std::vector<std::string> spans = CodeSpans(line.substr(last));
    auto& list = line.starts_with("| names |") ? terms.type_suffixes : terms.anywhere;
    list.insert(list.end(), spans.begin(), spans.end());
  }
  return terms;
}

std::vector<Violation> CheckTerms(const BannedTerms& terms, const SourceFile& file) {
  static const std::regex kIdentifier(R"([A-Za-z_][A-Za-z0-9_]*)");
  static const std::regex kType(
      R"(\b(?:class|struct|enum class|using)\s+(?:\[\[\w+\]\]\s*)?(\w+))");
  std::vector<Violation> violations;
  const std::vector<std::string> lines = SplitLines(Strip(file.text, Keep::kCode));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    for (std::sregex_iterator it(line.begin(), line.end(), kIdentifier), end; it != end; ++it) {
      const std::string word = it->str();
      for (const std::string& term : terms.anywhere) {
        if (word.find(term) == std::string::npos) continue;
        violations.push_back({file.path, i + 1, "'" + term + "' is not the glossary's word"});
      }
    }
    std::smatch type;
    if (!std::regex_search(line, type, kType)) continue;
    for (const std::string& suffix : terms.type_suffixes) {
      if (!type[1].str().ends_with(suffix)) continue;
      violations.push_back({file.path, i + 1, "a type's name ends with '" + suffix + "'"});
    }
  }
  return violations;
}

}  // namespace noren::checks
