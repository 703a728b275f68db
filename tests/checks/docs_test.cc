// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/docs_check.h"
#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DocsCheck, FindsDeadLinksAndPaths) {
  const PathExists exists = [](const std::string& path) {
    return path == "docs/b.md" || path == "engine/audit/entry.h" || path == "README.md";
  };
  const SourceFile file{"docs/a.md",
                        "[b](b.md#part) [up](../README.md) [web](https://x.y) [here](#x)\n"
                        "[gone](gone.md)\n"
                        "`engine/audit/entry.h` `engine/audit/entry` `engine/**/x.h` `a/b`\n"
                        "`engine/audit/gone.h`\n"
                        "```\n[gone](gone.md) `engine/gone`\n```\n",
                        0};
  EXPECT_THAT(CheckLinks(file, exists),
              ElementsAre(Violation{"docs/a.md", 2, "dead link: gone.md"},
                          Violation{"docs/a.md", 4, "no such path: engine/audit/gone.h"}));
}

TEST(DocsCheck, FindsAFolderThatTheTreeDoesNotDraw) {
  const SourceFile file{"README.md", "```\nengine/  model/  audit/\n         storage/\n```\n", 0};
  EXPECT_THAT(FoldersDrawn(file.text),
              ElementsAre("engine", "engine/model", "engine/audit", "engine/storage"));
  const std::vector<SourceFile> tree = {{"engine/audit/a.cc", "", 0}, {"engine/stray/b.cc", "", 0}};
  EXPECT_THAT(CheckTreeDrawn(file, tree),
              ElementsAre(Violation{"README.md", 0, "the drawn tree lacks engine/stray"}));
}

TEST(DocsCheck, FindsGoldenFilesThatAreMissingOrUnclaimed) {
  const std::vector<SourceFile> tree = {
      {"docs/formats/a.md", "Golden: `tests/golden/a.hex`, `tests/golden/gone.hex`.", 0},
      {"tests/golden/a.hex", "", 0},
      {"tests/golden/stray.hex", "", 0}};
  EXPECT_THAT(CheckGolden(tree),
              ElementsAre(Field(&Violation::message, "no such golden file: tests/golden/gone.hex"),
                          Field(&Violation::path, "tests/golden/stray.hex")));
}

TEST(DocsCheck, FindsKeyspacesThatAreUndocumentedUnusedOrTakenTwice) {
  const std::vector<SourceFile> tree = {
      {"docs/formats/keyspaces.md", "| `a/` | x |\n| `old/` | x |\n", 0},
      {"engine/x/keyspaces.h", "kA = \"a/\";\nkB = \"b/\";  // not \"c/\"\n", 0},
      {"engine/y/keyspaces.h", "kA = \"a/\";\n", 0}};
  std::vector<std::string> messages;
  for (const Violation& violation : CheckKeyspaces(tree)) messages.push_back(violation.message);
  EXPECT_THAT(messages, ElementsAre(HasSubstr("b/ is not in"), HasSubstr("a/ is also"),
                                    HasSubstr("no keyspaces.h has old/")));
}

TEST(DocsCheck, ReadsPackageListsFromScriptAndTable) {
  EXPECT_THAT(
      PackagesOfScript("x_packages=(\n  c\n)\npackages=(\n  g++-12 b # why\n  a\n)\n", "packages"),
      ElementsAre("a", "b", "g++-12"));
  EXPECT_THAT(PackagesOfScript("packages=(\n  b\n)\nx_packages=(\n  c\n)\n", "x_packages"),
              ElementsAre("c"));
  EXPECT_THAT(PackagesOfList("- `b` 1 (MIT)\n| `c` | x |\n- a word\n- `a`\n"),
              ElementsAre("a", "b"));
  EXPECT_THAT(PackagesOfTable("| package | why |\n|---|---|\n| g++-12 | c |\n| `a` | b |\n"),
              ElementsAre("a", "g++-12"));
}

TEST(Docs, LinksAndPathsLeadSomewhere) {
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    // Design notes are history: they may speak of what is planned, or gone.
    if (file.path.ends_with(".md") && !IsUnder(file.path, "docs/design")) {
      Append(violations, CheckLinks(file, Exists));
    }
  }
  EXPECT_EQ(Listed(violations), "");
}

TEST(Docs, ArchitectureDrawsEveryFolder) {
  EXPECT_EQ(
      Listed(CheckTreeDrawn({"docs/ARCHITECTURE.md", TextOf("docs/ARCHITECTURE.md"), 0}, Tree())),
      "");
}

// The README's map is for newcomers: it names only what is there. ARCHITECTURE draws the plan.
TEST(Docs, ReadmeDrawsNothingThatIsNotThere) {
  const std::string& readme = TextOf("README.md");
  ASSERT_FALSE(readme.empty()) << "README.md is missing";
  for (const std::string& folder : FoldersDrawn(readme)) EXPECT_TRUE(Exists(folder)) << folder;
}

TEST(Docs, GoldenFilesAndFormatsNameEachOther) { EXPECT_EQ(Listed(CheckGolden(Tree())), ""); }

TEST(Docs, EveryKeyspaceIsDocumented) { EXPECT_EQ(Listed(CheckKeyspaces(Tree())), ""); }

TEST(Docs, DependenciesAreThePackagesThatDevInstalls) {
  const std::vector<std::string> installed = PackagesOfScript(TextOf("dev"), "packages");
  EXPECT_GT(installed.size(), 10u);
  EXPECT_EQ(PackagesOfTable(TextOf("docs/DEPENDENCIES.md")), installed);
  EXPECT_EQ(PackagesOfList(TextOf("docs/DEPENDENCIES.md")),
            PackagesOfScript(TextOf("dev"), "bench_packages"));
}

}  // namespace
}  // namespace noren::checks
