// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/storage.h"

#include "engine/policy/stated/basis.h"

namespace noren::policy {

std::string_view HomeCountry(const Policy& policy) {
  if (policy.timezone == "Asia/Seoul") return "KR";
  return policy.timezone == "Asia/Tokyo" ? "JP" : "";
}

Decision MayStoreIn(const Policy& policy, std::string_view country) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* storage = policy.statement->One("storage");
  if (storage == nullptr) {
    const bool at_home = !country.empty() && country == HomeCountry(policy);
    return at_home ? basis.Allow() : basis.Refuse(model::ErrorCode::kStorageCountry);
  }
  basis.Rest(*storage, "countries");
  basis.Rest(*storage, "domestic");
  const bool listed = storage->Holds("countries", country) || storage->Holds("domestic", country);
  return listed ? basis.Allow() : basis.Refuse(model::ErrorCode::kStorageCountry);
}

}  // namespace noren::policy
