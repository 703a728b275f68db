// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/block_terms.h"

#include <algorithm>
#include <bit>

namespace noren::matching {
namespace {

constexpr std::uint8_t kLanguageLevelShift = 13;
constexpr std::uint16_t kLanguageMask = (1U << kLanguageLevelShift) - 1;

// The greatest of `level_of(lane)` over `lanes`.
template <typename LevelOf>
std::uint8_t MostOver(std::uint64_t lanes, LevelOf level_of) {
  std::uint8_t most = 0;
  for (; lanes != 0; lanes &= lanes - 1)
    most = std::max(most, level_of(static_cast<std::size_t>(std::countr_zero(lanes))));
  return most;
}

std::uint8_t SkillIn(const Block& block, std::uint64_t lanes, std::uint16_t number) {
  return MostOver(lanes, [&](std::size_t lane) -> std::uint8_t {
    const SkillRecord& record = block.skills(lane);
    for (std::size_t i = 0; i < record.count(); ++i) {
      if (record.skill[i] == number) return record.LevelAt(i);
    }
    return 0;
  });
}

std::uint8_t LicenceIn(const Block& block, std::uint64_t lanes, std::uint16_t number) {
  return MostOver(lanes, [&](std::size_t lane) -> std::uint8_t {
    for (std::size_t s = 0; s < block.shape().licences; ++s) {
      if (block.licence(s)[lane] == number) return 1;
    }
    return 0;
  });
}

std::uint8_t LanguageIn(const Block& block, std::uint64_t lanes, std::uint16_t number) {
  return MostOver(lanes, [&](std::size_t lane) -> std::uint8_t {
    for (std::size_t s = 0; s < block.shape().languages; ++s) {
      const std::uint16_t packed = block.language(s)[lane];
      if ((packed & kLanguageMask) == number)
        return static_cast<std::uint8_t>(packed >> kLanguageLevelShift);
    }
    return 0;
  });
}

// A lane has a node when its code agrees down to the node's own level.
std::uint8_t OccupationIn(const Block& block, std::uint64_t lanes, NodeCode code) {
  return MostOver(lanes, [&](std::size_t lane) -> std::uint8_t {
    for (std::size_t s = 0; s < block.shape().occupations; ++s) {
      if (block.occupation_group(s)[lane] != code.group) continue;
      if (code.minor != 0 && block.occupation_minor(s)[lane] != code.minor) continue;
      if (code.unit == 0 || block.occupation_unit(s)[lane] == code.unit) return 1;
    }
    return 0;
  });
}

std::uint8_t RegionIn(const Block& block, std::uint64_t lanes, NodeCode code) {
  return MostOver(lanes, [&](std::size_t lane) -> std::uint8_t {
    for (std::size_t s = 0; s < block.shape().regions; ++s) {
      if (block.province(s)[lane] != code.group) continue;
      if (code.unit == 0 || block.place(s)[lane] == code.unit) return 1;
    }
    return 0;
  });
}

template <typename Path>
bool HasNode(const std::vector<Path>& paths, Token token) {
  return std::ranges::any_of(paths, [token](const Path& path) {
    return std::ranges::find(path.levels, token) != path.levels.end();
  });
}

std::uint8_t LevelOf(const std::vector<LeveledToken>& list, Token token) {
  const auto found = std::ranges::find(list, token, &LeveledToken::token);
  return found == list.end() ? std::uint8_t{0} : found->level;
}

std::uint8_t WideLevel(const SeekerRow& row, Token token) {
  const bool held = HasNode(row.occupations, token) || HasNode(row.regions, token) ||
                    std::ranges::find(row.licences, token) != row.licences.end();
  return std::max({static_cast<std::uint8_t>(held ? 1 : 0), LevelOf(row.skills, token),
                   LevelOf(row.languages, token)});
}

std::uint8_t NarrowLevel(const Block& block, std::uint64_t lanes, const IndexTerm& term) {
  switch (term.kind) {
    case TermKind::kSkill:
      return SkillIn(block, lanes, term.number);
    case TermKind::kLicence:
      return LicenceIn(block, lanes, term.number);
    case TermKind::kLanguage:
      return LanguageIn(block, lanes, term.number);
    case TermKind::kOccupation:
      return OccupationIn(block, lanes, term.code);
    case TermKind::kRegion:
      return RegionIn(block, lanes, term.code);
  }
  return 0;
}

bool ColumnsSay(const IndexTerm& term) {
  if (term.depth == 1) return false;
  return term.kind != TermKind::kRegion || term.depth != 3 || term.children.empty();
}

}  // namespace

std::optional<std::uint8_t> MostInBlock(const Block& block, const IndexTerm& term) {
  if (!ColumnsSay(term)) return std::nullopt;
  // A term that got no number is in wide rows only.
  std::uint8_t most =
      term.fits ? NarrowLevel(block, block.live() & ~block.wide(), term) : std::uint8_t{0};
  const std::uint8_t wide = MostOver(block.wide() & block.live(), [&](std::size_t lane) {
    return WideLevel(block.WideRowOf(lane), term.token);
  });
  return std::max(most, wide);
}

}  // namespace noren::matching
