// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/purposes.h"

#include <map>
#include <vector>

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

bool AsksAnew(const Statement& statement) {
  const Entry* rule = statement.One("purpose_rule");
  return rule != nullptr &&
         (rule->Holds("on_change", "separate_consent") || rule->Holds("on_change", "consent"));
}

// Whose change asks consents anew (flag c of their rows), by their names.
std::map<std::string_view, std::vector<std::string_view>> AgreedFacts(const Entry& entry) {
  std::map<std::string_view, std::vector<std::string_view>> facts;
  for (const Fact& fact : entry.facts) {
    if (!fact.row->Has('c') || fact.absence != Absence::kPresent) continue;
    for (const Value& value : fact.values) facts[fact.row->name].push_back(value.text);
  }
  return facts;
}

bool WasAgreedTo(const Entry& purpose, const Policy* agreed, Search search) {
  if (agreed == nullptr || agreed->statement == nullptr) return false;
  const Entry* before = agreed->statement->ById("purpose", purpose.id);
  return before != nullptr && Carries(*before, search) &&
         AgreedFacts(*before) == AgreedFacts(purpose);
}

}  // namespace

Decision MayBeRankedUnder(const Policy& policy, const Policy* agreed, Search search,
                          std::string_view subject) {
  Decision declared = MayBeRanked(policy, search, subject);
  if (!declared.allowed || !AsksAnew(*policy.statement)) return declared;
  const Entry& kind = *SubjectOf(*policy.statement, subject);
  Basis anew(policy, Rule::kRanking);
  anew.Rest(*policy.statement->One("purpose_rule"), "on_change");
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (!IsAbout(*purpose, kind) || !Carries(*purpose, search)) continue;
    if (WasAgreedTo(*purpose, agreed, search)) return declared;
    anew.Rest(*purpose);
  }
  return anew.Refuse(ErrorCode::kConsentAnew);
}

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
