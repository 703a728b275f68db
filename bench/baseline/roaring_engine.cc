// SPDX-License-Identifier: Apache-2.0
#include "bench/baseline/roaring_engine.h"

#include <algorithm>
#include <array>
#include <roaring/roaring.hh>
#include <span>

#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {
namespace {

using w1::Posting;
using w1::Seekers;

constexpr std::size_t kWagesCount = 64;
constexpr std::size_t kExperiencesCount = 41;
constexpr std::size_t kEducationsCount = 7;
constexpr std::size_t kEmploymentTypesCount = 4;

std::uint64_t NoTie() { return 0; }

struct Occurrence {
  std::uint32_t seeker;
  std::uint8_t level;
};
using Bitmaps = std::vector<Roaring>;

// One bitmap per code, of the people who list it.
Bitmaps BitmapsOf(const w1::ListColumn& column, std::size_t seekers_count, std::size_t codes,
                  std::uint32_t (*code_of)(std::uint32_t)) {
  Bitmaps bitmaps(codes);
  for (std::size_t i = 0; i < seekers_count; ++i) {
    for (const std::uint16_t id : column.Of(i)) {
      bitmaps[code_of(id)].add(static_cast<std::uint32_t>(i));
    }
  }
  return bitmaps;
}
std::uint32_t Itself(std::uint32_t code) { return code; }

void Compact(Bitmaps& bitmaps) {
  for (Roaring& bitmap : bitmaps) {
    bitmap.runOptimize();
    bitmap.shrinkToFit();
  }
}
std::size_t BytesOf(const Bitmaps& bitmaps) {
  std::size_t bytes = 0;
  for (const Roaring& bitmap : bitmaps) bytes += bitmap.getSizeInBytes();
  return bytes;
}

Roaring UnionOf(const Bitmaps& bitmaps, const std::vector<std::uint16_t>& codes) {
  Roaring all = bitmaps[codes[0]];
  for (std::size_t i = 1; i < codes.size(); ++i) all |= bitmaps[codes[i]];
  return all;
}

}  // namespace

struct RoaringEngine::Lists {
  Bitmaps occupations, minors, sub_majors, regions, licences, skills;
  Bitmaps employment{kEmploymentTypesCount};
  Bitmaps wage_at_most{kWagesCount};
  Bitmaps experience_at_least{kExperiencesCount};
  Bitmaps education_at_least{kEducationsCount};
  std::vector<std::vector<Occurrence>> levels{w1::kSkillsCount};  // by skill, by person

  explicit Lists(const Seekers& seekers);
  void AddNumbers(const Seekers& seekers, std::uint32_t i);
  void CompactAll();
  std::array<Bitmaps*, 10> All() {
    return {
        &occupations, &minors,       &sub_majors,          &regions,           &licences, &skills,
        &employment,  &wage_at_most, &experience_at_least, &education_at_least};
  }
};

RoaringEngine::Lists::Lists(const Seekers& seekers) {
  const std::size_t count = seekers.size();
  occupations = BitmapsOf(seekers.occupations, count, w1::kOccupationsCount, Itself);
  minors = BitmapsOf(seekers.occupations, count, w1::kMinorGroupsCount, w1::MinorOf);
  sub_majors = BitmapsOf(seekers.occupations, count, w1::kSubMajorGroupsCount, w1::SubMajorOf);
  regions = BitmapsOf(seekers.regions, count, w1::kRegionsCount, Itself);
  licences = BitmapsOf(seekers.licences, count, w1::kLicencesCount, Itself);
  skills = BitmapsOf(seekers.skills, count, w1::kSkillsCount, Itself);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto ids = seekers.skills.Of(i);
    const auto person_levels = seekers.LevelsOf(i);
    for (std::size_t j = 0; j < ids.size(); ++j) levels[ids[j]].push_back({i, person_levels[j]});
    AddNumbers(seekers, i);
  }
  CompactAll();
}

void RoaringEngine::Lists::AddNumbers(const Seekers& seekers, std::uint32_t i) {
  for (std::size_t type = 0; type < kEmploymentTypesCount; ++type) {
    if ((seekers.employment_bits[i] >> type & 1) != 0) employment[type].add(i);
  }
  for (std::size_t wage = seekers.wages[i]; wage < kWagesCount; ++wage) wage_at_most[wage].add(i);
  for (std::size_t years = 0; years <= seekers.experiences[i]; ++years) {
    experience_at_least[years].add(i);
  }
  for (std::size_t level = 0; level <= seekers.educations[i]; ++level) {
    education_at_least[level].add(i);
  }
}

void RoaringEngine::Lists::CompactAll() {
  for (Bitmaps* bitmaps : All()) Compact(*bitmaps);
  for (auto& list : levels) list.shrink_to_fit();
}

RoaringEngine::RoaringEngine(const Seekers& seekers)
    : seekers_(seekers), lists_(std::make_unique<Lists>(seekers)) {}
RoaringEngine::~RoaringEngine() = default;

Answer RoaringEngine::W1a(const Posting& posting, RoaringWorkspace& workspace) const {
  // The rarest first: what is left after the first two is small, and so are the rest of the steps.
  Roaring left = UnionOf(lists_->occupations, posting.occupations);
  left &= UnionOf(lists_->regions, posting.regions);
  for (const std::uint16_t licence : posting.licences) left &= lists_->licences[licence];
  for (const std::uint16_t skill : posting.required_skills) left &= lists_->skills[skill];
  const auto type = static_cast<std::size_t>(__builtin_ctz(posting.employment_bits));
  left &= lists_->employment[type];
  left &= lists_->wage_at_most[posting.wage];
  if (posting.min_experience > 0) left &= lists_->experience_at_least[posting.min_experience];
  if (posting.min_education > 0) left &= lists_->education_at_least[posting.min_education];

  workspace.survivors.resize(left.cardinality());
  left.toUint32Array(workspace.survivors.data());
  workspace.weights.Set(posting, false);
  matching::BestK<matching::SeekerRowId> best(kTopK);
  for (const std::uint32_t i : workspace.survivors) {
    best.Offer(w1::RowIdOf(i), workspace.weights.ScoreOf(seekers_, i), NoTie);
  }
  workspace.weights.Clear(posting);
  return best.TakeSorted();
}

namespace {

using Scores = std::vector<std::uint16_t>;

void AddTo(Scores& scores, std::uint32_t seeker, unsigned points) {
  scores[seeker] = static_cast<std::uint16_t>(scores[seeker] + points);
}
void AddBitmap(Scores& scores, const Roaring& bitmap, std::uint8_t points) {
  struct Target {
    Scores& scores;
    std::uint8_t points;
  } target{scores, points};
  bitmap.iterate(
      [](std::uint32_t seeker, void* to) {
        auto* into = static_cast<Target*>(to);
        AddTo(into->scores, seeker, into->points);
        return true;
      },
      &target);
}
void AddSkill(Scores& scores, const std::vector<Occurrence>& list, std::uint8_t weight) {
  for (const Occurrence& one : list) AddTo(scores, one.seeker, unsigned{weight} * one.level);
}

}  // namespace

Answer RoaringEngine::W1b(const Posting& posting, RoaringWorkspace& workspace) const {
  Scores& scores = workspace.scores;
  for (std::size_t i = 0; i < posting.preferred_skills.size(); ++i) {
    AddSkill(scores, lists_->levels[posting.preferred_skills[i]], posting.weights[i]);
  }
  for (const auto skill : posting.required_skills) {
    AddSkill(scores, lists_->levels[skill], kRequiredSkillPoints);
  }
  const auto add_all = [&](const Bitmaps& bitmaps, const std::vector<std::uint16_t>& codes,
                           std::uint8_t points) {
    for (const std::uint16_t code : codes) AddBitmap(scores, bitmaps[code], points);
  };
  add_all(lists_->occupations, posting.occupations, kOccupationPoints);
  add_all(lists_->minors, DistinctGroups(posting.occupations, w1::MinorOf), kMinorGroupPoints);
  add_all(lists_->sub_majors, DistinctGroups(posting.occupations, w1::SubMajorOf),
          kSubMajorGroupPoints);
  add_all(lists_->regions, posting.regions, kRegionPoints);
  add_all(lists_->licences, posting.licences, kLicencePoints);

  const Roaring& employed =
      lists_->employment[static_cast<std::size_t>(__builtin_ctz(posting.employment_bits))];
  const Roaring& paid = lists_->wage_at_most[posting.wage];
  constexpr std::int32_t kMostThresholdPoints = kExperiencePoints + kEducationPoints;
  matching::BestK<matching::SeekerRowId> best(kTopK);
  std::int32_t least = -1;  // below this nobody is kept any more
  for (std::uint32_t i = 0; i < scores.size(); ++i) {
    if (scores[i] + kMostThresholdPoints < least || !paid.contains(i) || !employed.contains(i)) {
      continue;
    }
    best.Offer(w1::RowIdOf(i), scores[i] + ThresholdPointsOf(seekers_, i, posting), NoTie);
    if (best.full()) least = best.worst_score();
  }
  std::ranges::fill(scores, std::uint16_t{0});
  return best.TakeSorted();
}

std::size_t RoaringEngine::memory_bytes() const {
  std::size_t bytes = 0;
  for (const Bitmaps* bitmaps : lists_->All()) bytes += BytesOf(*bitmaps);
  for (const auto& list : lists_->levels) bytes += list.capacity() * sizeof(Occurrence);
  const auto forward = seekers_.skills.ids.size() * 3 + seekers_.skills.begins.size() * 4;
  return bytes + forward + seekers_.size() * 2;  // and the two byte columns of thresholds
}

}  // namespace noren::bench
