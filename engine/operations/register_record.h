// An entry of a register as it is stored: what an officer recorded, never changed and never taken
// out. Numbers of a register have no gaps; what goes on from an entry names its number.
// Source:   docs/formats/register_entry.md
// Threads:  values
// Secrets:  may name handlers; sealed under the record key
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/policy/register_due.h"

namespace noren::operations {

struct RegisterEntry {
  policy::RegisteredStep step;
  std::uint64_t follows = 0;  // number of the entry it goes on from; 0: of none
  UnixSeconds recorded_at;
  std::string officer;
  std::string policy_version;  // under which it was recorded
  bool operator==(const RegisterEntry&) const = default;
};
std::string RegisterEntryName(const RegisterEntry& entry);  // "incidents-3"

// What is sealed, and what the audit log has the digest of.
Bytes EncodeRegisterEntry(const RegisterEntry& entry);
//   errors   kDataCorrupt
StatusOr<RegisterEntry> DecodeRegisterEntry(ByteSpan plaintext);

StatusOr<Bytes> SealRegisterEntry(const RegisterEntry& entry,
                                  const personal_data::PurposeKeys& keys, Random& random);
// The entry at this key.
//   errors   kDataCorrupt: another's, or changed
StatusOr<RegisterEntry> OpenRegisterEntry(std::string_view store_key, ByteSpan stored,
                                          const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
