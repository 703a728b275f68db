// What scoring needs of one posting and can be computed once: shares of points, tables of what is
// asked, sums of weights. Refers to the row it was made of; scores are the same as from the row.
// Source:   docs/formats/ranking.md
// Threads:  constant after construction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/matching/rows.h"
#include "engine/matching/scoring/shares.h"
#include "engine/matching/token_table.h"

namespace noren::matching {

// What skills earn, in the form in which features/skills and related_skills look them up.
struct PreparedSkills {
  TokenTable asked;         // token -> PackAsked
  std::uint32_t count = 0;  // of skills asked for
  std::uint32_t most = 0;   // sum of weight x highest level
  TokenTable related;       // token -> 1 + index into `links` of its first link
  struct Link {
    std::uint16_t asked = 0;      // index into `weights`
    std::uint16_t closeness = 0;  // 1000 for the asked skill itself
    bool last = false;            // of its token
  };
  std::vector<Link> links;            // empty unless the posting has related skills
  std::vector<std::uint8_t> weights;  // required, then preferred

  // A skill may be both required and preferred: its weights add up, and it is asked for twice. Both
  // in one number, so that one product with a level, and one sum of such products, hold both.
  static std::uint32_t PackAsked(std::uint32_t weight, std::uint32_t times) {
    return weight << kTimesBits | times;
  }
  static std::uint32_t WeightOf(std::uint64_t sum) {
    return static_cast<std::uint32_t>(sum >> kTimesBits);
  }
  static std::uint32_t TimesOf(std::uint64_t sum) {
    return static_cast<std::uint32_t>(sum) & ((1u << kTimesBits) - 1);
  }
  static constexpr unsigned kTimesBits = 16;
};

struct PreparedPosting {
  explicit PreparedPosting(const PostingRow& from);

  const PostingRow* row;  // outlives this
  Shares shares;
  std::uint32_t features = 0;  // bit n: feature n has a share
  PreparedSkills skills;
  TokenTable near_regions;            // token -> fit
  std::int32_t licence_weights = 0;   // sum over the preferred
  std::int32_t language_weights = 0;  // sum over the preferred
};

}  // namespace noren::matching
