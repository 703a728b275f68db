// One-time codes: eight digits sent to the person's own channel, bound to one statement, good for
// ten minutes and five attempts.
// Source:   docs/formats/one_time_code.md
// Threads:  free functions concurrently
// Secrets:  the code; stored as a keyed token only
// Why safe: at most 10 codes an hour with 5 attempts each, against 10^8 values: one chance in two
//           million an hour.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/personal_data/staged.h"

namespace noren::personal_data {

inline constexpr std::size_t kCodeDigits = 8;
inline constexpr std::int64_t kCodeLifeSeconds = 600;
inline constexpr std::uint8_t kCodeAttempts = 5;
inline constexpr std::uint32_t kCodesPerHour = 10;
inline constexpr std::size_t kLiveCodes =
    4;  // for different statements at once; the oldest gives way

struct CodeContext {
  PersonContext person;
  const PurposeKeys& purpose_keys;
  UnixSeconds now;
};

struct IssuedCode {
  std::string code;  // for the outbox, and nowhere else
  Staged staged;
};
//   stored    the value at keyspaces::CodeKey(person), nullopt when absent
//   errors    kLimitReached: too many codes in this hour; kDataCorrupt
StatusOr<IssuedCode> IssueCode(const CodeContext& context, const Hash256& statement_digest,
                               const std::optional<Bytes>& stored, Random& random);

struct CheckedCode {
  Status verdict;  // ok, or kProofInvalid: wrong, used, too old, too many attempts, for another
                   // statement
  Staged
      staged;  // to be committed whatever the verdict: it counts the attempt, or uses the code up
};
//   errors    kDataCorrupt (no verdict could be reached)
StatusOr<CheckedCode> CheckCode(const CodeContext& context, const Hash256& statement_digest,
                                std::string_view code, const std::optional<Bytes>& stored,
                                Random& random);

}  // namespace noren::personal_data
