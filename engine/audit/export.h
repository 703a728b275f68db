// Writes the log, or the proof of one statement, for someone who verifies it offline
// (server/verifier).
// Source:   docs/formats/audit_export.md, docs/formats/proof_bundle.md
// Threads:  free functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/audit/commitment.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/signing.h"

namespace noren::audit {

struct ExportSummary {
  std::uint64_t tree_size = 0;
  std::uint64_t sequence = 0;
  std::string checkpoint;
};

// Writes the whole log as it stands. `older_size` (0: none) adds a consistency proof from that
// size.
//   errors  kInvalidArgument: older_size beyond the log; kDataLoss: the log is damaged;
//           kUnavailable: `out` failed
StatusOr<ExportSummary> ExportLog(const LogReader& reader, const LogSigner& signer,
                                  std::uint64_t older_size, std::ostream& out);

// A statement as it was signed. The signed message is "noren/" + its "noren" member + "\n" + json,
// and the digest that an entry records is the SHA-256 of this message.
struct SignedStatement {
  std::string json;  // canonical (RFC 8785)
  Bytes signer_key;  // Ed25519; empty when the statement was proved in another way
  Bytes signature;   // 64 bytes, or empty
};

// The proof, under a fresh checkpoint, that the entry with `opening.sequence` is in the log and
// records `statement`.
//   opening  says which entry, and which of its names to reveal: the receiver can then check them
//   errors   kNotFound: no such entry; kFailedPrecondition: the statement is not canonical, the
//            entry records another one, or a name does not open its commitment
StatusOr<std::string> ExportProofBundle(const LogReader& reader, const LogSigner& signer,
                                        const SignedStatement& statement,
                                        const EntryOpening& opening);

}  // namespace noren::audit
