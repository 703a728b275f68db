// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/postings.h"

#include <optional>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/further_use.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

constexpr std::string_view kCompanies = "company";

}  // namespace

Decision MayBeInPosting(const Policy& policy, bool is_in_list) {
  Basis basis(policy, Rule::kCollectItem);
  for (const Entry* file : All(policy, "file")) {
    const bool is_of_postings = file->Holds("subject", kCompanies) && Has(file, "open_items");
    if (is_of_postings) basis.Rest(*file, "open_items");
  }
  return is_in_list ? basis.Allow() : basis.Refuse(model::ErrorCode::kItemUndeclared);
}

Decision ArePostingsOpen(const Policy& policy) {
  const Entry* const open = One(policy, "open_services");
  const auto service = open == nullptr ? std::nullopt : open->Text("postings");
  return IsOpenService(policy, service.value_or(std::string_view()));
}

}  // namespace noren::policy
