// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/skills.h"

#include <array>

#include "engine/matching/scoring/lookup.h"

namespace noren::matching {

bool PostingAsksSkills(const PostingRow& posting) {
  return !posting.required_skills.empty() || !posting.preferred_skills.empty();
}

Fit SkillsFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  if (!PostingAsksSkills(posting)) return Fit::NotAsked();
  if (seeker.skills.empty()) return Fit::Missing();
  std::int64_t have = 0;
  std::int64_t most = 0;
  for (const LeveledToken& asked : posting.required_skills) {
    have += std::int64_t{kMaxWeight} * LevelIn(seeker.skills, asked.token);
    most += std::int64_t{kMaxWeight} * model::kMaxSkillLevel;
  }
  for (const WeightedToken& asked : posting.preferred_skills) {
    have += std::int64_t{asked.weight} * LevelIn(seeker.skills, asked.token);
    most += std::int64_t{asked.weight} * model::kMaxSkillLevel;
  }
  return Fit::Known(kFullFit * have / most);
}

Fit SkillsFitForPerson(const PostingRow& posting, const SeekerRow& seeker) {
  if (seeker.skills.empty()) return Fit::NotAsked();
  if (!PostingAsksSkills(posting)) return Fit::Missing();
  std::int64_t used = 0;
  for (const LeveledToken& asked : posting.required_skills) {
    used += LevelIn(seeker.skills, asked.token);
  }
  for (const WeightedToken& asked : posting.preferred_skills) {
    used += LevelIn(seeker.skills, asked.token);
  }
  // The strongest n levels, from a count per level instead of a sort.
  std::array<std::size_t, model::kMaxSkillLevel + 1> count{};
  for (const LeveledToken& own : seeker.skills) ++count[own.level];
  std::size_t left = posting.required_skills.size() + posting.preferred_skills.size();
  std::size_t most = 0;
  for (std::size_t level = model::kMaxSkillLevel; level > 0; --level) {
    const std::size_t taken = std::min(left, count[level]);
    most += taken * level;
    left -= taken;
  }
  return Fit::Known(kFullFit * used / static_cast<std::int64_t>(most));
}

}  // namespace noren::matching
