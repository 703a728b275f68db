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
  // What the operator's notice asks: kind of person as the policy names it (empty: the usual one,
  // or as it is), digest of the public notice that was confirmed, whether the person is a child,
  // and whether the legal representative has agreed.
  std::string subject = "";
  std::optional<Hash256> notice = std::nullopt;
  bool is_child = false;
  bool guardian_agrees = false;
  // The person agrees to being kept, for the purposes of the policy in force: needed of whoever is
  // new where the policy keeps them by consent, and after purposes of another version.
  bool agrees = false;
};
struct RegisteredSeeker {
  model::SeekerHandle handle;
  EntryPosition position;
  std::string consent = "";  // "consent-...": of what the person agreed to with this very request
};
// The answer, and the work, are the same whether or not somebody came with these identifiers
// before.
//   errors   kBadRequest, kUnknownCode (with the field); kNotAllowed: not a portal; kMissingField:
//            person custody without key or recipient; kPolicyForbids: the custody;
//            kStateConflict: what is fixed at the first registration would change; with identifiers
//            those of StageContacts; and what the notice does not allow: kNoFile, kSourceMissing,
//            kNoAcknowledgement, kMinor, kPolicyIncomplete, kConsentAnew: it is kept by none;
//            kNoPolicy: the portal's site has a policy of its own;
//            kPolicyForbids E_EXPIRED: the period of this registration is over
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
