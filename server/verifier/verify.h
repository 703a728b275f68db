// The offline verifier: decides from exported files and a public key alone whether a log is whole,
// or a statement in it. It shares no code with the writer (engine/audit) beyond crypto/: two
// readings of docs/formats must agree.
// Source:   docs/formats/audit_entry.md, audit_export.md, proof_bundle.md; RFC 6962; C2SP
//           tlog-checkpoint
// Threads:  free functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "server/verifier/report.h"

namespace noren::verifier {

struct ExportExpectations {
  std::string verifier_key;      // C2SP: "<origin>+<key hash>+<base64>"
  std::string known_checkpoint;  // a signed note seen earlier or elsewhere; empty: none
};

// Reads the export once, in constant memory. A log shorter than `known_checkpoint`, or one that
// does not extend it, is found, unless a signed continuation entry declares exactly that loss (then
// Report::lost_entries says so).
//   returns  a report; its findings say what is wrong
//   errors   kInvalidArgument: the key or the known checkpoint itself is unusable; kUnavailable:
//            `input` cannot be read
StatusOr<Report> VerifyExport(std::istream& input, const ExportExpectations& expectations);

struct BundleExpectations {
  std::string verifier_key;
  Bytes statement_signer;  // Ed25519 key the statement must be signed by; empty: any, and the
                           // report notes it
};
StatusOr<Report> VerifyBundle(std::string_view bundle, const BundleExpectations& expectations);

// What a person took away (docs/formats/person_export.md): the document, what the service signed of
// it, and a proof bundle for each recorded act.
struct PersonExportFiles {
  std::string document, note;
  std::vector<std::string> proofs;
};
StatusOr<Report> VerifyPersonExport(const PersonExportFiles& files, std::string_view verifier_key);

}  // namespace noren::verifier
