// Documents match the tree: links, paths in code spans, maps, golden files, keyspaces, packages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

using PathExists = std::function<bool(const std::string&)>;

// Relative links of a Markdown file, and code spans that are paths of this tree (they begin with a
// top-level folder), lead somewhere. Fenced blocks are not looked at; build/ and patterns are not
// paths.
std::vector<Violation> CheckLinks(const SourceFile& markdown, const PathExists& exists);

// Folders named in the fenced block that draws the tree: "engine/  model/  storage/ ..." and
// indented continuations.
std::vector<std::string> FoldersDrawn(std::string_view markdown);
// Every second-level folder with code is drawn in the document.
std::vector<Violation> CheckTreeDrawn(const SourceFile& markdown,
                                      const std::vector<SourceFile>& tree);

// Each "tests/golden/..." that docs/formats names exists, and each golden file is named there.
std::vector<Violation> CheckGolden(const std::vector<SourceFile>& tree);

// Every keyspace constant of engine/**/keyspaces.h is in docs/formats/keyspaces.md, and the other
// way round.
std::vector<Violation> CheckKeyspaces(const std::vector<SourceFile>& tree);

// The packages in `dev` are the packages in docs/DEPENDENCIES.md: those of the array `packages` in
// its table, those of `bench_packages` in its list ("- `name` ...").
std::vector<std::string> PackagesOfScript(std::string_view dev, std::string_view array);
std::vector<std::string> PackagesOfTable(std::string_view dependencies);
std::vector<std::string> PackagesOfList(std::string_view dependencies);

}  // namespace noren::checks
