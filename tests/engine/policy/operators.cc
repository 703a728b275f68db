// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/policy/operators.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "crypto/base/check.h"
#include "engine/policy/loader.h"
#include "tests/support/folders.h"

namespace noren::policy {

std::string OperatorText(std::string_view name) {
  std::ifstream file(SourceFolder() + "/datasets/policies/" + std::string(name) + ".toml");
  NOREN_CHECK(file.good(), "an operator's policy is not where it should be");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Policy OperatorPolicy(std::string_view name) {
  StatusOr<Policy> policy = ParsePolicy(OperatorText(name));
  NOREN_CHECK(policy.ok(), "an operator's policy does not load");
  return *std::move(policy);
}

std::string OperatorName(const testing::TestParamInfo<OperatorFile>& info) {
  std::string name(info.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace noren::policy
