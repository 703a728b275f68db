// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

TEST(Strip, BlanksCommentsAndStringsButKeepsLines) {
  const std::string text = "int a; // note\nf(\"x // y\"); /* b\nc */ g('\"', 1'000);\n";
  EXPECT_EQ(Strip(text, Keep::kCode), "int a;        \nf(\"      \");     \n     g(' ', 1'000);\n");
  EXPECT_EQ(Strip(text, Keep::kCodeAndComments),
            "int a; // note\nf(\"      \"); /* b\nc */ g(' ', 1'000);\n");
  EXPECT_EQ(Strip(text, Keep::kCodeAndStrings),
            "int a;        \nf(\"x // y\");     \n     g('\"', 1'000);\n");
}

TEST(Strip, UnderstandsEscapesAndRawStrings) {
  EXPECT_EQ(Strip(R"x(f("a\"b", c);)x", Keep::kCode), "f(\"    \", c);");
  EXPECT_EQ(Strip("f(R\"(a \" { b)\", c);", Keep::kCode), "f(R\"         \", c);");
}

TEST(MatchesGlob, TreatsTheStarAsAnyRun) {
  EXPECT_TRUE(MatchesGlob("crypto/*.cc", "crypto/base/a.cc"));
  EXPECT_FALSE(MatchesGlob("crypto/*.cc", "crypto/base/a.h"));
  EXPECT_TRUE(MatchesGlob("*", "anything/at.all"));
  EXPECT_FALSE(MatchesGlob("engine/*", "server/engine/a"));
}

TEST(IsUnder, ComparesWholeFolderNames) {
  EXPECT_TRUE(IsUnder("engine/audit/a.h", "engine/audit"));
  EXPECT_FALSE(IsUnder("engine/auditing/a.h", "engine/audit"));
}

// The checks read something: an empty tree would make every one of them pass.
TEST(Repository, HoldsTheTreeUnderCheck) {
  EXPECT_GT(Tree().size(), 50u);
  EXPECT_THAT(TextOf("crypto/base/bytes.h"), ::testing::HasSubstr("namespace noren"));
  EXPECT_TRUE(Exists("engine/audit"));
  EXPECT_FALSE(Exists("engine/audi"));
}

}  // namespace
}  // namespace noren::checks
