// What an offline verification checked and what it found.
// Threads:  values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"

namespace noren::verifier {

enum class Finding : std::uint8_t {
  kMalformed = 1,      // not the documented format, byte for byte
  kWrongLog,           // another origin or partition than the key or the file says
  kEntryMalformed,     // an entry does not decode
  kSequenceGap,        // entries missing, repeated or out of order
  kChainBroken,        // a chain head is not what the entries give
  kRootMismatch,       // the checkpoint's root is not the entries' root
  kSignatureInvalid,   // checkpoint or statement not signed by the key
  kTruncated,          // fewer entries than a known checkpoint
  kInconsistent,       // the log was rewritten since a known checkpoint
  kNotIncluded,        // the inclusion proof does not lead to the checkpoint's root
  kStatementMismatch,  // the entry records another statement
  kOpeningMismatch,    // a revealed name does not open its commitment
  kConsentRootMoved,   // consents changed under an entry that cannot change any
};
std::string_view FindingName(Finding finding);  // "SEQUENCE_GAP": stable

struct FindingAt {
  Finding finding = Finding::kMalformed;
  std::optional<std::uint64_t> line;  // of the file, from 1
  std::string detail;                 // literals and numbers only
};

struct Check {
  std::string name;         // "leaf hashes", "chain heads", ...
  std::uint64_t count = 0;  // how many things it looked at
};

struct Report {
  std::string origin;
  std::uint64_t tree_size = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t lost_entries = 0;  // acknowledged once and declared lost by a restore
  std::optional<Hash256> root;
  std::vector<Check> checks;        // that passed
  std::vector<std::string> notes;   // what was not checked, and why
  std::vector<FindingAt> findings;  // the first finding of each independent check
  bool ok() const { return findings.empty() && !checks.empty(); }
};

std::string ToText(const Report& report);
std::string ToJson(const Report& report);

}  // namespace noren::verifier
