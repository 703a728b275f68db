// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/skills.h"

#include <algorithm>
#include <array>

namespace noren::matching {
namespace {

// The sum of the n highest levels. How many skills have each level is counted in one number, twelve
// bits a level: a row holds fewer than 4,096.
constexpr unsigned kCountBits = 12;
static_assert(kCountBits * model::kMaxSkillLevel <= 64);

constexpr std::array<std::uint64_t, model::kMaxSkillLevel + 1> kOneOfLevel = [] {
  std::array<std::uint64_t, model::kMaxSkillLevel + 1> ones{};
  for (unsigned level = 1; level < ones.size(); ++level) {
    ones[level] = std::uint64_t{1} << (kCountBits * (level - 1));
  }
  return ones;
}();

std::uint32_t SumOfHighest(std::uint64_t counts, std::uint32_t n) {
  std::uint32_t sum = 0;
  for (unsigned level = model::kMaxSkillLevel; level > 0; --level) {
    const auto count =
        static_cast<std::uint32_t>(counts >> (kCountBits * (level - 1))) & ((1u << kCountBits) - 1);
    const std::uint32_t taken = std::min(n, count);
    sum += taken * level;
    n -= taken;
  }
  return sum;
}

}  // namespace

bool PostingAsksSkills(const PostingRow& posting) {
  return !posting.required_skills.empty() || !posting.preferred_skills.empty();
}
bool PersonAsksSkills(const SeekerRow& seeker) { return !seeker.skills.empty(); }

BothFits SkillsFits(const PreparedPosting& posting, const SeekerRow& seeker) {
  const PreparedSkills& asked = posting.skills;
  if (asked.count == 0 || seeker.skills.empty()) {
    return {asked.count == 0 ? Fit::NotAsked() : Fit::Missing(),
            seeker.skills.empty() ? Fit::NotAsked() : Fit::Missing()};
  }
  std::uint64_t earned = 0;
  std::uint64_t counts = 0;
  for (const LeveledToken& own : seeker.skills) {
    earned += std::uint64_t{asked.asked.Find(own.token)} * own.level;
    counts += kOneOfLevel[own.level];
  }
  const std::uint32_t have = PreparedSkills::WeightOf(earned);
  const std::uint32_t used = PreparedSkills::TimesOf(earned);
  return {Fit::Known(std::uint32_t{kFullFit} * have / asked.most),
          Fit::Known(std::uint32_t{kFullFit} * used / SumOfHighest(counts, asked.count))};
}

std::int32_t SkillsBoundForPosting(const PostingRow& posting) {
  return FullIf(PostingAsksSkills(posting));
}
std::int32_t SkillsBoundForPerson(const SeekerRow& seeker) {
  return FullIf(PersonAsksSkills(seeker));
}

}  // namespace noren::matching
