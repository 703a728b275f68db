// What the service holds of a person, for the person to take away: what was given apart from what
// was derived from it, and with each act that the log records the proof that it does.
// Source:   docs/formats/person_export.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/audit/signing.h"
#include "engine/model/canonical_json.h"
#include "engine/operations/act_gate.h"

namespace noren::operations {

struct PersonExport {
  std::string document;             // canonical JSON and a line feed
  std::string note;                 // signed: that the service gave this document out
  std::vector<std::string> proofs;  // proof bundles, oldest first
  std::string language;             // the person's
};
// act "read". Contents of items are not in it: the person reads them with read_own_item, or has
// them.
//   errors   those of AdmitAct; kDataCorrupt: a record does not open
StatusOr<PersonExport> ExportOwnRecord(ServiceContext& context, const Call& call,
                                       const PersonAct& act, const audit::LogSigner& signer);

// All that an export could hold of the person, for an officer who decides what is not given.
StatusOr<model::JsonValue> WholeExport(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
