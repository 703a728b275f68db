// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/docs_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <set>

namespace noren::checks {
namespace {

constexpr std::array<std::string_view, 7> kTopFolders = {
    "crypto/", "engine/", "server/", "datasets/", "bench/", "tests/", "docs/"};

// The lines outside fenced blocks; fenced ones become empty, so that line numbers stay.
std::vector<std::string> Prose(std::string_view markdown) {
  std::vector<std::string> lines = SplitLines(markdown);
  bool fenced = false;
  for (std::string& line : lines) {
    const bool fence = line.starts_with("```");
    if (fence) fenced = !fenced;
    if (fence || fenced) line.clear();
  }
  return lines;
}

bool IsPathSpan(const std::string& span) {
  const bool ours = std::any_of(kTopFolders.begin(), kTopFolders.end(),
                                [&](std::string_view top) { return span.starts_with(top); });
  return ours && span.find_first_of(" *<>{}$|=,'\"") == std::string::npos &&
         span.find("...") == std::string::npos;
}

// "docs/a.md" and "formats/b.md#part" -> "docs/formats/b.md".
std::string Resolve(const std::string& from, const std::string& link) {
  const std::string target = link.substr(0, link.find('#'));
  return (std::filesystem::path(from).parent_path() / target).lexically_normal().generic_string();
}

std::set<std::string> MatchesIn(std::string_view text, const std::regex& pattern) {
  const std::string copy(text);
  std::set<std::string> found;
  for (std::sregex_iterator it(copy.begin(), copy.end(), pattern), end; it != end; ++it) {
    found.insert((*it)[1].str());
  }
  return found;
}

}  // namespace

std::vector<Violation> CheckLinks(const SourceFile& markdown, const PathExists& exists) {
  static const std::regex kLink(R"(\]\(([^)\s]+)\))");
  static const std::regex kSpan(R"(`([^`]+)`)");
  std::vector<Violation> violations;
  const std::vector<std::string> lines = Prose(markdown.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string& link : MatchesIn(lines[i], kLink)) {
      if (link.starts_with('#') || link.find("://") != std::string::npos) continue;
      if (link.starts_with("mailto:") || exists(Resolve(markdown.path, link))) continue;
      violations.push_back({markdown.path, i + 1, "dead link: " + link});
    }
    for (const std::string& span : MatchesIn(lines[i], kSpan)) {
      if (!IsPathSpan(span) || exists(span) || exists(span + ".h") || exists(span + ".cc"))
        continue;
      violations.push_back({markdown.path, i + 1, "no such path: " + span});
    }
  }
  return violations;
}

std::vector<std::string> FoldersDrawn(std::string_view markdown) {
  static const std::regex kFolder(R"((^|\s)([a-z_]+)/)");
  std::vector<std::string> folders;
  bool fenced = false;
  std::string top;
  for (const std::string& line : SplitLines(markdown)) {
    if (line.starts_with("```")) {
      fenced = !fenced;
      top.clear();
      continue;
    }
    if (!fenced) continue;
    const bool indented = line.starts_with(' ');
    if (!indented) top.clear();
    for (std::sregex_iterator it(line.begin(), line.end(), kFolder), end; it != end; ++it) {
      const std::string name = (*it)[2].str();
      if (!indented && it->position(2) == 0) {
        top = name;
        folders.push_back(name);
      } else if (!top.empty()) {
        folders.push_back(top + "/" + name);
      }
    }
  }
  return folders;
}

std::vector<Violation> CheckTreeDrawn(const SourceFile& markdown,
                                      const std::vector<SourceFile>& tree) {
  const std::vector<std::string> drawn = FoldersDrawn(markdown.text);
  std::set<std::string> missing;
  for (const SourceFile& file : tree) {
    if (!IsCode(file.path) || IsUnder(file.path, "tests")) continue;
    const std::size_t first = file.path.find('/');
    const std::size_t second = file.path.find('/', first + 1);
    const std::string folder = file.path.substr(0, second == std::string::npos ? first : second);
    if (std::find(drawn.begin(), drawn.end(), folder) == drawn.end()) missing.insert(folder);
  }
  std::vector<Violation> violations;
  for (const std::string& folder : missing) {
    violations.push_back({markdown.path, 0, "the drawn tree lacks " + folder});
  }
  return violations;
}

std::vector<Violation> CheckGolden(const std::vector<SourceFile>& tree) {
  static const std::regex kGolden(R"((tests/golden/[A-Za-z0-9_./-]*[A-Za-z0-9_]))");
  std::vector<Violation> violations;
  std::set<std::string> named;
  std::set<std::string> present;
  for (const SourceFile& file : tree) {
    if (IsUnder(file.path, "tests/golden")) present.insert(file.path);
  }
  for (const SourceFile& file : tree) {
    if (!IsUnder(file.path, "docs/formats") || !file.path.ends_with(".md")) continue;
    for (const std::string& golden : MatchesIn(file.text, kGolden)) {
      named.insert(golden);
      const bool exists = std::any_of(present.begin(), present.end(), [&](const std::string& path) {
        return IsUnder(path, golden);
      });
      if (!exists) violations.push_back({file.path, 0, "no such golden file: " + golden});
    }
  }
  for (const std::string& path : present) {
    const bool known = std::any_of(named.begin(), named.end(), [&](const std::string& golden) {
      return IsUnder(path, golden);
    });
    if (!known) violations.push_back({path, 0, "no document in docs/formats names it"});
  }
  return violations;
}

std::vector<Violation> CheckKeyspaces(const std::vector<SourceFile>& tree) {
  static const std::regex kConstant(R"RE("([a-z][a-z0-9_]*/)")RE");
  static const std::regex kDocumented(R"(`([a-z][a-z0-9_]*/)`)");
  const std::string document = "docs/formats/keyspaces.md";
  std::set<std::string> documented;
  std::set<std::string> used;
  std::vector<Violation> violations;
  for (const SourceFile& file : tree) {
    if (file.path == document) documented = MatchesIn(file.text, kDocumented);
  }
  for (const SourceFile& file : tree) {
    if (!file.path.starts_with("engine/") || !file.path.ends_with("/keyspaces.h")) continue;
    for (const std::string& keyspace :
         MatchesIn(Strip(file.text, Keep::kCodeAndStrings), kConstant)) {
      if (!used.insert(keyspace).second) {
        violations.push_back({file.path, 0, "keyspace " + keyspace + " is also another folder's"});
      }
      if (!documented.contains(keyspace)) {
        violations.push_back({file.path, 0, "keyspace " + keyspace + " is not in " + document});
      }
    }
  }
  for (const std::string& keyspace : documented) {
    if (!used.contains(keyspace)) {
      violations.push_back({document, 0, "no keyspaces.h has " + keyspace});
    }
  }
  return violations;
}

std::vector<std::string> PackagesOfScript(std::string_view dev, std::string_view array) {
  const std::string opening = std::string(array) + "=(";
  std::vector<std::string> packages;
  bool inside = false;
  for (const std::string& line : SplitLines(dev)) {
    if (line.starts_with(opening)) {
      inside = true;
    } else if (inside && line.starts_with(")")) {
      break;
    } else if (inside) {
      const std::vector<std::string> words = SplitWords(line.substr(0, line.find('#')));
      packages.insert(packages.end(), words.begin(), words.end());
    }
  }
  std::sort(packages.begin(), packages.end());
  return packages;
}

std::vector<std::string> PackagesOfTable(std::string_view dependencies) {
  static const std::regex kRow(R"(^\|\s*`?([a-z0-9][a-z0-9+.-]*)`?\s*\|)");
  std::vector<std::string> packages;
  for (const std::string& line : SplitLines(dependencies)) {
    std::smatch match;
    if (std::regex_search(line, match, kRow) && match[1].str() != "package") {
      packages.push_back(match[1].str());
    }
  }
  std::sort(packages.begin(), packages.end());
  return packages;
}

std::vector<std::string> PackagesOfList(std::string_view dependencies) {
  static const std::regex kItem(R"(^- `([a-z0-9][a-z0-9+.-]*)`)");
  std::vector<std::string> packages;
  for (const std::string& line : SplitLines(dependencies)) {
    std::smatch match;
    if (std::regex_search(line, match, kItem)) packages.push_back(match[1].str());
  }
  std::sort(packages.begin(), packages.end());
  return packages;
}

}  // namespace noren::checks
