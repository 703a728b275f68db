// The forms that a policy names, as blanks to fill in: the demand with the kinds it is for and the
// parts that the policy states, and the power of attorney. Markdown as the notice has it, or HTML
// for printing.
// Source:   docs/formats/rights_request.md, section "Blanks"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/policy/policy.h"

namespace noren::policy {

// The names of the forms, in the operator's language.
std::vector<std::string> BlankNames(const Policy& policy);

struct BlankForm {
  std::string_view name;  // as the policy calls it, in either language
  model::Language language = model::Language::kEnglish;
  bool html = false;
};
//   errors   kNotFound: the policy names no such form; kBadRequest: a language that the operator
//            does not write in
StatusOr<std::string> RenderBlank(const Policy& policy, const BlankForm& form);

}  // namespace noren::policy
