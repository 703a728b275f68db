// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/statistics.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

constexpr std::string_view kThirdParty = "third_party";

const Entry* StatisticsPurposeOf(const Statement& statement, const Entry& kind) {
  for (const Entry* purpose : statement.All("purpose")) {
    if (purpose->Bool("statistics") == true && IsAbout(*purpose, kind)) return purpose;
  }
  return nullptr;
}

// A ground for handing over what names nobody, that is in use.
const Entry* NonIdentifyingGround(const Statement& statement) {
  for (const Entry* ground : statement.All("ground")) {
    const bool is_used = ground->Word("status").value_or("active") == "active";
    if (is_used && ground->Word("output") == "non_identifying") return ground;
  }
  return nullptr;
}

// Figures are made for a declared purpose alone, and of the kinds that are listed, if any are.
Decision RefuseKind(const Policy& policy, const Entry& kind) {
  const Statement& statement = *policy.statement;
  Basis basis(policy, Rule::kRanking);
  if (const Entry* rule = statement.One("purpose_rule")) basis.Rest(*rule, "strict");
  for (const Entry* purpose : statement.All("purpose")) {
    if (IsAbout(*purpose, kind)) basis.Rest(*purpose);
  }
  if (const Entry* statistics = statement.One("statistics")) basis.Rest(*statistics, "subjects");
  return basis.Refuse(ErrorCode::kPurposeUndeclared);
}

bool IsListed(const Entry* statistics, const Entry& kind) {
  if (statistics == nullptr) return true;
  const std::vector<std::string_view> subjects = statistics->Many("subjects");
  return subjects.empty() || std::ranges::find(subjects, kind.id) != subjects.end();
}

// By a purpose of the notice: to whom the section on statistics says.
Decision JudgeByPurpose(const Policy& policy, const Entry& purpose, std::string_view target) {
  const Entry* statistics = policy.statement->One("statistics");
  Basis basis(policy, Rule::kRanking);
  basis.Rest(purpose);
  basis.Rest(purpose, "statistics");
  if (statistics != nullptr) {
    for (const char* key : {"minimum_cell", "output", "subjects"}) basis.Rest(*statistics, key);
  }
  if (target.empty()) return basis.Allow();
  if (statistics != nullptr) basis.Rest(*statistics, "release_to");
  const bool is_shown = statistics != nullptr && statistics->Holds("release_to", target);
  return is_shown ? basis.Allow() : basis.Refuse(ErrorCode::kRecipientUndeclared);
}

// By a ground for providing: to third parties, for what the ground asks for.
Decision JudgeByGround(const Policy& policy, const Entry& ground, const StatisticsTerms& terms) {
  Basis basis(policy, Rule::kRelease);
  basis.Rest(ground, "code");
  basis.Rest(ground, "output");
  if (terms.target.empty()) return basis.Allow();
  if (terms.target != kThirdParty) return basis.Refuse(ErrorCode::kRecipientUndeclared);
  basis.Rest(ground, "all_of");
  const bool is_met = terms.use == "statistics" || terms.use == "research";
  return is_met ? basis.Allow() : basis.Refuse(ErrorCode::kGroundEvidence);
}

std::uint64_t LeastOf(const Policy& policy) {
  const Entry* statistics = policy.statement->One("statistics");
  const std::int64_t stated =
      statistics == nullptr ? 0 : statistics->Number("minimum_cell").value_or(0);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(stated, policy.cards.SmallestClass()));
}

}  // namespace

JudgedStatistics JudgeStatistics(const Policy& policy, const StatisticsTerms& terms) {
  JudgedStatistics judged;
  if (policy.statement == nullptr) {
    judged.decision = NothingStated(policy, Rule::kRanking);
    return judged;
  }
  const Entry* kind = SubjectOf(*policy.statement, terms.subject);
  if (kind == nullptr) {
    Basis basis(policy, Rule::kRanking);
    basis.RestOnAll("subject");
    judged.decision = basis.Refuse(ErrorCode::kNoFile);
    return judged;
  }
  judged.subject = kind->id;
  judged.least = LeastOf(policy);
  const Entry* purpose = StatisticsPurposeOf(*policy.statement, *kind);
  const Entry* ground = NonIdentifyingGround(*policy.statement);
  // Data that are held for a client are the client's to count.
  const bool is_own = !kind->Find("owner") || kind->AbsenceOf("owner") != Absence::kPresent;
  if (!is_own || !IsListed(policy.statement->One("statistics"), *kind) ||
      (purpose == nullptr && ground == nullptr)) {
    judged.decision = RefuseKind(policy, *kind);
  } else if (purpose != nullptr) {
    judged.purpose = purpose->id;
    judged.decision = JudgeByPurpose(policy, *purpose, terms.target);
  } else {
    judged.decision = JudgeByGround(policy, *ground, terms);
  }
  return judged;
}

}  // namespace noren::policy
