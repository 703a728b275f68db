// The stored record of one entry: its bytes and the chain head after it.
// Source:   docs/formats/audit_entry.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::audit {

struct EntryRecord {
  Hash256 head{};
  Bytes entry;
};

Bytes Encode(const EntryRecord& record);
StatusOr<EntryRecord> DecodeEntryRecord(ByteSpan bytes);  // kDataLoss

// SHA-256(previous head | leaf hash).
Hash256 NextHead(const Hash256& previous_head, const Hash256& leaf_hash);

}  // namespace noren::audit
