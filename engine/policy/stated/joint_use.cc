// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/joint_use.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// Joint use is of people at home; which country that is follows from where data are kept.
bool IsAbroad(const Policy& policy, std::string_view country) {
  const Entry* storage = policy.statement->One("storage");
  const std::optional<std::string_view> home =
      storage == nullptr ? std::nullopt : storage->Text("domestic");
  return !home || *home != country;
}

bool IsMember(const Entry& rule, const JointUseTerms& terms) {
  return rule.Holds("members", terms.relation) && terms.member_from <= terms.day &&
         (!terms.member_until || terms.day <= *terms.member_until);
}

// Whether it is a member of the day, at home, for data of such people; kNone: it is.
ErrorCode JudgeMember(const Policy& policy, const Entry& rule, const JointUseTerms& terms,
                      Basis& basis) {
  basis.Rest(rule, "members");
  basis.Rest(rule, "list_at");
  if (!IsMember(rule, terms)) return ErrorCode::kNotJointMember;
  if (rule.Bool("foreign_excluded") == true && IsAbroad(policy, terms.country)) {
    basis.Rest(rule, "foreign_excluded");
    return ErrorCode::kForeignMember;
  }
  const bool known = policy.statement->ById("subject", terms.subject) != nullptr;
  if (known && !rule.Holds("excluded", terms.subject)) return ErrorCode::kNone;
  basis.Rest(rule, "excluded");
  basis.Rest(rule, "purposes");
  return ErrorCode::kPurposeUndeclared;
}

}  // namespace

Decision MayUseJointly(const Policy& policy, const JointUseTerms& terms) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  const Entry* rule = policy.statement->One("joint_use");
  if (rule == nullptr) {
    basis.RestOnAll("third_party");
    return basis.Refuse(ErrorCode::kNotJointMember);
  }
  const ErrorCode judged = JudgeMember(policy, *rule, terms, basis);
  if (judged != ErrorCode::kNone) return basis.Refuse(judged);
  basis.Rest(*rule, "items");
  basis.Rest(*rule, "parts");
  const bool listed = std::ranges::all_of(terms.items, [&](std::string_view item) {
    return rule->Holds("items", item) || rule->Holds("parts", item);
  });
  return listed && !terms.items.empty() ? basis.Allow() : basis.Refuse(ErrorCode::kItemNotListed);
}

Decision MayHaveAcquired(const Policy& policy, const JointUseTerms& terms) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  const Entry* rule = policy.statement->One("joint_use");
  if (rule == nullptr) {
    basis.RestOnAll("third_party");
    return basis.Refuse(ErrorCode::kNotJointMember);
  }
  basis.Rest(*rule, "manager");
  if (ClausesOfManager(policy).empty()) return basis.Refuse(ErrorCode::kPolicyIncomplete);
  const ErrorCode judged = JudgeMember(policy, *rule, terms, basis);
  return judged == ErrorCode::kNone ? basis.Allow() : basis.Refuse(judged);
}

std::vector<std::string> ClausesOfManager(const Policy& policy) {
  const Entry* const rule = One(policy, "joint_use");
  if (!Has(rule, "manager")) return {};
  return rule->Find("manager")->clauses;
}

Decision MayHandToSuccessor(const Policy& policy, const SuccessionTerms& terms) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  const Entry* rule = policy.statement->One("succession");
  if (rule == nullptr || rule->Text("handed_by") != terms.from || rule->Text("to") != terms.to) {
    basis.RestOnAll("third_party");
    if (rule != nullptr) basis.Rest(*rule, "to");
    return basis.Refuse(ErrorCode::kRecipientUndeclared);
  }
  basis.Rest(*rule, "to");
  basis.Rest(*rule, "items");
  const bool listed = std::ranges::all_of(
      terms.items, [&](std::string_view item) { return rule->Holds("items", item); });
  if (!listed || terms.items.empty()) return basis.Refuse(ErrorCode::kItemNotListed);
  basis.Rest(*rule, "then");
  const bool told = terms.people_told || !rule->Holds("then", "notify");
  const bool erased = terms.erasure_promised || !rule->Holds("then", "old_operator_erases");
  return told && erased ? basis.Allow() : basis.Refuse(ErrorCode::kGroundEvidence);
}

}  // namespace noren::policy
