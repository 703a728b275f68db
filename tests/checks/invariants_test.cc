// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(InvariantsCheck, FindsInvariantsWithoutATestAndTestsThatDoNotExist) {
  const SourceFile planted{"A.md",
                           "## 2. Other\n1. not an invariant\n"
                           "## 3. Invariants\n"
                           "1. Held,\n   over two lines.\n   test: Suite.Name\n"
                           "2. Forgotten.\n"
                           "3. Renamed.\n   test: Suite.Gone Suite.Name\n"
                           "4. Open.\n   open: nothing here can lose the power yet\n"
                           "5. Open.\n   open: later\n"
                           "## 4. Next\n6. not an invariant\n",
                           0};
  const std::vector<SourceFile> tree = {
      {"tests/a_test.cc", "TEST(Suite,\n     Name) {}\n// TEST(Suite, Gone) {}\n", 0},
      {"engine/b.cc", "TEST(Suite, Gone) {}\n", 0}};
  EXPECT_THAT(
      CheckInvariants(planted, TestNames(tree)),
      ElementsAre(Violation{"A.md", 7, "invariant 2 names no test and is not marked open"},
                  Violation{"A.md", 8, "invariant 3 names a test that does not exist: Suite.Gone"},
                  Violation{"A.md", 12, "invariant 5 is open without a reason"}));
}

TEST(Invariants, EachNamesTheTestThatHoldsIt) {
  const SourceFile architecture{"docs/ARCHITECTURE.md", TextOf("docs/ARCHITECTURE.md"), 0};
  EXPECT_GE(ParseInvariants(architecture.text).size(), 13u);
  EXPECT_EQ(Listed(CheckInvariants(architecture, TestNames(Tree()))), "");
}

}  // namespace
}  // namespace noren::checks
