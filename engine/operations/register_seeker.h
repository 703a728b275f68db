// A portal registers a person, or replaces the profile of one it registered before (the same
// reference).
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/custody.h"
#include "engine/model/profile.h"
#include "engine/operations/enrol_contact.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct RegisterSeekerRequest {
  std::string idempotency_key;
  std::string ref;  // the portal's own reference, 1..128 bytes
  model::Profile profile;
  std::optional<std::array<std::uint8_t, 32>> person_key;  // Ed25519
  std::string contact;                                     // 1..254 bytes
  std::string language;                                    // "ko", "ja", "en"
  std::optional<model::Custody> custody = std::nullopt;    // absent: operator, or as it is
  std::string age_recipient = "";                          // person custody: "age1..."
  std::vector<SubjectIdentifier> identifiers = {};         // blind enrolment; may be empty
};
struct RegisteredSeeker {
  model::SeekerHandle handle;
  EntryPosition position;
};
// The answer, and the work, are the same whether or not somebody came with these identifiers
// before.
//   errors   kBadRequest, kUnknownCode (with the field); kNotAllowed: not a portal; kMissingField:
//            person custody without key or recipient; kPolicyForbids: the custody;
//            kStateConflict: what is fixed at the first registration would change; with identifiers
//            those of StageContacts
StatusOr<RegisteredSeeker> RegisterSeeker(ServiceContext& context, const Call& call,
                                          const RegisterSeekerRequest& request);

struct SeekerSummary {
  model::SeekerHandle handle;
  model::Profile profile;
  std::vector<model::ItemId> items;
  bool discoverable = false;
  model::Custody custody = model::Custody::kOperator;
};
StatusOr<SeekerSummary> GetSeeker(ServiceContext& context, const Call& call,
                                  const model::SeekerHandle& handle);

}  // namespace noren::operations
