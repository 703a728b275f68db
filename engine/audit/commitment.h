// Salted commitments: an audit entry names a principal, a person or a record only as SHA-256 over a
// fresh salt and the name, so that the log can be handed to anyone, and be opened later by whoever
// was given the salt.
// Source:   docs/formats/audit_entry.md
// Threads:  free functions and values.
// Secrets:  salts. The caller stores an Opening only sealed, under the key that destruction of the
//           person replaces; with it gone the commitment says nothing.
// Why safe: SHA-256 with 16 random bytes per commitment: binding by collision resistance, and no
//           dictionary of names can be tried without the salt.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"

namespace noren::audit {

inline constexpr std::size_t kSaltSizeBytes = 16;
inline constexpr std::size_t kMaxCommittedSizeBytes = 256;

using Salt = std::array<std::uint8_t, kSaltSizeBytes>;

// Which of an entry's three names is committed to; part of the hash, so that one cannot stand for
// another.
enum class Party : std::uint8_t { kPrincipal = 1, kSubject = 2, kObject = 3 };

// What turns a commitment back into a name: the printed form of an id or of a principal, and its
// salt.
struct CommittedName {
  Salt salt{};
  std::string name;
  bool operator==(const CommittedName&) const = default;
};

CommittedName ChooseSalt(Random& random, std::string_view name);
Hash256 CommitTo(Party party, const CommittedName& opening);
bool Opens(const Hash256& commitment, Party party, const CommittedName& opening);

// The openings of one entry that are kept in one place. An operation splits them: the subject's
// goes to the person's records, the principal's and the object's to where the operation keeps its
// own.
struct EntryOpening {
  std::uint64_t sequence = 0;
  std::optional<CommittedName> principal;
  std::optional<CommittedName> subject;
  std::optional<CommittedName> object;
  bool operator==(const EntryOpening&) const = default;
};

Bytes Encode(const EntryOpening& opening);
StatusOr<EntryOpening> DecodeEntryOpening(ByteSpan bytes);  // kDataLoss when malformed

}  // namespace noren::audit
