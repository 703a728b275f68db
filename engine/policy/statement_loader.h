// Reads the table `stated` of a policy file: what the operator's notice states. Strict, as the rest
// of the file: every key must be one of statement_keys.inc, every value name its clauses, every
// clause be named by a value.
// Source:   docs/formats/policy.md, section "stated"
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "engine/policy/loader.h"
#include "engine/policy/statement.h"
#include "engine/policy/toml_tree.h"

namespace noren::policy {

// Notes every problem; the statement is only usable when none was added.
Statement ReadStatement(const TomlNode& stated, std::vector<PolicyProblem>& problems);

// Whether the parts of a statement fit together: clauses and values, references, history without
// gaps, nothing banned among the items, no processor where none is allowed.
void CheckStatement(const Statement& statement, const TomlNode& stated,
                    std::vector<PolicyProblem>& problems);

// What keeps a notice from being published although the file is in order: names and contacts that
// are blank in the source or only known at deployment, files that are not registered.
std::vector<PolicyProblem> PublicationDefects(const Statement& statement);

}  // namespace noren::policy
