// Pages that go out as the policy has them, without anybody's decision and without a word about a
// person: that nothing is returned, and the question to a client for whom data are held.
// Source:   docs/formats/rights_request.md, section "Standard answers"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"
#include "engine/model/rights.h"
#include "engine/policy/policy.h"

namespace noren::policy {

inline constexpr std::string_view kNoReturn = "NO_RETURN";
inline constexpr std::string_view kOwnerQuestion = "OWNER_QUESTION";

struct StandardTerms {
  std::string request;  // "request-..."
  model::CivilDay received;
  model::Language language = model::Language::kEnglish;
  bool html = false;
};
struct StandardPage {
  std::string_view name;  // of the page, whatever its language
  std::string text;
  std::vector<std::string> clauses;
};

// The clauses that say so.
//   errors   kPolicyIncomplete: the policy does not say that nothing is returned, or whom it asks
StatusOr<std::vector<std::string>> ClausesOfNoReturn(const Policy& policy);
StatusOr<std::vector<std::string>> ClausesOfReferral(const Policy& policy);

//   errors   as above; kBadRequest: a language that the operator does not write in
StatusOr<StandardPage> RenderNoReturn(const Policy& policy, const StandardTerms& terms);
// Reference and kind of the request, and nothing else of it.
StatusOr<StandardPage> RenderOwnerQuestion(const Policy& policy, model::Right right,
                                           const StandardTerms& terms);

}  // namespace noren::policy
