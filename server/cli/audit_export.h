// Builds an audit export from what the officer's service answers: checkpoint, entries, proof. The
// chain heads are computed from the entries, so that the export is whole exactly when the entries
// are those under the signed checkpoint.
// Source:   docs/formats/audit_export.md, docs/formats/audit_entry.md
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::cli {

struct SignedHead {
  std::string note;
  std::string origin;
  std::string verifier_key;  // "<origin>+<key hash>+<base64>"
  std::uint32_t partition = 0;
  std::uint64_t tree_size = 0;
};
// Checks the note under `public_key`; kUnauthenticated, kInvalidArgument.
StatusOr<SignedHead> ReadSignedHead(const std::string& note, ByteSpan public_key);

class AuditExportWriter {
 public:
  // `out` must outlive the writer.
  AuditExportWriter(SignedHead head, std::uint64_t older_size, std::ostream& out);
  // The next entry. kDataLoss: malformed, of another partition, or not after the one before.
  Status Add(ByteSpan entry);
  // The last line. kDataLoss unless as many entries were added as the checkpoint covers;
  // kUnavailable: `out` failed.
  Status Finish(const std::vector<std::string>& consistency);
  // Sequence that the next entry has at least.
  std::uint64_t next_sequence() const { return next_sequence_; }
  std::uint64_t entries_count() const { return index_; }

 private:
  SignedHead head_;
  std::ostream& out_;
  Hash256 chain_{};
  std::uint64_t index_ = 0;
  std::uint64_t next_sequence_ = 1;
};

}  // namespace noren::cli
