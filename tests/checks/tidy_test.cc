// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/tidy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kLicence = "// SPDX-License-Identifier: Apache-2.0\n";

SourceFile Source(const std::string& path, const std::string& rest) {
  return {path, std::string(kLicence) + rest, 0};
}

TEST(TidyCheck, FindsALongLineAndCountsCodePoints) {
  EXPECT_THAT(CheckShape(Source("a.cc", std::string(100, 'x') + "\n")), IsEmpty());
  EXPECT_THAT(CheckShape(Source("a.cc", std::string(101, 'x') + "\n")),
              ElementsAre(Violation{"a.cc", 2, "more than 100 columns"}));
  std::string syllables = "f(\"";
  for (int i = 0; i < 90; ++i) syllables += "\xEA\xB0\x80";
  EXPECT_THAT(CheckShape(Source("a.cc", syllables + "\");\n")), IsEmpty());
}

TEST(TidyCheck, FindsTrailingSpaceMissingLicenceAndMissingGuard) {
  EXPECT_THAT(CheckShape(Source("a.cc", "int a; \n")),
              ElementsAre(Violation{"a.cc", 2, "trailing space"}));
  EXPECT_THAT(CheckShape({"a.cc", "int a;\n", 0}),
              ElementsAre(Violation{"a.cc", 0, "no SPDX licence line"}));
  EXPECT_THAT(CheckShape(Source("a.h", "int a;\n")),
              ElementsAre(Violation{"a.h", 0, "no #pragma once"}));
  EXPECT_THAT(CheckShape(Source("a.cc", "int a;")), SizeIs(1));
}

TEST(TidyCheck, FindsCharactersBeyondAsciiOutsideStrings) {
  EXPECT_THAT(CheckShape(Source("a.cc", "f(\"\xE2\x80\x94\");\n")), IsEmpty());
  EXPECT_THAT(CheckShape(Source("a.cc", "// a \xE2\x80\x94 b\n")),
              ElementsAre(Violation{"a.cc", 2, "not ASCII outside a string literal"}));
}

TEST(TidyCheck, FindsFilesThatAreTooLong) {
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "int a;\n";
  EXPECT_THAT(CheckShape(Source("a.cc", lines)), IsEmpty());
  EXPECT_THAT(CheckShape(Source("a.h", "\n#pragma once\n" + lines)), SizeIs(1));
  EXPECT_THAT(CheckShape(Source("a.cc", lines + lines)), SizeIs(1));
}

std::string FunctionOf(std::size_t lines) {
  std::string body = "int F(int a) {\n";
  for (std::size_t i = 2; i < lines; ++i) body += i % 2 == 0 ? "  if (a) { a = 1; }\n" : "  ++a;\n";
  return body + "}\n";
}

TEST(TidyCheck, FindsFunctionsThatAreTooLong) {
  EXPECT_THAT(CheckFunctionLengths(Source("a.cc", FunctionOf(70))), IsEmpty());
  EXPECT_THAT(CheckFunctionLengths(Source("a.cc", FunctionOf(71))),
              ElementsAre(Violation{"a.cc", 2, "a function of 71 lines, at most 70"}));
  EXPECT_THAT(CheckFunctionLengths(Source(
                  "a.cc", "namespace a {\nclass B {\n public:\n  " + FunctionOf(80) + "};\n}\n")),
              SizeIs(1));
}

TEST(TidyCheck, SeesFunctionsWithInitialisersTrailingTypesAndLambdas) {
  const std::string text =
      "namespace {\n"                              // 1
      "struct A { int x = 0; };\n"                 // 2
      "constexpr int kTable[] = {1, 2, 3};\n"      // 3
      "A::A(int x) : x_{x}, y_(x) {\n  F();\n}\n"  // 4
      "auto G(int a) const noexcept -> std::vector<int> {\n  return [&](int b) {\n    return b;\n  "
      "};\n}\n"                                       // 7
      "TEST(Suite, Name) {\n  EXPECT_EQ(1, 1);\n}\n"  // 12
      "enum class E : int { kA };\n"
      "}  // namespace\n";
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  for (const FunctionSpan& span : FindFunctions(text)) {
    spans.emplace_back(span.first_line, span.lines_count);
  }
  EXPECT_THAT(spans, ElementsAre(std::pair(4u, 3u), std::pair(7u, 5u), std::pair(12u, 3u)));
}

TEST(TidyCheck, FindsEachBannedCallWhereItIsBanned) {
  const auto finds = [](const std::string& path, const std::string& code) {
    return CheckBannedCalls({path, code + "\n", 0}).size() == 1;
  };
  EXPECT_TRUE(finds("engine/a.cc", "int x = rand();"));
  EXPECT_TRUE(finds("engine/a.cc", "std::mt19937 generator;"));
  EXPECT_TRUE(finds("crypto/a.cc", "if (memcmp(a, b, 3) == 0) {}"));
  EXPECT_FALSE(finds("engine/a.cc", "if (memcmp(a, b, 3) == 0) {}"));
  EXPECT_TRUE(finds("engine/a.cc", "std::cout << 1;"));
  EXPECT_TRUE(finds("server/auth/a.cc", "std::fprintf(stderr, \"x\");"));
  EXPECT_FALSE(finds("server/cli/a.cc", "std::cout << 1;"));
  EXPECT_FALSE(finds("engine/a.cc", "std::snprintf(b, 3, \"x\");"));
  EXPECT_TRUE(finds("engine/a.cc", "auto t = std::chrono::system_clock::now();"));
  EXPECT_TRUE(finds("tests/a.cc", "auto t = time(nullptr);"));
  EXPECT_FALSE(finds("crypto/base/clock.cc", "auto t = std::chrono::system_clock::now();"));
  EXPECT_TRUE(finds("engine/policy/a.h", "std::shared_ptr<int> p;"));
  EXPECT_FALSE(finds("engine/policy/a.h", "std::shared_ptr<const int> p;"));
  EXPECT_TRUE(finds("engine/audit/a.cc", "store.Commit(batch);"));
  EXPECT_TRUE(finds("server/services/a.cc", "store->Commit(batch);"));
  EXPECT_FALSE(finds("engine/operations/a.cc", "store_.Commit(batch);"));
  EXPECT_FALSE(finds("engine/audit/a.cc", "blob->Commit();"));
  EXPECT_TRUE(finds("engine/a.cc", "exit(1);"));
  EXPECT_TRUE(finds("engine/storage/a.cc", "key.ExposeSecret();"));
  EXPECT_FALSE(finds("crypto/keys/a.cc", "key.ExposeSecret();"));
  EXPECT_TRUE(finds("engine/a.cc", "throw std::runtime_error(\"\");"));
  EXPECT_FALSE(finds("engine/a.cc", "// rand() is banned\nf(\"rand()\");"));
}

TEST(TidyCheck, FindsBannedWordsInAnyFile) {
  for (const std::string word : {"TO"
                                 "DO",
                                 "FIX"
                                 "ME",
                                 "for "
                                 "now",
                                 "GTEST_"
                                 "SKIP()",
                                 "DISA"
                                 "BLED_Test",
                                 "/wo"
                                 "rk/main"}) {
    EXPECT_THAT(CheckBannedWords({"docs/a.md", "first\nsome " + word + " here\n", 0}),
                ElementsAre(Field(&Violation::line, 2u)))
        << word;
  }
  EXPECT_THAT(CheckBannedWords({"a.cc", "// forward nowhere, workplace\n", 0}), IsEmpty());
}

TEST(TidyCheck, FindsFilesOverAMebibyte) {
  EXPECT_THAT(CheckFileSizes({{"a.bin", "", 1 << 20}, {"b.bin", "", (1 << 20) + 1}}),
              ElementsAre(Field(&Violation::path, "b.bin")));
}

TEST(TidyCheck, FindsSourcesThatNobodyBuilds) {
  const std::vector<SourceFile> tree = {
      {"x/CMakeLists.txt",
       "noren_library(x SOURCES a.cc\n  inner/b.cc\n  ${CMAKE_CURRENT_SOURCE_DIR}/c.cc "
       "${CMAKE_SOURCE_DIR}/y/d.cc)\n",
       0},
      {"x/a.cc", "#include \"x/used.inc\"\n", 0},
      {"x/dead.cc", "", 0},
      {"x/inner/b.cc", "", 0},
      {"x/inner/dead.cc", "", 0},
      {"x/dead.inc", "", 0},
      {"x/c.cc", "", 0},
      {"y/d.cc", "", 0},
      {"x/used.inc", "", 0}};
  EXPECT_THAT(CheckSourcesListed(tree),
              UnorderedElementsAre(Field(&Violation::path, "x/dead.cc"),
                                   Field(&Violation::path, "x/dead.inc"),
                                   Field(&Violation::path, "x/inner/dead.cc")));
}

template <typename Check>
std::vector<Violation> OverCode(Check check) {
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    if (IsCode(file.path)) Append(violations, check(file));
  }
  return violations;
}

TEST(Tidy, SourcesHaveTheirShape) { EXPECT_EQ(Listed(OverCode(CheckShape)), ""); }

TEST(Tidy, FunctionsAreShort) { EXPECT_EQ(Listed(OverCode(CheckFunctionLengths)), ""); }

TEST(Tidy, BannedCallsStayInTheirPlaces) { EXPECT_EQ(Listed(OverCode(CheckBannedCalls)), ""); }

TEST(Tidy, NothingIsPutOffOrSkipped) {
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    const bool is_data = file.path.starts_with("datasets/samples/") ||
                         file.path.starts_with("datasets/taxonomies/") ||
                         file.path.starts_with("tests/vectors/");
    if (!is_data) Append(violations, CheckBannedWords(file));
  }
  EXPECT_EQ(Listed(violations), "");
}

TEST(Tidy, NoFileIsHuge) { EXPECT_EQ(Listed(CheckFileSizes(Tree())), ""); }

TEST(Tidy, EverySourceIsBuilt) { EXPECT_EQ(Listed(CheckSourcesListed(Tree())), ""); }

}  // namespace
}  // namespace noren::checks
