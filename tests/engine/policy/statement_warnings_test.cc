// Warnings about policy files: what is wanting in one, what two say otherwise.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_warnings.h"

#include <gmock/gmock.h>

#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

using ::testing::IsEmpty;

TEST(PolicyWarnings, NoneOfTheFilesWarnsAloneNorBesideItself) {
  for (const auto& [name, prefix, clauses_count] : kOperatorFiles) {
    const Policy policy = OperatorPolicy(name);
    EXPECT_THAT(PolicyWarnings(policy), IsEmpty()) << name;
    EXPECT_THAT(WarningsAcross(policy, policy), IsEmpty()) << name;
  }
}

TEST(PolicyWarnings, AFileThatStatesNothingIsWarnedOfNothing) {
  EXPECT_THAT(PolicyWarnings(Example()), IsEmpty());
  EXPECT_THAT(WarningsAcross(Example(), OperatorPolicy("mapo")), IsEmpty());
  EXPECT_THAT(WarningsAcross(OperatorPolicy("mapo"), Example()), IsEmpty());
}

// Names are compared without their spaces; one address in common is enough.
TEST(PolicyWarnings, TwoFilesAreComparedBodyByBodyAndBothWays) {
  const Policy mapo = OperatorPolicy("mapo"), gojobs = OperatorPolicy("gojobs");
  std::vector<std::string> paths;
  for (const PolicyWarning& one : WarningsAcross(mapo, gojobs)) paths.push_back(one.path);
  EXPECT_THAT(paths, ::testing::UnorderedElementsAre("stated.remedy[PROSECUTION].name",
                                                     "stated.remedy[POLICE].name"));
  EXPECT_EQ(WarningsAcross(gojobs, mapo).size(), paths.size());
}

}  // namespace
}  // namespace noren::policy
