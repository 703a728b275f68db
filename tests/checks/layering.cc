// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/layering.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>

namespace noren::checks {
namespace {

// The longest line that covers `path`.
const Layer* LayerOf(const LayerTable& table, std::string_view path) {
  const Layer* best = nullptr;
  for (const Layer& layer : table.layers) {
    if (IsUnder(path, layer.folder) &&
        (best == nullptr || layer.folder.size() > best->folder.size())) {
      best = &layer;
    }
  }
  return best;
}

bool MayInclude(const LayerTable& table, const Layer& from, std::string_view path) {
  const Layer* to = LayerOf(table, path);
  if (to == &from) return true;
  return std::any_of(from.may_include.begin(), from.may_include.end(),
                     [&](const std::string& folder) { return IsUnder(path, folder); });
}

bool IsOurs(const LayerTable& table, std::string_view include) {
  const std::string_view top = include.substr(0, include.find('/'));
  return std::any_of(table.layers.begin(), table.layers.end(), [&](const Layer& layer) {
    return std::string_view(layer.folder).substr(0, layer.folder.find('/')) == top;
  });
}

// Standard and POSIX headers: no slash, or sys/ and similar.
bool IsSystem(std::string_view include) {
  static const std::set<std::string_view> kFolders = {"sys", "netinet", "arpa", "linux",
                                                      "sanitizer"};
  const std::size_t slash = include.find('/');
  if (slash != std::string_view::npos) return kFolders.contains(include.substr(0, slash));
  if (include.find('.') == std::string_view::npos) return true;  // <vector>
  static const std::set<std::string_view> kPosix = {
      "fcntl.h",  "unistd.h", "signal.h", "errno.h",     "poll.h",     "pthread.h",
      "stdlib.h", "time.h",   "spawn.h",  "immintrin.h", "arm_neon.h", "dirent.h",
      "netdb.h",  "dlfcn.h",  "stdio.h",  "string.h",    "termios.h",  "malloc.h"};
  return kPosix.contains(include);
}

const ThirdParty* ThirdPartyOf(const LayerTable& table, std::string_view include) {
  for (const ThirdParty& entry : table.third_party) {
    if (include.starts_with(entry.include_prefix)) return &entry;
  }
  return nullptr;
}

std::optional<std::string> Complaint(const LayerTable& table, const SourceFile& file,
                                     const std::string& include) {
  if (IsOurs(table, include)) {
    const Layer* from = LayerOf(table, file.path);
    if (from == nullptr) return "this folder has no line in docs/layers.txt";
    if (MayInclude(table, *from, include)) return std::nullopt;
    return from->folder + " may not include " + include;
  }
  // Before the system check: a third-party header may have no slash (sodium.h).
  if (const ThirdParty* entry = ThirdPartyOf(table, include)) {
    const bool allowed =
        std::any_of(entry->path_globs.begin(), entry->path_globs.end(),
                    [&](const std::string& glob) { return MatchesGlob(glob, file.path); });
    if (allowed) return std::nullopt;
    return "third-party header outside its place: " + include;
  }
  if (IsSystem(include)) return std::nullopt;
  return "header of a library that docs/layers.txt does not know: " + include;
}

}  // namespace

LayerTable ParseLayerTable(std::string_view text) {
  LayerTable table;
  for (const std::string& line : SplitLines(text)) {
    std::vector<std::string> words = SplitWords(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words.size() < 3 || (words[0] != "layer" && words[0] != "third-party")) {
      table.malformed_lines.push_back(line);
      continue;
    }
    std::vector<std::string> rest(words.begin() + 2, words.end());
    if (words[0] == "third-party") {
      table.third_party.push_back({words[1], std::move(rest)});
      continue;
    }
    if (rest == std::vector<std::string>{"-"}) rest.clear();
    table.layers.push_back({words[1], std::move(rest)});
  }
  return table;
}

std::vector<Violation> CheckIncludes(const LayerTable& table, const SourceFile& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Violation> violations;
  const std::vector<std::string> lines = SplitLines(Strip(file.text, Keep::kCodeAndStrings));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (lines[i].find('#') == std::string::npos || !std::regex_search(lines[i], match, kInclude)) {
      continue;
    }
    if (auto complaint = Complaint(table, file, match[1].str())) {
      violations.push_back({file.path, i + 1, *complaint});
    }
  }
  return violations;
}

std::vector<Violation> CheckCMakeDependencies(const LayerTable& table, const SourceFile& file) {
  static const std::regex kLibrary(R"(noren(?:::|_)([a-z0-9_]+))");
  const Layer* from = LayerOf(table, FolderOf(file.path));
  if (from == nullptr) return {};
  std::vector<Violation> violations;
  const std::vector<std::string> lines = SplitLines(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string code = lines[i].substr(0, lines[i].find('#'));
    for (std::sregex_iterator it(code.begin(), code.end(), kLibrary), end; it != end; ++it) {
      const std::string name = (*it)[1].str();
      for (const Layer& to : table.layers) {
        std::string as_target = to.folder;
        std::replace(as_target.begin(), as_target.end(), '/', '_');
        if (as_target == name && !MayInclude(table, *from, to.folder)) {
          violations.push_back(
              {file.path, i + 1, from->folder + " may not depend on noren_" + name});
        }
      }
    }
  }
  return violations;
}

std::vector<Violation> CheckFoldersCovered(const LayerTable& table,
                                           const std::vector<SourceFile>& tree) {
  std::vector<Violation> violations;
  std::set<std::string> seen;
  for (const SourceFile& file : tree) {
    const std::string folder(FolderOf(file.path));
    if (!IsCode(file.path) || !seen.insert(folder).second) continue;
    if (LayerOf(table, folder) == nullptr) {
      violations.push_back({folder, 0, "this folder has no line in docs/layers.txt"});
    }
  }
  return violations;
}

}  // namespace noren::checks
