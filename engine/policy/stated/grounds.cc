// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/grounds.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

const Entry* FindGround(const Statement& statement, std::string_view code) {
  for (const Entry* ground : statement.All("ground")) {
    if (ground->Word("code") == code) return ground;
  }
  return nullptr;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

bool HasConditions(const Entry& ground, const GroundClaim& claim) {
  const auto holds = [&](std::string_view condition) {
    return std::ranges::find(claim.conditions, condition) != claim.conditions.end();
  };
  const std::vector<std::string_view> any = ground.Many("any_of");
  return std::ranges::all_of(ground.Many("all_of"), holds) &&
         (any.empty() || std::ranges::any_of(any, holds));
}

bool HasEvidence(const Entry& ground, const GroundClaim& claim) {
  return std::ranges::all_of(ground.Many("evidence"), [&](std::string_view word) {
    // An approval is counted, not written down.
    if (word == "approver") return claim.approvers > 0;
    return std::ranges::any_of(claim.evidence, [&](const EvidenceField& field) {
      return field.word == word && !IsBlank(field.text);
    });
  });
}

bool IsForRecipient(const Entry& ground, const GroundClaim& claim) {
  const std::vector<std::string_view> kinds = ground.Many("recipient_kinds");
  return kinds.empty() || std::ranges::find(kinds, claim.recipient_kind) != kinds.end();
}

}  // namespace

Decision HasGround(const Policy& policy, std::string_view code) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  Basis basis(policy, Rule::kRelease);
  const Entry* ground = FindGround(*policy.statement, code);
  if (ground == nullptr) {
    basis.RestOnAll("third_party");
    basis.RestOnAll("ground");
    return basis.Refuse(ErrorCode::kGroundNotInPolicy);
  }
  basis.Rest(*ground);
  basis.Rest(*ground, "status");
  const bool in_force = ground->Word("status") == "active";
  return in_force ? basis.Allow() : basis.Refuse(ErrorCode::kGroundDeleted);
}

Decision MayRelyOn(const Policy& policy, const GroundClaim& claim) {
  const Decision there = HasGround(policy, claim.code);
  if (!there.allowed) return there;
  const Entry& ground = *FindGround(*policy.statement, claim.code);
  Basis basis(policy, Rule::kRelease);
  basis.Rest(there);
  for (const char* key : {"all_of", "any_of", "evidence", "recipient_kinds", "approvers"}) {
    basis.Rest(ground, key);
  }
  const bool recognisable = ground.Word("output").has_value() && claim.identifies;
  const bool holds = HasConditions(ground, claim) && HasEvidence(ground, claim) &&
                     IsForRecipient(ground, claim) &&
                     claim.approvers >= ground.Number("approvers").value_or(0) && !recognisable;
  return holds ? basis.Allow() : basis.Refuse(ErrorCode::kGroundEvidence);
}

}  // namespace noren::policy
