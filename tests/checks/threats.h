// docs/THREAT_MODEL.md: every threat says who, what they can, what stops them, which tests attack,
// and what is out of reach; and the tests are there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

// A section "## T1. ...". Its paragraphs begin with "who:", "can:", "stops:", "test:", "limit:"; a
// paragraph may go on over several lines. "test:" may stand on several.
struct Threat {
  std::string name;  // "T1"
  std::size_t line = 0;
  std::map<std::string, std::string> parts;
  std::vector<std::string> tests;
};
std::vector<Threat> ParseThreats(std::string_view document);

// Names in add_test(NAME ...) of the CMake files.
std::set<std::string> CommandTestNames(const std::vector<SourceFile>& tree);

// `tests`: names of TESTs and of command tests. A test whose suite begins with the number of a
// threat ("T9Replay") belongs to that threat and has to be named there.
std::vector<Violation> CheckThreats(const SourceFile& document, const std::set<std::string>& tests);

}  // namespace noren::checks
