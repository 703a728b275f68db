// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/repository.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "tests/support/folders.h"

namespace noren::checks {

const std::vector<SourceFile>& Tree() {
  static const std::vector<SourceFile> tree = LoadTree(SourceFolder());
  return tree;
}

bool Exists(const std::string& path) {
  const std::string bare = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  return std::any_of(Tree().begin(), Tree().end(),
                     [&](const SourceFile& file) { return IsUnder(file.path, bare); });
}

const std::string& TextOf(const std::string& path) {
  static const std::string kNone;
  for (const SourceFile& file : Tree()) {
    if (file.path == path) return file.text;
  }
  return kNone;
}

std::string Listed(const std::vector<Violation>& violations) {
  std::ostringstream out;
  for (const Violation& violation : violations) {
    PrintTo(violation, &out);
    out << "\n";
  }
  return out.str();
}

void Append(std::vector<Violation>& to, std::vector<Violation> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace noren::checks
