// Every header compiles alone. The build shows it: a source that includes its own header first, or
// a source made for the header (noren_header_check). Here is shown that no header is left out, and
// that such a compilation would notice.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/checks/repository.h"
#include "tests/support/folders.h"

namespace noren::checks {
namespace {

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

// The build's own command line for a header, on a file of ours.
bool Compiles(const std::string& name, const std::string& text) {
  const std::string path = BinaryFolder() + "/header_check_" + name + ".cc";
  std::ofstream(path) << text;
  const std::string command = Quoted(NOREN_CXX_COMPILER) + " -std=c++20 -fsyntax-only -I" +
                              Quoted(SourceFolder()) + " " + Quoted(path) + " 2>/dev/null";
  const bool compiles = std::system(command.c_str()) == 0;
  std::filesystem::remove(path);
  return compiles;
}

TEST(HeaderCheck, NoticesAHeaderThatLeansOnItsIncluder) {
  EXPECT_TRUE(Compiles("whole", "#include <string>\nstd::string Name();\n"));
  EXPECT_FALSE(Compiles("leaning", "std::string Name();\n"));
}

// The first header that a source includes, when it is one of ours.
std::string FirstInclude(const std::string& text) {
  for (const std::string& line : SplitLines(Strip(text, Keep::kCodeAndStrings))) {
    if (!line.starts_with("#include ")) continue;
    return line.size() > 11 && line[9] == '"' ? line.substr(10, line.rfind('"') - 10) : "";
  }
  return "";
}

TEST(HeaderCheck, ReadsTheFirstInclude) {
  EXPECT_EQ(FirstInclude("// #include \"x.h\"\n#include \"a/b.h\"\n#include \"c.h\"\n"), "a/b.h");
  EXPECT_EQ(FirstInclude("#include <string>\n#include \"a/b.h\"\n"), "");
}

TEST(HeaderCheck, LeavesNoHeaderOut) {
  std::ifstream list(NOREN_HEADER_LIST);
  std::set<std::string> checked;
  for (std::string line; std::getline(list, line);) checked.insert(line);
  EXPECT_GT(checked.size(), 5u);
  for (const SourceFile& file : Tree()) {
    if (file.path.ends_with(".cc")) checked.insert(FirstInclude(file.text));
  }
  for (const SourceFile& file : Tree()) {
    if (!IsHeader(file.path)) continue;
    EXPECT_TRUE(checked.contains(file.path)) << file.path;
  }
}

}  // namespace
}  // namespace noren::checks
