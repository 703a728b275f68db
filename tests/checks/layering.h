// Imports go down only: every #include against docs/layers.txt, third-party headers in their places
// only, and CMake's dependencies likewise.
// Source:   docs/layers.txt
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

struct Layer {
  std::string folder;
  std::vector<std::string> may_include;
};
struct ThirdParty {
  std::string include_prefix;
  std::vector<std::string> path_globs;
};
struct LayerTable {
  std::vector<Layer> layers;
  std::vector<ThirdParty> third_party;
  std::vector<std::string> malformed_lines;
};

LayerTable ParseLayerTable(std::string_view text);
std::vector<Violation> CheckIncludes(const LayerTable& table, const SourceFile& file);
// Libraries of ours that a CMakeLists.txt names: noren_engine_audit is the folder engine/audit.
std::vector<Violation> CheckCMakeDependencies(const LayerTable& table, const SourceFile& file);
// Every folder with code has a line in the table.
std::vector<Violation> CheckFoldersCovered(const LayerTable& table,
                                           const std::vector<SourceFile>& tree);

}  // namespace noren::checks
