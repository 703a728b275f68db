// SPDX-License-Identifier: Apache-2.0
#include "server/verifier/entry_reader.h"

#include <algorithm>
#include <array>

#include "crypto/base/encoding.h"

namespace noren::verifier {
namespace {

constexpr std::size_t kMaxEntryBytes = 2048;
constexpr std::size_t kMaxOutcomeBytes = 40;
constexpr std::size_t kMaxClauseBytes = 64;
constexpr unsigned kMaxClauses = 16;
constexpr std::uint16_t kContinueAfterRestore = 2;
constexpr unsigned kAllowed = 1;

// docs/formats/audit_entry.md, "Consent root": invite, grant, refuse, withdraw, expire, supersede,
// re-wrap, destroy (one person, or a part of a plan), re-apply; and a restore, which starts from
// the root of the backup.
constexpr std::array<std::uint16_t, 11> kChangeConsents = {2,  66, 67,  68,  69, 70,
                                                           71, 74, 102, 103, 131};

std::optional<Hash256> HashIf(RecordReader& in, bool present) {
  if (!present) return std::nullopt;
  Hash256 hash{};
  const ByteSpan bytes = in.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

}  // namespace

StatusOr<EntryFacts> ReadEntryFacts(ByteSpan entry) {
  const Status malformed = DataLoss("entry: malformed");
  RecordReader in(entry);
  const unsigned version = in.U8();
  if (entry.size() > kMaxEntryBytes || version < 2 || version > 3) return malformed;
  EntryFacts facts;
  facts.partition = in.U32();
  facts.sequence = in.U64();
  facts.time_seconds = in.I64();
  facts.operation = in.U16();
  const unsigned role = in.U8();
  const unsigned decision = in.U8();
  if (role < 1 || role > 7 || decision < 1 || decision > 2) return malformed;
  (void)in.Field(kMaxOutcomeBytes);  // a name of the error table, which grows
  const unsigned flags = in.U8();
  // Version 3 is an entry that names its policy, and no other is.
  if (flags > 63 || ((flags & 32) != 0) != (version == 3)) return malformed;
  facts.principal = HashIf(in, (flags & 1) != 0);
  facts.subject = HashIf(in, (flags & 2) != 0);
  facts.object = HashIf(in, (flags & 4) != 0);
  const unsigned clauses = in.U8();
  if (clauses > kMaxClauses) return malformed;
  for (unsigned i = 0; i < clauses; ++i) (void)in.Field(kMaxClauseBytes);
  (void)HashIf(in, version == 3);  // digest of the policy
  (void)HashIf(in, true);          // digest of the change
  facts.consent_root = *HashIf(in, true);
  facts.statement_digest = HashIf(in, (flags & 8) != 0);
  if ((flags & 16) != 0) {
    LostEntries lost;
    lost.first_sequence = in.U64();
    lost.last_sequence = in.U64();
    lost.tree_size = in.U64();
    lost.root = *HashIf(in, true);
    facts.lost = lost;
  }
  facts.may_change_consents =
      decision == kAllowed && std::find(kChangeConsents.begin(), kChangeConsents.end(),
                                        facts.operation) != kChangeConsents.end();
  if (!in.Finish().ok()) return malformed;
  if (facts.lost.has_value() != (facts.operation == kContinueAfterRestore)) return malformed;
  return facts;
}

}  // namespace noren::verifier
