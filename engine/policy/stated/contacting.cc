// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/contacting.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated/subjects.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// The programme and business that the operator itself is named with.
bool IsOwn(const Statement& statement, std::string_view about) {
  const Entry* controller = statement.One("controller");
  if (controller == nullptr || about.empty()) return false;
  return std::ranges::any_of(std::vector<const char*>{"programme", "business", "service"},
                             [&](const char* key) {
                               const Fact* fact = controller->Find(key);
                               return fact != nullptr && Names(*fact, about);
                             });
}

Decision RefuseContact(const Policy& policy, const Entry& purpose, std::string_view key) {
  Basis basis(policy, Rule::kRanking);
  if (const Entry* rule = policy.statement->One("purpose_rule")) basis.Rest(*rule, "strict");
  basis.Rest(purpose);
  basis.Rest(purpose, key);
  return basis.Refuse(ErrorCode::kPurposeUndeclared);
}

}  // namespace

const Entry* PurposeOf(const Policy& policy, std::string_view name) {
  if (policy.statement == nullptr || name.empty()) return nullptr;
  const Entry* called = policy.statement->Called("purpose", name);
  return called != nullptr ? called : policy.statement->ById("purpose", name);
}

Decision MayAnnounce(const Policy& policy, const ContactTerms& terms) {
  const Entry* purpose = PurposeOf(policy, terms.purpose);
  const std::string_view name = purpose == nullptr ? terms.purpose : purpose->Title();
  Decision declared = MayUseFor(policy, name, terms.subject);
  if (!declared.allowed || purpose == nullptr) return declared;
  if (purpose->Bool("statistics") == true) return RefuseContact(policy, *purpose, "statistics");
  if (purpose->Word("needs")) return RefuseContact(policy, *purpose, "needs");
  const bool is_limited = purpose->Text("limited_to").has_value();
  if (is_limited && !IsOwn(*policy.statement, terms.about))
    return RefuseContact(policy, *purpose, "limited_to");
  return declared;
}

Decision MayContact(const Policy& policy, const ContactTerms& terms, bool is_placed) {
  Decision announced = MayAnnounce(policy, terms);
  if (!announced.allowed || is_placed) return announced;
  const Entry* purpose = PurposeOf(policy, terms.purpose);
  if (purpose == nullptr || !purpose->Text("starts")) return announced;
  return RefuseContact(policy, *purpose, "starts");
}

Decision MayCloseContact(const Policy& policy, bool is_marked) {
  Basis basis(policy, Rule::kRetention);
  const Entry* collection = One(policy, "collection");
  const bool asks = collection != nullptr && collection->Text("contact_check").has_value();
  if (asks) basis.Rest(*collection, "contact_check");
  return is_marked || !asks ? basis.Allow() : basis.Refuse(ErrorCode::kSourceMissing);
}

std::vector<ItemNeeded> ItemsNeeded(const Policy& policy, std::string_view purpose) {
  std::vector<ItemNeeded> needed;
  const Entry* entry = PurposeOf(policy, purpose);
  for (const model::ItemKind kind : model::AllItemKinds()) {
    std::vector<std::string_view> names;
    if (policy.statement != nullptr) names = PrintedNames(*policy.statement, kind);
    const bool is_named = entry != nullptr && HoldsOneOf(*entry, "items", names);
    if (kind != model::ItemKind::kEmail && !is_named) continue;
    needed.push_back({kind, std::string(names.empty() ? model::ItemKindName(kind) : names[0])});
  }
  return needed;
}

Decision MayTellOfProcessor(const Policy& policy, std::string_view company) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  if (const Entry* rule = One(policy, "processor_rule")) {
    basis.Rest(*rule, "allowed");
    basis.Rest(*rule, "on_change");
  }
  return !company.empty() && NamesProcessor(policy, company)
             ? basis.Allow()
             : basis.Refuse(ErrorCode::kProcessorUnregistered);
}

bool TellsOfProcessors(const Policy& policy) {
  const Entry* rule = One(policy, "processor_rule");
  return rule != nullptr && rule->Text("on_change").has_value() &&
         rule->Many("change_limit").empty();
}

bool NamesProcessor(const Policy& policy, std::string_view company) {
  return std::ranges::any_of(All(policy, "processor"), [company](const Entry* entry) {
    const Fact* name = entry->Find("name");
    return name != nullptr && Names(*name, company);
  });
}

Decision MayLeaveByAnswer(const Policy& policy) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRetention);
  Basis basis(policy, Rule::kRetention);
  const Entry* mail = One(policy, "continuation_mail");
  if (mail == nullptr || !mail->Text("reply")) return basis.Refuse(ErrorCode::kPolicyForbids);
  basis.Rest(*mail, "reply");
  return basis.Allow();
}

}  // namespace noren::policy
