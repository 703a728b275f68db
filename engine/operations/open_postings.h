// The open postings as anybody may see them, where the notice says that this needs no sign-up. The
// portal asks for somebody of whom nothing is known, said or kept.
// Source:   docs/formats/policy.md, section "Enforcement"
// Threads:  free functions concurrently; pages are not one snapshot
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/posting.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// What a posting publishes: no reference of the portal, no weight, no count.
struct OpenPosting {
  model::PostingId posting;
  std::string company;
  std::string title;
  std::string description;   // empty where it tells how to reach somebody
  bool is_personal = false;  // the description does, and is left out
  std::vector<model::OccupationCode> occupations;
  std::vector<model::RegionCode> regions;
  model::EmploymentTypes employment_types;
  std::optional<model::WageOffer> wage;
  UnixSeconds registered_at;
};
struct OpenPostingPage {
  std::vector<OpenPosting> postings;     // by id
  std::optional<model::PostingId> next;  // the page after begins behind it; nothing: there is none
};
inline constexpr std::size_t kMaxOpenPostings = 200;
//   errors   E_NO_FILE: no such service is among those without sign-up; kBadRequest: limit not
//            1..kMaxOpenPostings
StatusOr<OpenPostingPage> ListOpenPostings(ServiceContext& context, const Call& call,
                                           const std::optional<model::PostingId>& after,
                                           std::size_t limit);

}  // namespace noren::operations
