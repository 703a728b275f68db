// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_seekers.h"

#include <algorithm>
#include <array>

namespace noren::w1 {
namespace {

constexpr int kMaxSkillTries = 400;

// A few distinct ids, in the order they came.
template <std::size_t kCapacity>
class FewIds {
 public:
  bool Add(std::uint32_t id) {
    if (std::ranges::find(span(), id) != span().end()) return false;
    ids_[size_++] = static_cast<std::uint16_t>(id);
    return true;
  }
  std::size_t size() const { return size_; }
  std::uint16_t operator[](std::size_t i) const { return ids_[i]; }
  std::span<const std::uint16_t> span() const { return std::span(ids_).first(size_); }
  void AppendSortedTo(ListColumn& column) {
    std::sort(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(size_));
    column.ids.insert(column.ids.end(), span().begin(), span().end());
    column.begins.push_back(static_cast<std::uint32_t>(column.ids.size()));
  }

 private:
  std::array<std::uint16_t, kCapacity> ids_{};
  std::size_t size_ = 0;
};
using Occupations = FewIds<kMaxSeekerOccupations>;

Occupations DrawOccupations(const Model& model, Stream& stream) {
  Occupations drawn;
  const std::uint32_t primary = model.DrawOccupation(stream);
  drawn.Add(primary);
  const std::uint32_t share = stream.Below(10);
  const std::size_t wanted = share < 4 ? 1 : share < 8 ? 2 : 3;
  while (drawn.size() < wanted) {
    drawn.Add(stream.Percent(60)
                  ? SubMajorOf(primary) * kUnitsPerSubMajor + stream.Below(kUnitsPerSubMajor)
                  : model.DrawOccupation(stream));
  }
  return drawn;
}

void AppendRegions(const Model& model, Stream& stream, ListColumn& column) {
  FewIds<kMaxSeekerRegions> drawn;
  const std::size_t wanted = 1 + stream.Below(kMaxSeekerRegions);
  const std::uint32_t home = model.DrawRegion(stream);
  drawn.Add(home);
  while (drawn.size() < wanted) {
    drawn.Add(stream.Percent(70) ? NeighbourRegion(home, stream) : model.DrawRegion(stream));
  }
  drawn.AppendSortedTo(column);
}

struct SkillAtLevel {
  std::uint16_t skill;
  std::uint8_t level;
};

// 5..19 skills, triangular; one person in 16 has 5..25, even.
std::size_t DrawSkillsWanted(Stream& stream) {
  std::size_t wanted = 5 + stream.Below(8);
  wanted += stream.Below(8);
  if (stream.Below(16) == 0) wanted = 5 + stream.Below(21);
  return wanted;
}

void AppendSkills(const Model& model, const Occupations& occupations, Stream& stream,
                  Seekers& seekers) {
  const std::size_t wanted = DrawSkillsWanted(stream);
  FewIds<kMaxSeekerSkills> drawn;
  std::array<SkillAtLevel, kMaxSeekerSkills> skills{};
  for (int tries = 0; drawn.size() < wanted && tries < kMaxSkillTries; ++tries) {
    std::uint32_t skill = 0;
    if (stream.Percent(80)) {
      const auto which = stream.Below(static_cast<std::uint32_t>(occupations.size()));
      skill = model.DrawSkillOf(occupations[which], stream);
    } else {
      skill = model.DrawSkill(stream);
    }
    if (!drawn.Add(skill)) continue;
    const std::uint32_t first = stream.Below(5);
    const std::uint32_t second = stream.Below(5);
    skills[drawn.size() - 1] = {static_cast<std::uint16_t>(skill),
                                static_cast<std::uint8_t>(1 + (first + second + 1) / 2)};
  }
  std::sort(skills.begin(), skills.begin() + static_cast<std::ptrdiff_t>(drawn.size()),
            [](SkillAtLevel a, SkillAtLevel b) { return a.skill < b.skill; });
  for (std::size_t i = 0; i < drawn.size(); ++i) seekers.levels.push_back(skills[i].level);
  drawn.AppendSortedTo(seekers.skills);
}

// A licence drawn twice counts as one of those wanted.
void AppendLicences(std::uint32_t occupation, Stream& stream, ListColumn& column) {
  FewIds<kMaxSeekerLicences> drawn;
  std::size_t wanted = stream.Below(kMaxSeekerLicences + 1);
  while (drawn.size() < wanted) {
    const std::uint32_t licence =
        stream.Percent(75) ? Model::TypicalLicence(occupation, stream.Below(kTypicalLicencesCount))
                           : stream.Below(kLicencesCount);
    if (!drawn.Add(licence)) --wanted;
  }
  drawn.AppendSortedTo(column);
}

std::uint8_t DrawEmploymentBits(Stream& stream) {
  std::uint32_t bits = 0;
  for (std::uint32_t type = 0; type < 4; ++type) {
    if (stream.Percent(type == 0 ? 80 : 35)) bits |= 1U << type;
  }
  return static_cast<std::uint8_t>(bits == 0 ? 1 : bits);
}

void AppendNumbers(Stream& stream, Seekers& seekers) {
  seekers.employment_bits.push_back(DrawEmploymentBits(stream));
  std::uint32_t wage = stream.Below(24);
  wage += stream.Below(24);
  wage += stream.Below(20);
  seekers.wages.push_back(static_cast<std::uint8_t>(std::min(63U, wage)));
  const std::uint32_t years = stream.Below(41);
  seekers.experiences.push_back(static_cast<std::uint8_t>(std::min(years, stream.Below(41))));
  const std::uint32_t education = stream.Below(7);
  seekers.educations.push_back(static_cast<std::uint8_t>((education + stream.Below(7) + 1) / 2));
}

}  // namespace

Seekers MakeSeekers(const Model& model, std::size_t count) {
  Seekers seekers;
  for (std::size_t i = 0; i < count; ++i) {
    Stream stream(StreamSeed(kSeekerFamily, i));
    Occupations occupations = DrawOccupations(model, stream);
    const std::uint32_t primary = occupations[0];
    AppendRegions(model, stream, seekers.regions);
    AppendSkills(model, occupations, stream, seekers);
    occupations.AppendSortedTo(seekers.occupations);
    AppendLicences(primary, stream, seekers.licences);
    AppendNumbers(stream, seekers);
  }
  return seekers;
}

}  // namespace noren::w1
