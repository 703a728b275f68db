// Numbers that public registers give to companies: what tells one employer from another, and what
// an employer's affiliates are known by.
//   kr-corporation  Korean corporation register, 13 digits (no check digit is relied on: the
//                   register stopped giving one)
//   kr-business     Korean business registration, 10 digits, the last one a check digit
//   jp-corporation  Japanese corporate number, 13 digits, the first one a check digit
// Source:   National Tax Agency of Japan, "calculation of the check digit"; National Tax Service of
//           Korea, check of business registration numbers
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::model {

// Values are stored: never renumbered.
enum class CorporateRegister : std::uint8_t {
  kKrCorporation = 1,
  kKrBusiness = 2,
  kJpCorporation = 3,
};

struct CorporateNumber {
  CorporateRegister in = CorporateRegister::kKrBusiness;
  std::string digits;
  std::string ToString() const;  // "jp-corporation:7000012050002"
  auto operator<=>(const CorporateNumber&) const = default;
};

// Hyphens between digits are left out: "kr-business:124-81-00998".
//   errors   kBadRequest: no such register, not as many digits, or a check digit that does not fit
StatusOr<CorporateNumber> ParseCorporateNumber(std::string_view text);

}  // namespace noren::model
