// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_postings.h"

#include <algorithm>
#include <array>

namespace noren::w1 {
namespace {

bool Has(const std::vector<std::uint16_t>& list, std::uint32_t id) {
  return std::ranges::find(list, id) != list.end();
}
void Add(std::vector<std::uint16_t>& list, std::uint32_t id) {
  list.push_back(static_cast<std::uint16_t>(id));
}
void AddDistinct(std::vector<std::uint16_t>& list, std::uint32_t id) {
  if (!Has(list, id)) Add(list, id);
}

// Returns the first occupation, whose skills and licences are asked for.
std::uint32_t DrawOccupations(const Model& model, Stream& stream, Posting& posting) {
  const std::uint32_t first = model.DrawAdvertisedOccupation(stream);
  Add(posting.occupations, first);
  if (stream.Below(10) < 7) {
    AddDistinct(posting.occupations,
                SubMajorOf(first) * kUnitsPerSubMajor + stream.Below(kUnitsPerSubMajor));
  }
  std::ranges::sort(posting.occupations);
  return first;
}

void DrawRegions(const Model& model, Stream& stream, Posting& posting) {
  const std::uint32_t home = model.DrawAdvertisedRegion(stream);
  const std::uint32_t share = stream.Below(10);
  const std::size_t wanted = share < 2 ? 1 : share < 5 ? 2 : 3;
  Add(posting.regions, home);
  while (posting.regions.size() < wanted) {
    AddDistinct(posting.regions, NeighbourRegion(home, stream));
  }
  std::ranges::sort(posting.regions);
}

void DrawConditions(std::uint32_t occupation, Stream& stream, Posting& posting) {
  constexpr std::array<std::uint8_t, 8> kMinExperiences = {0, 0, 0, 1, 2, 3, 5, 8};
  posting.employment_bits =
      static_cast<std::uint8_t>(stream.Percent(85) ? 1U : 1U << (1 + stream.Below(3)));
  posting.wage = static_cast<std::uint8_t>(34 + stream.Below(26));
  posting.min_experience = kMinExperiences[stream.Below(8)];
  const std::uint32_t education = stream.Below(5);
  posting.min_education = static_cast<std::uint8_t>(std::min(education, stream.Below(5)));
  if (stream.Percent(10)) {
    Add(posting.licences, Model::TypicalLicence(occupation, stream.Below(kTypicalLicencesCount)));
  }
}

void DrawRequiredSkills(const Model& model, std::uint32_t occupation, Stream& stream,
                        Posting& posting) {
  const std::uint32_t share = stream.Below(100);
  const std::size_t wanted = share < 60 ? 0 : share < 90 ? 1 : 2;
  while (posting.required_skills.size() < wanted) {
    AddDistinct(posting.required_skills, model.SkillOf(occupation, stream.Below(4)));
  }
}

void DrawPreferredSkills(const Model& model, std::uint32_t occupation, Stream& stream,
                         Posting& posting) {
  const std::size_t wanted = 5 + stream.Below(11);
  while (posting.preferred_skills.size() < wanted) {
    const std::uint32_t skill =
        stream.Percent(90) ? model.DrawSkillOf(occupation, stream) : model.DrawSkill(stream);
    if (Has(posting.preferred_skills, skill) || Has(posting.required_skills, skill)) continue;
    Add(posting.preferred_skills, skill);
    posting.weights.push_back(static_cast<std::uint8_t>(1 + stream.Below(10)));
  }
}

}  // namespace

std::vector<Posting> MakePostings(const Model& model, std::size_t count) {
  std::vector<Posting> postings(count);
  for (std::size_t i = 0; i < count; ++i) {
    Stream stream(StreamSeed(kPostingFamily, i));
    Posting& posting = postings[i];
    const std::uint32_t occupation = DrawOccupations(model, stream, posting);
    DrawRegions(model, stream, posting);
    DrawConditions(occupation, stream, posting);
    DrawRequiredSkills(model, occupation, stream, posting);
    DrawPreferredSkills(model, occupation, stream, posting);
  }
  return postings;
}

}  // namespace noren::w1
