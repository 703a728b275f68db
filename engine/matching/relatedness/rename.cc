// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/rename.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace noren::matching {

StatusOr<RelatednessModel> RenameTokens(const RelatednessModel& model,
                                        const std::function<Token(Token)>& renamed) {
  if (model.dimension() == 0) return model;
  std::vector<std::pair<Token, Token>> names;  // new, old
  for (const Token token : model.tokens()) {
    const Token name = renamed(token);
    if (!name.is_none()) names.emplace_back(name, token);
  }
  std::ranges::sort(names);
  RelatednessModel::Parts parts{
      model.people_count(), model.min_people(), model.dimension(), {}, {}, {}};
  for (const auto& [name, token] : names) {
    parts.tokens.push_back(name);
    parts.shares.push_back(static_cast<std::uint16_t>(model.ShareAmongNear(token)));
    for (const float coordinate : model.ExactVectorOf(token)) {
      parts.coordinates.push_back(
          static_cast<std::int16_t>(std::lround(coordinate * float{kCoordinateUnits})));
    }
  }
  return RelatednessModel::Make(std::move(parts));
}

}  // namespace noren::matching
