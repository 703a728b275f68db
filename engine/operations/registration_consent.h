// The consent by which a person is kept: what they agreed to when they registered, or last since.
// It has an id of its own, which the portal and the person's export name; whoever withdraws it asks
// for erasure, and it is destroyed with the person.
// Source:   docs/formats/operations_records.md; Korean Personal Information Protection Act, art. 15
//           (1) 1
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/operations/people.h"

namespace noren::operations {

struct RegistrationConsent {
  model::ConsentId consent;
  Hash256 policy{};  // digest of the version that was agreed to
  UnixSeconds at;
  bool operator==(const RegistrationConsent&) const = default;
};
Bytes EncodeRegistrationConsent(const RegistrationConsent& consent);
//   errors   kDataCorrupt
StatusOr<RegistrationConsent> DecodeRegistrationConsent(ByteSpan plaintext);

// Nothing: the person has agreed to nothing, and is kept on another ground.
StatusOr<std::optional<RegistrationConsent>> FindRegistrationConsent(ServiceContext& context,
                                                                     const LoadedPerson& person);
// A consent to the policy in force, now, in place of the one before; its id.
StatusOr<std::string> StageRegistrationConsent(ServiceContext& context, const LoadedPerson& person,
                                               personal_data::Staged& staged);
// Of somebody who is being registered.
std::string StageFirstRegistrationConsent(ServiceContext& context, const model::PersonId& person,
                                          const personal_data::PersonKeys& keys,
                                          personal_data::Staged& staged);

}  // namespace noren::operations
