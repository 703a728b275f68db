// Each invariant of docs/ARCHITECTURE.md names the tests that hold it, or says why it is open.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

// A numbered paragraph of section 3 ("3. Secret bytes ..."). Its last lines are "test: Suite.Name
// Suite.Name ...", "open: reason", or both when tests hold only a part.
struct Invariant {
  std::string number;
  std::size_t line = 0;
  std::vector<std::string> tests;
  std::string open_reason;
};
std::vector<Invariant> ParseInvariants(std::string_view architecture);

// "Suite.Name" of every TEST, TEST_F, TEST_P and TYPED_TEST in the sources.
std::set<std::string> TestNames(const std::vector<SourceFile>& tree);

std::vector<Violation> CheckInvariants(const SourceFile& architecture,
                                       const std::set<std::string>& tests);

}  // namespace noren::checks
