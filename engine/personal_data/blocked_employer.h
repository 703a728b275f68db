// An employer whom somebody blocked: a token that a company's number is compared with, and the
// number itself, which only the token's key opens, so that the token can be made anew under another
// key. Both are in the person's records part, so it takes two keys to learn who the employer is:
// the person's and the token's. (With both, trying all numbers would tell it from the token alone.)
// Source:   docs/formats/person_record.md, docs/design/0018-rotation-of-tokens.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/model/corporate_number.h"
#include "engine/model/ids.h"

namespace noren::personal_data {

struct BlockedEmployer {
  Hash256 token{};                    // Pseudonyms::EmployerToken
  std::optional<std::uint32_t> leaf;  // where the token's key lies; none: the first one
  Bytes number;                       // sealed; empty: blocked before numbers were kept
  bool operator==(const BlockedEmployer&) const = default;
};

// A token key, and where it lies.
struct EmployerKey {
  std::optional<std::uint32_t> leaf;
  const SecretBytes& key;  // borrowed for the call
};

StatusOr<BlockedEmployer> MakeBlockedEmployer(const model::PersonId& person,
                                              const model::CorporateNumber& employer,
                                              const EmployerKey& key, Random& random);
//   errors   kDataCorrupt: another key's or another person's, or it has no number
StatusOr<model::CorporateNumber> OpenBlockedEmployer(const model::PersonId& person,
                                                     const BlockedEmployer& blocked,
                                                     const SecretBytes& key);

// `u8` count, then leaf, token and number of each.
void WriteBlockedEmployers(const std::vector<BlockedEmployer>& employers, RecordWriter& writer);
//   errors   kDataCorrupt: none, more than `most`, or not in ascending order of tokens
StatusOr<std::vector<BlockedEmployer>> ReadBlockedEmployers(RecordReader& reader, std::size_t most);

}  // namespace noren::personal_data
