// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_media.h"

#include <string>

#include "engine/model/errors.h"
#include "engine/policy/register_open.h"
#include "engine/policy/stated/basis.h"

namespace noren::policy {

Decision MayPutOnMedium(const Policy& policy, std::span<const RegisteredStep> steps,
                        std::string_view medium, bool plain) {
  Basis basis(policy, Rule::kCollectItem);
  if (policy.statement != nullptr) {
    for (const Entry* measure : policy.statement->All("measure")) {
      if (measure->Word("register") == RowOf(RegisterKind::kMedia).name) basis.Rest(*measure);
    }
  }
  const bool is_listed = MediaIn(steps).contains(std::string(medium));
  return plain || !is_listed ? basis.Refuse(model::ErrorCode::kPolicyForbids) : basis.Allow();
}

}  // namespace noren::policy
