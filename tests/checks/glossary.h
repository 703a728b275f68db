// Identifiers use the glossary's terms: the banned words of docs/GLOSSARY.md appear in none.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

struct BannedTerms {
  std::vector<std::string> anywhere;       // inside any identifier
  std::vector<std::string> type_suffixes;  // the row about type names
};

// Words in code type in the last column of the glossary's table.
BannedTerms ParseGlossary(std::string_view markdown);
std::vector<Violation> CheckTerms(const BannedTerms& terms, const SourceFile& file);

}  // namespace noren::checks
