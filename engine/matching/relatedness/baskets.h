// What relatedness is learned from: for every person the tokens that this person has, and nothing
// else. Neither the order of the people nor the order of one person's tokens means anything.
// Source:   docs/design/0003-relatedness.md
// Threads:  const members concurrently
// Memory:   8 bytes per token and 8 per person
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/matching/rows.h"

namespace noren::matching {

class TokenBaskets {
 public:
  // One person. "None" and what is said twice are left out; a basket may be empty.
  void Add(std::span<const Token> tokens);
  void AddSkills(const SeekerRow& seeker);

  std::size_t people_count() const { return ends_.size(); }
  std::size_t tokens_count() const { return tokens_.size(); }  // over all people
  // Sorted, each token once.
  std::span<const Token> operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::span(tokens_).subspan(begin, ends_[index] - begin);
  }

 private:
  std::vector<Token> tokens_;
  std::vector<std::size_t> ends_;
};

}  // namespace noren::matching
