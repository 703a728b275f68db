// The operators' files, for tests over all of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "engine/policy/policy.h"

namespace noren::policy {

struct OperatorFile {
  std::string_view name;    // "mapo"
  std::string_view prefix;  // of its clauses: "M-"
  int clauses_count = 0;
};
inline constexpr std::array<OperatorFile, 5> kOperatorFiles = {{{"mapo", "M-", 73},
                                                                {"gojobs", "G-", 117},
                                                                {"sapporo-ui", "S-", 67},
                                                                {"kyodo-kanagawa", "K-", 78},
                                                                {"openup-it", "O-", 89}}};

std::string OperatorText(std::string_view name);
Policy OperatorPolicy(std::string_view name);
std::string OperatorName(const testing::TestParamInfo<OperatorFile>& info);

}  // namespace noren::policy
