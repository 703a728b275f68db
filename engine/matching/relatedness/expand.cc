// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/expand.h"

#include <algorithm>
#include <vector>

namespace noren::matching {

void ExpandPosting(PostingRow& posting, const RelatednessModel& model,
                   const ExpansionOptions& options) {
  std::vector<Token> asked;
  for (const LeveledToken& skill : posting.required_skills) asked.push_back(skill.token);
  for (const WeightedToken& skill : posting.preferred_skills) asked.push_back(skill.token);
  posting.related_skills.clear();
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::int32_t share = model.ShareAmongNear(asked[i]);
    if (share == 0) continue;
    std::size_t taken = 0;
    // At most asked.size() of the nearest are asked for themselves.
    for (const RelatedToken& near : model.Related(asked[i], options.max_per_skill + asked.size())) {
      const std::int32_t credit = near.closeness * share / kFullCloseness;
      if (taken == options.max_per_skill || near.closeness < options.min_closeness ||
          credit < options.min_credit) {
        break;
      }
      if (std::ranges::find(asked, near.token) != asked.end()) continue;
      posting.related_skills.push_back(
          {near.token, static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(credit)});
      ++taken;
    }
  }
}

}  // namespace noren::matching
