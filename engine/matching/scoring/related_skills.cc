// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/related_skills.h"

#include <algorithm>
#include <array>

#include "engine/matching/scoring/skills.h"

namespace noren::matching {
namespace {

// Both lists of a posting at their longest; longer ones only exist in rows that no model has made,
// and what is beyond counts nothing.
constexpr std::size_t kMostAsked = 2 * model::kMaxSkills;

}  // namespace

bool PostingAsksRelatedSkills(const PostingRow& posting) {
  return !posting.related_skills.empty() && PostingAsksSkills(posting);
}

BothFits RelatedSkillsFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const PreparedSkills& asked = posting.skills;
  if (asked.links.empty() || asked.count == 0) return {};
  if (seeker.skills.empty()) return {Fit::Missing(), Fit::NotAsked()};
  const std::size_t count = std::min(asked.weights.size(), kMostAsked);
  std::array<std::uint32_t, kMostAsked> credit;  // closeness x level
  std::fill_n(credit.begin(), count, 0u);
  for (const LeveledToken& own : seeker.skills) {
    const std::uint32_t first = asked.related.Find(own.token);
    if (first == 0) continue;
    for (const PreparedSkills::Link* link = &asked.links[first - 1];; ++link) {
      if (link->asked < count) {
        credit[link->asked] =
            std::max(credit[link->asked], std::uint32_t{link->closeness} * own.level);
      }
      if (link->last) break;
    }
  }
  std::int64_t have = 0;
  for (std::size_t i = 0; i < count; ++i) have += std::int64_t{asked.weights[i]} * credit[i];
  return {Fit::Known(have / asked.most), Fit::NotAsked()};
}

std::int32_t RelatedSkillsBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksRelatedSkills(posting));
}

}  // namespace noren::matching
