// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/purposes.h"

#include <algorithm>
#include <map>
#include <vector>

#include "engine/policy/stated/agreed_purposes.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// A purpose that names no sub-kinds holds for all of its kind.
bool HoldsFor(const Entry& purpose, std::optional<std::span<const std::string>> sub_kinds) {
  const std::vector<std::string_view> named = purpose.Many("sub_kinds");
  return !sub_kinds || named.empty() ||
         std::ranges::any_of(*sub_kinds, [&](const std::string& one) {
           return std::ranges::find(named, one) != named.end();
         });
}

bool IsForCompany(const Entry& purpose, std::optional<std::span<const std::string>> companies) {
  const std::optional<std::string_view> named = purpose.Text("companies");
  return !companies || !named || std::ranges::find(*companies, *named) != companies->end();
}

bool Goes(const Entry& purpose, Search search) {
  if (purpose.Bool("ranking") != true) return false;
  const std::optional<std::string_view> direction = purpose.Word("direction");
  if (!direction || search == Search::kEither) return true;
  return *direction ==
         (search == Search::kPostingsForPerson ? "seeker_to_posting" : "posting_to_seeker");
}

bool Carries(const Entry& purpose, const RankingOf& asked) {
  return Goes(purpose, asked.search) && HoldsFor(purpose, asked.sub_kinds) &&
         IsForCompany(purpose, asked.companies);
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

// Whose change asks consents anew (flag c of their rows), by their names.
std::map<std::string_view, std::vector<std::string_view>> AgreedFacts(const Entry& entry) {
  std::map<std::string_view, std::vector<std::string_view>> facts;
  for (const Fact& fact : entry.facts) {
    if (!fact.row->Has('c') || fact.absence != Absence::kPresent) continue;
    for (const Value& value : fact.values) facts[fact.row->name].push_back(value.text);
  }
  return facts;
}

// The purpose as it was agreed to, when it is the same now; else null.
const Entry* AgreedPurpose(const Entry& purpose, const Policy* agreed) {
  if (agreed == nullptr || agreed->statement == nullptr) return nullptr;
  const Entry* before = agreed->statement->ById("purpose", purpose.id);
  const bool is_same = before != nullptr && AgreedFacts(*before) == AgreedFacts(purpose);
  return is_same ? before : nullptr;
}

bool WasAgreedTo(const Entry& purpose, const Policy* agreed, const RankingOf& asked) {
  const Entry* before = AgreedPurpose(purpose, agreed);
  return before != nullptr && Carries(*before, asked);
}

}  // namespace

bool AsksAnew(const Statement& statement) {
  const Entry* rule = statement.One("purpose_rule");
  return rule != nullptr &&
         (rule->Holds("on_change", "separate_consent") || rule->Holds("on_change", "consent"));
}

bool IsAgreedTo(const Entry& purpose, const Policy* agreed) {
  return AgreedPurpose(purpose, agreed) != nullptr;
}

Decision MayBeRankedUnder(const Policy& policy, const Policy* agreed, const RankingOf& asked) {
  Decision declared = MayBeRanked(policy, asked);
  if (!declared.allowed || !AsksAnew(*policy.statement)) return declared;
  const Entry& kind = *SubjectOf(*policy.statement, asked.subject);
  Basis anew(policy, Rule::kRanking);
  anew.Rest(*policy.statement->One("purpose_rule"), "on_change");
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (!IsAbout(*purpose, kind) || !Carries(*purpose, asked)) continue;
    if (WasAgreedTo(*purpose, agreed, asked)) return declared;
    anew.Rest(*purpose);
  }
  return anew.Refuse(ErrorCode::kConsentAnew);
}

Decision MayBeRankedUnder(const Policy& policy, const Policy* agreed, Search search,
                          std::string_view subject) {
  return MayBeRankedUnder(policy, agreed, {search, subject, std::nullopt, std::nullopt});
}

Decision MayBeRanked(const Policy& policy, const RankingOf& asked) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRanking);
  const Decision registered = MayRegister(policy, asked.subject);
  if (!registered.allowed) return registered;
  const Entry& kind = *SubjectOf(*policy.statement, asked.subject);
  if (kind.Bool("ranked") == false) {
    Basis basis(policy, Rule::kRanking);
    basis.Rest(kind, "ranked");
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (!IsAbout(*purpose, kind) || !Carries(*purpose, asked)) continue;
    Basis basis(policy, Rule::kRanking);
    basis.Rest(*purpose);
    basis.Rest(*purpose, "ranking");
    basis.Rest(*purpose, "direction");
    if (asked.sub_kinds) basis.Rest(*purpose, "sub_kinds");
    if (asked.companies) basis.Rest(*purpose, "companies");
    return basis.Allow();
  }
  return RefusePurpose(policy, kind);
}

Decision MayBeRanked(const Policy& policy, Search search, std::string_view subject) {
  return MayBeRanked(policy, {search, subject, std::nullopt, std::nullopt});
}

RankingReach ReachOf(const Policy& policy, const RankingOf& asked) {
  RankingReach reach;
  reach.nobody = !MayBeRanked(policy, asked).allowed;
  if (reach.nobody) return reach;
  const Entry& kind = *SubjectOf(*policy.statement, asked.subject);
  for (const Entry* purpose : policy.statement->All("purpose")) {
    if (!IsAbout(*purpose, kind) || !Carries(*purpose, asked)) continue;
    const std::optional<std::string_view> companies = purpose->Text("companies");
    if (!companies) return {};
    reach.classes.emplace_back(*companies);
  }
  return reach;
}

bool RanksBySubKindOrCompany(const Policy& policy) {
  if (policy.statement == nullptr) return false;
  const std::vector<const Entry*> all = policy.statement->All("purpose");
  return std::ranges::any_of(all, [](const Entry* purpose) {
    return purpose->Bool("ranking") == true &&
           (!purpose->Many("sub_kinds").empty() || purpose->Text("companies"));
  });
}

namespace {

Decision JudgeUse(const Policy& policy, std::string_view purpose, std::string_view subject,
                  std::optional<std::span<const std::string>> sub_kinds) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRanking);
  const Decision registered = MayRegister(policy, subject);
  if (!registered.allowed) return registered;
  const Entry& kind = *SubjectOf(*policy.statement, subject);
  const Entry* found = policy.statement->Called("purpose", purpose);
  if (found == nullptr || !IsAbout(*found, kind)) return RefusePurpose(policy, kind);
  Basis basis(policy, Rule::kRanking);
  basis.Rest(*found);
  if (sub_kinds) basis.Rest(*found, "sub_kinds");
  return HoldsFor(*found, sub_kinds) ? basis.Allow() : basis.Refuse(ErrorCode::kPurposeUndeclared);
}

}  // namespace

Decision MayUseFor(const Policy& policy, std::string_view purpose, std::string_view subject) {
  return JudgeUse(policy, purpose, subject, std::nullopt);
}

Decision MayUseFor(const Policy& policy, std::string_view purpose, std::string_view subject,
                   std::span<const std::string> sub_kinds) {
  return JudgeUse(policy, purpose, subject, sub_kinds);
}

Decision MayUseForUnder(const Policy& policy, const Policy* agreed, std::string_view purpose,
                        std::string_view subject) {
  Decision declared = MayUseFor(policy, purpose, subject);
  if (!declared.allowed || !AsksAnew(*policy.statement)) return declared;
  const Entry& entry = *policy.statement->Called("purpose", purpose);
  if (IsAgreedTo(entry, agreed)) return declared;
  Basis anew(policy, Rule::kRanking);
  anew.Rest(*policy.statement->One("purpose_rule"), "on_change");
  anew.Rest(entry);
  return anew.Refuse(ErrorCode::kConsentAnew);
}

}  // namespace noren::policy
