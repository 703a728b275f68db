// The gate every act of a person passes: the statement is whole and fresh, its nonce unused, and
// the proof is what the policy
// asks of this act.
// Source:   docs/formats/act.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/act.h"
#include "engine/policy/decisions.h"

namespace noren::operations {

// As it came over the wire.
struct PersonAct {
  std::string statement;
  Bytes signature;                                      // empty: none
  std::string code;                                     // empty: none
  std::vector<personal_data::ItemHeader> headers = {};  // person custody: grant and rewrap
};

struct AdmittedAct {
  personal_data::Act act;
  LoadedPerson person;
  personal_data::ActEvidence evidence;
  std::vector<std::string> clauses;
  std::vector<personal_data::ItemHeader> headers;  // as they came, not yet looked at
  personal_data::Staged staged;  // uses up the nonce, and the code: goes into the act's own change
};

// `expected` is the kind the method takes. The caller is the portal that carries the act.
//   errors   kBadRequest (field), kNotFound, kActStale, kProofInvalid, kProofRequired;
//            kStateConflict: needs person custody. A wrong code is counted durably.
StatusOr<AdmittedAct> AdmitAct(ServiceContext& context, const Call& call, const PersonAct& carried,
                               personal_data::ActKind expected);

// A statement with everything the server knows filled in, ready to be signed. `fields` by act:
// discoverable{companies_class},
// answer{invitation, decision, items (comma-separated item ids, default all), days},
// withdraw{consent or ""}, erase{}, read{}, block{employers}, unblock{employers} (comma-separated
// corporate numbers); under person custody also answer{header.<item id>},
// rewrap{consent, header.<item id>}, replace{item, digest, header_sha256}, digests in hex.
StatusOr<std::string> PrepareAct(ServiceContext& context, const Call& call, std::string_view act,
                                 const model::SeekerHandle& handle,
                                 const std::map<std::string, std::string>& fields);

// Sends a one-time code for this statement to the person's own contact.
//   errors   kProofRequired: a code would not suffice for this act
Status RequestCode(ServiceContext& context, const Call& call, const model::SeekerHandle& handle,
                   const std::string& statement);

}  // namespace noren::operations
