// The tree under check, read once per process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

const std::vector<SourceFile>& Tree();
bool Exists(const std::string& path);                // a file or a folder of the tree
const std::string& TextOf(const std::string& path);  // "" when there is no such file
// One violation per line; empty when there is none.
std::string Listed(const std::vector<Violation>& violations);
void Append(std::vector<Violation>& to, std::vector<Violation> from);

}  // namespace noren::checks
