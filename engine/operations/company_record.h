// What the operator has verified about a company: who it is in law, by which numbers it and its
// affiliates are known, and to which classes of companies it belongs. Sealed under the store key.
// Source:   docs/formats/operations_records.md; Enforcement Rules of the Japanese Act on the
//           Protection of Personal Information, art. 20 (name, address and representative)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/corporate_number.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::operations {

inline constexpr std::size_t kMaxCompanyAffiliates = 256;
inline constexpr std::size_t kMaxCompanyClasses = 16;
inline constexpr std::size_t kMaxCompanyLineBytes = 300;

struct CompanyRecord {
  std::string name;            // as in its certificate, e.g. "hangang-care"
  std::uint64_t version = 0;   // 1 for the first; rises with every change
  std::string legal_name;      // 1..kMaxCompanyLineBytes
  std::string address;         // as legal_name
  std::string representative;  // as legal_name
  model::CorporateNumber number;
  std::vector<model::CorporateNumber> affiliates;  // ascending, none twice, not `number`
  std::vector<std::string> classes;                // of the policy's; ascending, none twice
  UnixSeconds registered_at;
  bool operator==(const CompanyRecord&) const = default;
};

std::string CompanyKeyOf(std::string_view name);  // "company/hangang-care"

StatusOr<Bytes> EncodeCompanyRecord(const CompanyRecord& record,
                                    const personal_data::PurposeKeys& keys, Random& random);
//   errors   kDataCorrupt: not this company's record, or changed
StatusOr<CompanyRecord> DecodeCompanyRecord(std::string_view name, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
