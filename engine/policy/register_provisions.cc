// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_provisions.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/joint_use.h"
#include "engine/policy/stated/provision.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

std::string_view FieldOf(const RegisteredStep& step, const std::string& field) {
  const auto found = step.fields.find(field);
  return found == step.fields.end() ? std::string_view() : std::string_view(found->second);
}

// What one case asks for, as its first entry has it.
class Asked {
 public:
  Asked(const RegisteredStep& first, std::int64_t approvers)
      : items_(RegisterList(FieldOf(first, "items"))),
        conditions_(RegisterList(FieldOf(first, "conditions"))) {
    claim.code = FieldOf(first, "ground");
    claim.conditions.assign(conditions_.begin(), conditions_.end());
    for (const auto& [name, value] : first.fields) claim.evidence.push_back({name, value});
    claim.recipient_kind = FieldOf(first, "recipient_kind");
    claim.approvers = approvers;
    claim.identifies = FieldOf(first, "anonymous") != "yes";
    items.assign(items_.begin(), items_.end());
    terms.purpose = FieldOf(first, "purpose");
    terms.means = FieldOf(first, "means");
    terms.items = items;
    terms.subject = FieldOf(first, "people");
  }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  GroundClaim claim;
  std::vector<std::string_view> items;
  ProvisionTerms terms;

 private:
  std::vector<std::string> items_, conditions_;
};

// A ground that is somebody's consent goes to nobody where the notice says that nothing goes to
// anybody; what a law asks for is another matter.
std::optional<Decision> RefuseOnConsent(const Policy& policy, const GroundClaim& claim) {
  const Entry* rule = policy.statement->One("third_party");
  if (rule == nullptr || rule->AbsenceOf("recipients") != Absence::kNone) return std::nullopt;
  for (const Entry* ground : policy.statement->All("ground")) {
    if (ground->Word("code") != claim.code || !ground->Holds("evidence", "consent_record"))
      continue;
    Basis basis(policy, Rule::kRelease);
    basis.Rest(*rule, "recipients");
    basis.Rest(*ground);
    return basis.Refuse(ErrorCode::kNoProvisionDeclared);
  }
  return std::nullopt;
}

// What came with a request about one's own data goes to nobody, on whatever ground, where the
// notice says that it is given to nobody.
std::optional<Decision> RefuseRequestPapers(const Policy& policy, const Asked& asked) {
  const Entry* papers = policy.statement->One("request_papers");
  if (papers == nullptr || papers->AbsenceOf("provided_to") != Absence::kNone) return std::nullopt;
  constexpr struct {
    std::string_view section, key;
  } kPapers[] = {{"rights", "forms"}, {"identity", "documents"}, {"agents", "papers"}};
  for (const auto& [section, key] : kPapers) {
    const Entry* entry = policy.statement->One(section);
    const Fact* names = entry == nullptr ? nullptr : entry->Find(key);
    const bool asks = names != nullptr && std::ranges::any_of(asked.items, [&](auto item) {
                        return Names(*names, item);
                      });
    if (!asks) continue;
    Basis basis(policy, Rule::kRelease);
    basis.Rest(*papers, "provided_to");
    return basis.Refuse(ErrorCode::kItemNotListed);
  }
  return std::nullopt;
}

Decision Judge(const Policy& policy, Asked& asked) {
  if (auto refused = RefuseRequestPapers(policy, asked)) return *std::move(refused);
  if (auto refused = RefuseOnConsent(policy, asked.claim)) return *std::move(refused);
  for (const Entry* recipient : policy.statement->All("recipient")) {
    if (recipient->Title() != asked.claim.recipient_kind) continue;
    asked.terms.recipient = recipient->id;
    return MayHandOver(policy, asked.terms, asked.claim);
  }
  return MayRelyOn(policy, asked.claim);
}

Decision JudgeHandOver(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next) {
  const RegisteredStep* first = &next;
  std::set<std::string_view> officers = {next.officer};
  for (const RegisteredStep& one : before) {
    if (one.kind != next.kind || one.case_number != next.case_number) continue;
    officers.insert(one.officer);
    if (one.number == one.case_number) first = &one;
  }
  const bool is_final = next.step == "provided";
  Asked asked(*first, is_final ? static_cast<std::int64_t>(officers.size())
                               : std::numeric_limits<std::int64_t>::max());
  Decision decision = Judge(policy, asked);
  const std::string_view resolved = FieldOf(*first, "resolution_date");
  if (decision.allowed && is_final && resolved > model::ToIso(TodayOf(policy, next.at))) {
    decision.allowed = false;
    decision.error = ErrorCode::kGroundEvidence;
  }
  return decision;
}

// What the register says of the member: since when, and until when.
JointUseTerms TermsOfMember(const Policy& policy, std::span<const RegisteredStep> before,
                            const RegisteredStep& next) {
  JointUseTerms terms;
  terms.day = TodayOf(policy, next.at);
  terms.member_from = calendar::AddDays(terms.day, 1);  // of nobody whom the register does not have
  terms.subject = FieldOf(next, "people");
  for (const RegisteredStep& one : before) {
    if (one.kind != next.kind || one.subject != next.subject) continue;
    if (one.step == "joined") {
      terms.relation = FieldOf(one, "relation");
      terms.country = FieldOf(one, "country");
      terms.member_from = TodayOf(policy, one.at);
      terms.member_until.reset();
    }
    if (one.step == "left") terms.member_until = TodayOf(policy, one.at);
  }
  return terms;
}

Decision JudgeJointUse(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next) {
  const std::vector<std::string> items = RegisterList(FieldOf(next, "items"));
  const std::vector<std::string_view> names(items.begin(), items.end());
  JointUseTerms terms = TermsOfMember(policy, before, next);
  terms.items = names;
  return MayUseJointly(policy, terms);
}

// What a member gave came by one of the means that the notice lists.
Decision JudgeAcquired(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next) {
  const Decision used = JudgeJointUse(policy, before, next);
  if (!used.allowed) return used;
  Basis basis(policy, Rule::kRelease);
  const Entry& rule = *policy.statement->One("joint_use");
  basis.Rest(rule, "means");
  basis.Rest(used);
  return rule.Holds("means", FieldOf(next, "means")) ? basis.Allow()
                                                     : basis.Refuse(ErrorCode::kMeansNotListed);
}

}  // namespace

bool IsOfProvision(RegisterKind kind) {
  return kind == RegisterKind::kHandOvers || kind == RegisterKind::kJointUse;
}

Decision MayRecordProvision(const Policy& policy, std::span<const RegisteredStep> before,
                            const RegisteredStep& next) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  if (next.kind == RegisterKind::kHandOvers) return JudgeHandOver(policy, before, next);
  if (next.step == "used") return JudgeJointUse(policy, before, next);
  if (next.step == "acquired") return JudgeAcquired(policy, before, next);
  return Allow(policy, Rule::kRelease);
}

Decision MayHaveAcquired(const Policy& policy, std::span<const RegisteredStep> before,
                         const RegisteredStep& next) {
  return MayHaveAcquired(policy, TermsOfMember(policy, before, next));
}

namespace {

constexpr std::string_view kPerPerson = "permission_per_partner";

const Entry* RecipientOf(const Policy& policy, const RegisteredStep& asked) {
  for (const Entry* recipient : policy.statement->All("recipient")) {
    if (recipient->Title() == FieldOf(asked, "recipient_kind")) return recipient;
  }
  return nullptr;
}

bool IsPermitted(const std::vector<std::string>& items, const ProvidedPerson& person) {
  return person.permitted != nullptr && std::ranges::all_of(items, [&](const std::string& item) {
           return std::ranges::find(*person.permitted, item) != person.permitted->end();
         });
}

// What is on record of the person in place of what the entry says of everybody.
void TakeEvidence(const ProvidedPerson& person, GroundClaim& claim) {
  std::erase_if(claim.evidence, [](const EvidenceField& field) {
    return field.word == "shown_text" || field.word == "consent_record";
  });
  if (person.confirmed) claim.evidence.push_back({"shown_text", "recorded"});
  if (person.permitted != nullptr) claim.evidence.push_back({"consent_record", "recorded"});
}

}  // namespace

Decision MayProvidePerson(const Policy& policy, const RegisteredStep& asked,
                          const ProvidedPerson& person) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  const Entry* recipient = RecipientOf(policy, asked);
  Basis basis(policy, Rule::kRelease);
  if (recipient == nullptr) {
    basis.RestOnAll("recipient");
    return basis.Refuse(ErrorCode::kRecipientUndeclared);
  }
  basis.Rest(*recipient);
  basis.Rest(*recipient, "consent");
  const std::optional<std::string_view> consent = recipient->Word("consent");
  if (consent == "per_application") return basis.Refuse(ErrorCode::kConsentMissing);
  Asked terms(asked, std::numeric_limits<std::int64_t>::max());
  if (consent == kPerPerson && !IsPermitted(RegisterList(FieldOf(asked, "items")), person))
    return basis.Refuse(ErrorCode::kConsentScope);
  TakeEvidence(person, terms.claim);
  terms.terms.subject = person.subject;
  terms.terms.recipient = recipient->id;
  return MayHandOver(policy, terms.terms, terms.claim);
}

Decision MayPermit(const Policy& policy, std::span<const std::string> items) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  for (const Entry* recipient : policy.statement->All("recipient")) {
    if (recipient->Word("consent") != kPerPerson) continue;
    basis.Rest(*recipient);
    basis.Rest(*recipient, "items");
    const bool is_listed = std::ranges::all_of(
        items, [&](const std::string& item) { return recipient->Holds("items", item); });
    return is_listed ? basis.Allow() : basis.Refuse(ErrorCode::kItemNotListed);
  }
  basis.RestOnAll("recipient");
  return basis.Refuse(ErrorCode::kRecipientUndeclared);
}

AskedProvision AskedBy(const Policy& policy, const RegisteredStep& asked) {
  AskedProvision provision{FieldOf(asked, "recipient_kind"), FieldOf(asked, "purpose"),
                           FieldOf(asked, "means"), RegisterList(FieldOf(asked, "items")), false};
  if (policy.statement == nullptr) return provision;
  for (const std::string_view name : PrintedNames(*policy.statement, "age"))
    provision.has_age |= std::ranges::find(provision.items, name) != provision.items.end();
  return provision;
}

}  // namespace noren::policy
