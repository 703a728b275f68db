// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/minors.h"

#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated/basis.h"

namespace noren::policy {

std::int32_t AgeOn(model::CivilDay born, model::CivilDay day) {
  std::int32_t years = 0;
  while (calendar::AddMonths(born, (years + 1) * 12, calendar::MissingDay::kFirstOfNextMonth).day <=
         day) {
    ++years;
  }
  return years;
}

std::optional<bool> IsChild(const Policy& policy, std::int32_t age) {
  const Entry* minors = policy.statement == nullptr ? nullptr : policy.statement->One("minors");
  if (minors == nullptr) return std::nullopt;
  const std::optional<std::int64_t> below = minors->Number("below_age");
  if (!below) return std::nullopt;
  return age < *below;
}

Decision MayActFor(const Policy& policy, const ChildTerms& terms) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  if (!terms.is_child) return basis.Allow();
  const Entry* minors = policy.statement->One("minors");
  if (minors == nullptr) return basis.Refuse(model::ErrorCode::kMinor);
  basis.Rest(*minors, "below_age");
  basis.Rest(*minors, "who");
  const bool somebody = minors->Text("who").has_value();
  return terms.guardian_agrees && somebody ? basis.Allow() : basis.Refuse(model::ErrorCode::kMinor);
}

}  // namespace noren::policy
