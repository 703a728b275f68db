// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement.h"

#include <gtest/gtest.h>

#include "engine/policy/loader.h"
#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

class EveryOperator : public testing::TestWithParam<OperatorFile> {};

TEST_P(EveryOperator, FileLoads) {
  const PolicyLoad load = LoadPolicy(OperatorText(GetParam().name));
  for (const PolicyProblem& problem : load.problems) ADD_FAILURE() << ToText(problem);
  ASSERT_TRUE(load.policy);
  ASSERT_NE(load.policy->statement, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Operators, EveryOperator, testing::ValuesIn(kOperatorFiles), OperatorName);

}  // namespace
}  // namespace noren::policy
