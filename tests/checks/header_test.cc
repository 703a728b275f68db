// Every header compiles alone: the build does it (noren_header_check, one source per header); here
// is shown that it leaves none out and that it would notice. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

// The build's own command line for a header, on a file of ours.
bool Compiles(const std::string& name, const std::string& text) {
  const std::string path = std::string(NOREN_BINARY_DIR) + "/header_check_" + name + ".cc";
  std::ofstream(path) << text;
  const std::string command = Quoted(NOREN_CXX_COMPILER) + " -std=c++20 -fsyntax-only -I" +
                              Quoted(NOREN_SOURCE_DIR) + " " + Quoted(path) + " 2>/dev/null";
  const bool compiles = std::system(command.c_str()) == 0;
  std::filesystem::remove(path);
  return compiles;
}

TEST(HeaderCheck, NoticesAHeaderThatLeansOnItsIncluder) {
  EXPECT_TRUE(Compiles("whole", "#include <string>\nstd::string Name();\n"));
  EXPECT_FALSE(Compiles("leaning", "std::string Name();\n"));
}

TEST(HeaderCheck, LeavesNoHeaderOut) {
  std::ifstream list(NOREN_HEADER_LIST);
  std::set<std::string> checked;
  for (std::string line; std::getline(list, line);) checked.insert(line);
  EXPECT_GT(checked.size(), 20u);
  for (const SourceFile& file : Tree()) {
    if (!IsHeader(file.path)) continue;
    EXPECT_TRUE(checked.contains(file.path)) << file.path;
  }
}

}  // namespace
}  // namespace noren::checks
