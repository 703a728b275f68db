// Reads an audit entry as docs/formats/audit_entry.md describes it; written from the document, not
// from the writer.
// Source:   docs/formats/audit_entry.md
// Threads:  free functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::verifier {

struct LostEntries {
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t tree_size = 0;
  Hash256 root{};
};

// What the verifier needs of an entry. The rest is walked over and must have its shape.
struct EntryFacts {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;
  std::int64_t time_seconds = 0;
  std::uint16_t operation = 0;
  std::optional<Hash256> principal;
  std::optional<Hash256> subject;
  std::optional<Hash256> object;
  Hash256 consent_root{};
  bool may_change_consents = false;  // allowed, and an operation that can
  std::optional<Hash256> statement_digest;
  std::optional<LostEntries> lost;
};

StatusOr<EntryFacts> ReadEntryFacts(ByteSpan entry);  // kDataLoss

}  // namespace noren::verifier
