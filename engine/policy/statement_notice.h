// The public notice of a policy: every value of its statement, once, clause by clause in the order
// of the source, in words of the rows; then the operator's own values, the readings chosen, and
// version and digest. Markdown; the same facts as HTML for printing.
//   - **Ground: separate consent of the person**
//     - status: in force
// Source:   docs/formats/policy.md, section "The public notice"
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "engine/policy/policy.h"

namespace noren::policy {

//   errors   kBadRequest: a policy without a statement, or a language that is neither the
//            statement's nor English
StatusOr<std::string> RenderStatement(const Policy& policy, model::Language language);
StatusOr<std::string> RenderStatementHtml(const Policy& policy, model::Language language);

// One fact as the page says it: "name: value; value".
std::string FactText(const Statement& statement, const Fact& fact, model::Language language);
// The value alone; of a reference, what its target is called.
std::string ValueText(const Statement& statement, const Fact& fact, model::Language language);

}  // namespace noren::policy
