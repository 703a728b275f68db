// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/threats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/invariants.h"
#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::ElementsAre;

TEST(ThreatsCheck, FindsMissingPartsTestsThatDoNotExistAndAttacksThatAreNotNamed) {
  const SourceFile planted{"T.md",
                           "# Threats\n\n## Assets\n\nwho: not a threat\n\n"
                           "## T1. A thief\n\nwho: a thief\nof disks\ncan: read\nstops: seals\n"
                           "test: T1Thief.FindsNothing\n  security.nowhere\nlimit: memory\n\n"
                           "## T2. A liar\n\nwho: a liar\ncan: lie\ntest: Gone.Test\nlimit: none\n",
                           0};
  const std::set<std::string> tests = {"T1Thief.FindsNothing", "security.nowhere",
                                       "T2Liar.GetsNothing", "Tall.Story"};
  EXPECT_THAT(CheckThreats(planted, tests),
              ElementsAre(Violation{"T.md", 17, "T2 does not say stops"},
                          Violation{"T.md", 17, "T2 names a test that does not exist: Gone.Test"},
                          Violation{"T.md", 0, "T2 does not name its attack T2Liar.GetsNothing"}));
  EXPECT_EQ(ParseThreats(planted.text).front().parts.at("who"), " a thiefof disks");
}

TEST(ThreatsCheck, FindsCommandTestsInCMakeFiles) {
  const std::vector<SourceFile> tree = {
      {"tests/a/CMakeLists.txt", "add_test(NAME security.it_holds\n  COMMAND x)", 0},
      {"tests/a/b.cc", "add_test(NAME other)", 0}};
  EXPECT_EQ(CommandTestNames(tree), std::set<std::string>{"security.it_holds"});
}

TEST(Threats, EachSaysWhatStopsItAndNamesAttacksThatExist) {
  const SourceFile document{"docs/THREAT_MODEL.md", TextOf("docs/THREAT_MODEL.md"), 0};
  EXPECT_GE(ParseThreats(document.text).size(), 16u);
  std::set<std::string> tests = TestNames(Tree());
  tests.merge(CommandTestNames(Tree()));
  EXPECT_EQ(Listed(CheckThreats(document, tests)), "");
}

}  // namespace
}  // namespace noren::checks
