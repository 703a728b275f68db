// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/purposes.h"

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

bool Carries(const Entry& purpose, Search search) {
  if (purpose.Bool("ranking") != true) return false;
  const std::optional<std::string_view> direction = purpose.Word("direction");
  if (!direction || search == Search::kEither) return true;
  return *direction ==
         (search == Search::kPostingsForPerson ? "seeker_to_posting" : "posting_to_seeker");
}

// The purposes of the kind, and the rule that there is no other use.
Decision RefusePurpose(const Policy& policy, const Entry& kind) {
  Basis basis(policy, Rule::kRanking);
  if (const Entry* rule = policy.statement->One("purpose_rule")) basis.Rest(*rule, "strict");
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (IsAbout(*purpose, kind)) basis.Rest(*purpose);
  }
  return basis.Refuse(ErrorCode::kPurposeUndeclared);
}

}  // namespace

Decision MayBeRanked(const Policy& policy, Search search, std::string_view subject) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRanking);
  const Decision registered = MayRegister(policy, subject);
  if (!registered.allowed) return registered;
  const Entry& kind = *SubjectOf(*policy.statement, subject);
  if (kind.Bool("ranked") == false) {
    Basis basis(policy, Rule::kRanking);
    basis.Rest(kind, "ranked");
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (!IsAbout(*purpose, kind) || !Carries(*purpose, search)) continue;
    Basis basis(policy, Rule::kRanking);
    basis.Rest(*purpose);
    basis.Rest(*purpose, "ranking");
    basis.Rest(*purpose, "direction");
    return basis.Allow();
  }
  return RefusePurpose(policy, kind);
}

Decision MayUseFor(const Policy& policy, std::string_view purpose, std::string_view subject) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRanking);
  const Decision registered = MayRegister(policy, subject);
  if (!registered.allowed) return registered;
  const Entry& kind = *SubjectOf(*policy.statement, subject);
  const Entry* found = policy.statement->Called("purpose", purpose);
  if (found == nullptr || !IsAbout(*found, kind)) return RefusePurpose(policy, kind);
  Basis basis(policy, Rule::kRanking);
  basis.Rest(*found);
  return basis.Allow();
}

}  // namespace noren::policy
