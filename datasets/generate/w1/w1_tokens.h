// Tokens for the codes of workload W1, in two ways: the code itself, and keyed as production does
// it. The two must cost the same to rank by.
// Source:   docs/formats/w1.md (rows)
// Threads:  const after construction.
// Secrets:  none: the key of KeyedTokens is fixed, for measuring only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/matching/rows.h"

namespace noren::w1 {

enum class TokenKind : std::uint8_t {
  kMajorGroup,
  kSubMajorGroup,
  kMinorGroup,
  kOccupation,
  kCountry,
  kRegion,
  kSkill,
  kLicence,
};
inline constexpr std::size_t kTokenKindsCount = 8;

class TokenMaker {
 public:
  virtual ~TokenMaker() = default;
  // Distinct for distinct codes of all kinds, and never none.
  virtual matching::Token Of(TokenKind kind, std::uint32_t code) const = 0;
};

class PlainTokens final : public TokenMaker {
 public:
  matching::Token Of(TokenKind kind, std::uint32_t code) const override;
};

// Keyed BLAKE2b over kind and code; made once for every code.
class KeyedTokens final : public TokenMaker {
 public:
  KeyedTokens();
  matching::Token Of(TokenKind kind, std::uint32_t code) const override;

 private:
  std::array<std::vector<matching::Token>, kTokenKindsCount> tokens_;
};

}  // namespace noren::w1
