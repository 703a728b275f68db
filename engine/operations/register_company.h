// What the operator has verified about the companies that take part, and what follows from it: who
// is shown to them.
// Source:   docs/design/0014-companies-and-audiences.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/audience.h"
#include "engine/operations/company_record.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct CompanyDetails {
  std::string name;
  std::string legal_name;
  std::string address;
  std::string representative;
  std::string number;                   // "jp-corporation:7000012050002"
  std::vector<std::string> affiliates;  // numbers, in any order
  std::vector<std::string> classes;     // of the policy's that are by registration
};

// The officer's: registers a company, or replaces what is known of it.
//   errors   kBadRequest (field): name, a line, a number, a class that nobody is registered for;
//            kDuplicateValue, kTooLarge (field)
StatusOr<EntryPosition> RegisterCompany(ServiceContext& context, const Call& call,
                                        const std::string& idempotency_key,
                                        const CompanyDetails& details);

// By name, from the one after `after`.
StatusOr<std::vector<CompanyRecord>> ListCompanies(ServiceContext& context, const Call& call,
                                                   std::string_view after, std::size_t limit);

// nullopt: the operator has verified nothing about it.
StatusOr<std::optional<CompanyRecord>> FindCompany(ServiceContext& context, std::string_view name);

// The policy's classes that hold every company, and those this one is registered in.
StatusOr<Audience> AudienceOf(ServiceContext& context, std::string_view company);

// The companies that somebody discoverable to this class is shown to at least; others of the class
// see her among more people.
Audience SmallestAudienceOf(const policy::Policy& policy, std::string_view companies_class);

}  // namespace noren::operations
