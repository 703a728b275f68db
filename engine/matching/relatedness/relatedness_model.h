// How near tokens are to each other, learned from who has them together: one unit vector per token,
// as int8 for looking through all of them and as fp32 for the exact answer. What a token stands for
// is not known here.
// Source:   docs/formats/relatedness.md (bytes), docs/design/0003-relatedness.md
// Threads:  immutable; any number of readers
// Memory:   5 x dimension + 18 bytes per token
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// 1000 times the cosine of two vectors, rounded; below zero is zero.
inline constexpr std::int32_t kFullCloseness = 1000;

struct RelatedToken {
  Token token;
  std::int32_t closeness = 0;  // 1..kFullCloseness
  bool operator==(const RelatedToken&) const = default;
};

// The coordinates are whole multiples of 2^-15, so that every sum of products of two vectors is
// exact in double, whatever the order of addition and the instruction set.
inline constexpr std::int32_t kCoordinateUnits = 1 << 15;
inline constexpr std::size_t kMaxDimension = 256;
inline constexpr std::size_t kMaxRelatedTokens = 1 << 20;

class RelatednessModel {
 public:
  // A model that knows no token.
  RelatednessModel() = default;

  struct Parts {
    std::uint64_t people_count = 0;  // trained on
    std::uint32_t min_people = 0;    // no vector is drawn from fewer
    std::size_t dimension = 0;
    std::vector<Token> tokens;              // ascending
    std::vector<std::int16_t> coordinates;  // tokens x dimension, row-major, in 2^-15
    std::vector<std::uint16_t> shares;      // per token: ShareAmongNear
  };
  // kInvalidArgument: sizes that do not fit, tokens out of order, a share above 1000, a vector that
  // is not of unit length (within 1 %).
  static StatusOr<RelatednessModel> Make(Parts parts);

  std::size_t tokens_count() const { return tokens_.size(); }
  std::size_t dimension() const { return dimension_; }
  std::uint64_t people_count() const { return people_count_; }
  std::uint32_t min_people() const { return min_people_; }
  std::span<const Token> tokens() const { return tokens_; }

  // The n nearest other tokens with a closeness above zero: nearer first, then the smaller token.
  // Exact: the int8 scan only leaves out what cannot be among them. Empty for an unknown token.
  std::vector<RelatedToken> Related(Token token, std::size_t n) const;
  // 0 when either is unknown.
  std::int32_t Closeness(Token a, Token b) const;
  // Of the people who have one of the nearest tokens, how many in 1000 have this one too: what
  // having a near token is worth to somebody who asks for this one. Near is not the same as
  // likely: rare tokens of one trade are very near each other, and few people have two of them.
  // 0 for an unknown token.
  std::int32_t ShareAmongNear(Token token) const;

  // Empty for an unknown token. A coordinate is about CoarseScaleOf x the int8 value.
  std::span<const std::int8_t> VectorOf(Token token) const;
  float CoarseScaleOf(Token token) const;
  std::span<const float> ExactVectorOf(Token token) const;

  Bytes Encode() const;
  static StatusOr<RelatednessModel> Decode(ByteSpan bytes);  // kDataLoss: anything malformed

  bool operator==(const RelatednessModel&) const = default;

 private:
  std::optional<std::size_t> IndexOf(Token token) const;
  std::span<const float> ExactRow(std::size_t index) const;
  std::span<const std::int8_t> CoarseRow(std::size_t index) const;
  double ExactProduct(std::size_t a, std::size_t b) const;
  void AddCoarseRow(std::span<const float> exact);

  std::uint64_t people_count_ = 0;
  std::uint32_t min_people_ = 0;
  std::size_t dimension_ = 0;
  std::vector<Token> tokens_;
  std::vector<float> exact_;         // tokens x dimension
  std::vector<std::int8_t> coarse_;  // tokens x dimension
  std::vector<float> scales_;        // of coarse_
  std::vector<float> residuals_;     // at least the length of exact - scale x coarse
  std::vector<std::uint16_t> shares_;
};

}  // namespace noren::matching
