// Cases: which handler works with which person. An officer assigns a case; where the policy lets a
// purpose open items within a case only, nothing opens outside one. The register of cases names
// the person by a keyed hash, which stands for nobody once the person is gone.
// Source:   docs/formats/register_entry.md, section "Cases"; docs/design/0032-use-of-items.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "engine/operations/registers.h"

namespace noren::operations {

struct OpenCaseRequest {
  std::string idempotency_key;
  std::string reference;  // the operator's own number of the case; says nothing about the person
  std::string portal;     // whose person it is
  model::SeekerHandle person;
  std::string handler;
};
// An entry of the register of cases; closed by AddRegisterEntry, step "closed", which follows it.
//   errors   kNotAllowed; kNotFound: no such person; kMissingField, kBadRequest: reference, or a
//            handler without access; those of AddRegisterEntry
StatusOr<AddedRegisterEntry> OpenCase(ServiceContext& context, const Call& call,
                                      const OpenCaseRequest& request);

// Whether a case of this handler with this person is open by these steps.
bool HasOpenCase(ServiceContext& context, std::span<const policy::RegisteredStep> steps,
                 std::string_view handler, const model::PersonId& person);

}  // namespace noren::operations
