// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/baskets.h"

#include <algorithm>

namespace noren::matching {

void TokenBaskets::Add(std::span<const Token> tokens) {
  const auto begin = static_cast<std::ptrdiff_t>(tokens_.size());
  std::ranges::copy_if(tokens, std::back_inserter(tokens_),
                       [](Token token) { return !token.is_none(); });
  std::sort(tokens_.begin() + begin, tokens_.end());
  tokens_.erase(std::unique(tokens_.begin() + begin, tokens_.end()), tokens_.end());
  ends_.push_back(tokens_.size());
}

void TokenBaskets::AddSkills(const SeekerRow& seeker) {
  std::vector<Token> tokens;
  tokens.reserve(seeker.skills.size());
  for (const LeveledToken& skill : seeker.skills) tokens.push_back(skill.token);
  Add(tokens);
}

}  // namespace noren::matching
