// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/start_checks.h"

#include "engine/operations/registers.h"
#include "engine/policy/register_cases.h"
#include "engine/policy/register_countries.h"
#include "engine/policy/stated/responsible.h"
#include "engine/policy/stated/storage.h"

namespace noren::operations {
namespace {

std::string_view CountryOr(const policy::Policy& policy, std::string_view country) {
  return country.empty() ? policy::HomeCountry(policy) : country;
}

}  // namespace

Status CheckStart(const policy::Policy& policy, std::string_view country) {
  if (policy.statement == nullptr) return OkStatus();
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::IsAnybodyResponsible(policy)));
  return policy::ToStatus(policy::MayStoreIn(policy, CountryOr(policy, country)));
}

Status CheckStartByRegisters(ServiceContext& context, const policy::Policy& policy,
                             std::string_view country) {
  NOREN_ASSIGN_OR_RETURN(const auto steps, LoadRegisters(context));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::IsPolicyApproved(policy, steps)));
  if (policy.statement == nullptr) return OkStatus();
  return policy::ToStatus(
      policy::IsCountryStudied(policy, steps, CountryOr(policy, country), context.time.Now()));
}

}  // namespace noren::operations
