// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/provision.h"

#include <algorithm>

#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using Names = std::vector<std::string_view>;

// Whether the recipient gets something called by one of the names of people of this kind.
bool Gets(const Statement& statement, const Entry& recipient, const Entry* subject,
          const Names& names, Basis& basis) {
  basis.Rest(recipient, "items");
  if (HoldsOneOf(recipient, "items", names)) return true;
  for (const Entry* further : statement.All("recipient_items")) {
    if (further->Text("recipient") != recipient.id || subject == nullptr) continue;
    if (further->Text("subject") != subject->id) continue;
    basis.Rest(*further, "items");
    if (HoldsOneOf(*further, "items", names)) return true;
  }
  return false;
}

// What holds of every hand-over, before anybody in particular is looked at.
Decision ProvidesAtAll(const Policy& policy) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  const Entry* rule = policy.statement->One("third_party");
  if (rule == nullptr) return NothingStated(policy, Rule::kRelease);
  if (rule->AbsenceOf("recipients") == Absence::kNone) {
    basis.Rest(*rule, "recipients");
    return basis.Refuse(ErrorCode::kNoProvisionDeclared);
  }
  basis.Rest(*rule, "default");
  return basis.Allow();
}

Decision RefuseRecipient(const Policy& policy) {
  Basis basis(policy, Rule::kRelease);
  basis.RestOnAll("third_party");
  basis.RestOnAll("recipient");
  return basis.Refuse(ErrorCode::kRecipientUndeclared);
}

// A period has at least so many days, whenever it begins: it is a maximum, so this reading is safe.
std::int64_t LeastDaysOf(calendar::Period period) {
  return std::int64_t{period.months / 12} * 365 + std::int64_t{period.months % 12} * 28 +
         period.days;
}

bool KeepsTooLong(const Entry& recipient, std::int64_t days) {
  const std::optional<std::string_view> text = recipient.Text("retention");
  if (!text) return false;
  const StatusOr<calendar::Period> period = calendar::ParsePeriod(*text);
  return !period.ok() || days > LeastDaysOf(*period);
}

struct Wanted {
  Names purpose, means;
  std::vector<Names> items;
};

// Purpose, means and items, each against the recipient's own list.
Decision CheckLists(const Policy& policy, const Entry& recipient, const Entry* subject,
                    const Wanted& wanted, Basis& basis) {
  basis.Rest(recipient, "purposes");
  if (!HoldsOneOf(recipient, "purposes", wanted.purpose)) {
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  basis.Rest(recipient, "means");
  if (!HoldsOneOf(recipient, "means", wanted.means)) {
    return basis.Refuse(ErrorCode::kMeansNotListed);
  }
  for (const Names& names : wanted.items) {
    if (!Gets(*policy.statement, recipient, subject, names, basis)) {
      return basis.Refuse(ErrorCode::kItemNotListed);
    }
  }
  return basis.Allow();
}

}  // namespace

const Entry* AppliedTo(const Statement& statement) {
  for (const Entry* recipient : statement.All("recipient")) {
    if (recipient->Word("consent") == "per_application") return recipient;
  }
  return nullptr;
}

Decision MayAskFor(const Policy& policy, const ReleaseTerms& terms) {
  const Decision at_all = ProvidesAtAll(policy);
  if (!at_all.allowed) return at_all;
  const Statement& statement = *policy.statement;
  const Entry* recipient = AppliedTo(statement);
  if (recipient == nullptr) return RefuseRecipient(policy);
  const Decision ground = HasGround(policy, recipient->Word("ground").value_or(""));
  if (!ground.allowed) return ground;
  Basis basis(policy, Rule::kRelease);
  basis.Rest(*recipient);
  basis.Rest(*recipient, "consent");
  basis.Rest(ground);
  if (KeepsTooLong(*recipient, terms.retention_days)) {
    basis.Rest(*recipient, "retention");
    return basis.Refuse(ErrorCode::kPolicyForbids);
  }
  Wanted wanted{
      PrintedNames(statement, terms.purpose), PrintedNames(statement, kMeansOfService), {}};
  for (const model::ItemKind kind : terms.items) {
    wanted.items.push_back(PrintedNames(statement, kind));
  }
  return CheckLists(policy, *recipient, SubjectOf(statement, terms.subject), wanted, basis);
}

Decision MayProvide(const Policy& policy, const ReleaseTerms& terms,
                    const ConsentEvidence& consent) {
  const Decision asked = MayAskFor(policy, terms);
  if (!asked.allowed) return asked;
  const Entry& recipient = *AppliedTo(*policy.statement);
  GroundClaim claim;
  claim.code = *recipient.Word("ground");
  claim.recipient_kind = recipient.Title();
  if (consent.recorded) claim.evidence.push_back({"consent_record", "recorded"});
  if (consent.text_shown) {
    claim.evidence.push_back({"shown_text", "recorded"});
    claim.conditions.push_back("facts_shown");
  }
  if (consent.before_release) claim.conditions.push_back("consent_first");
  if (consent.same_company) claim.conditions.push_back("same_company");
  const Decision ground = MayRelyOn(policy, claim);
  Basis basis(policy, Rule::kRelease);
  basis.Rest(asked);
  basis.Rest(ground);
  return ground.allowed ? basis.Allow() : basis.Refuse(ground.error);
}

Decision MayHandOver(const Policy& policy, const ProvisionTerms& terms, const GroundClaim& claim) {
  const Decision at_all = ProvidesAtAll(policy);
  if (!at_all.allowed) return at_all;
  const Statement& statement = *policy.statement;
  const Entry* recipient = statement.ById("recipient", terms.recipient);
  if (recipient == nullptr) return RefuseRecipient(policy);
  Basis basis(policy, Rule::kRelease);
  basis.Rest(*recipient);
  if (recipient->Word("ground") != claim.code) {
    basis.Rest(*recipient, "ground");
    return basis.Refuse(ErrorCode::kGroundEvidence);
  }
  const Decision ground = MayRelyOn(policy, claim);
  basis.Rest(ground);
  if (!ground.allowed) return basis.Refuse(ground.error);
  Wanted wanted{{terms.purpose}, {terms.means}, {}};
  for (const std::string_view item : terms.items) wanted.items.push_back({item});
  return CheckLists(policy, *recipient, SubjectOf(statement, terms.subject), wanted, basis);
}

}  // namespace noren::policy
