// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/cards/classes.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace noren::matching {
namespace {

constexpr std::array kRefinements = {
    Refinement::kOccupation, Refinement::kRegion,     Refinement::kOccupation, Refinement::kRegion,
    Refinement::kExperience, Refinement::kEducation,  Refinement::kOccupation, Refinement::kRegion,
    Refinement::kExperience, Refinement::kOccupation, Refinement::kEducation,  Refinement::kRegion};

constexpr std::array<Band, 2> kCoarseExperience = {{{0, 36}, {36, 841}}};
constexpr std::array<Band, 5> kFineExperience = {
    {{0, 12}, {12, 36}, {36, 84}, {84, 120}, {120, 841}}};
constexpr std::array<Band, 2> kCoarseEducation = {{{0, 5}, {5, 9}}};
constexpr std::array<Band, 5> kFineEducation = {{{0, 3}, {3, 5}, {5, 6}, {6, 7}, {7, 9}}};

// A value one level finer: a token, or a band as its two ends.
using Key = std::pair<std::uint64_t, std::uint64_t>;

std::optional<Band> BandWith(std::span<const Band> bands, std::int32_t value) {
  for (const Band& band : bands) {
    if (band.begin <= value && value < band.end) return band;
  }
  return std::nullopt;
}

std::optional<Band> FinerBand(const std::optional<Band>& now, std::span<const Band> coarse,
                              std::span<const Band> fine, std::int32_t value) {
  if (!now) return BandWith(coarse, value);
  const bool is_coarse = std::ranges::find(coarse, *now) != coarse.end();
  return is_coarse ? BandWith(fine, value) : std::nullopt;
}

Key KeyOf(const Band& band) {
  return {static_cast<std::uint64_t>(band.begin), static_cast<std::uint64_t>(band.end)};
}

template <std::size_t kLevels>
void PathOptions(const TokenPath<kLevels>& now, const std::vector<TokenPath<kLevels>>& paths,
                 std::vector<Key>& options) {
  const std::size_t depth = now.depth();
  if (depth == kLevels) return;
  for (const auto& path : paths) {
    if (SharedDepth(now, path) != depth || path.levels[depth].is_none()) continue;
    options.push_back({path.levels[depth].value, 0});
  }
}

// The values that a member could be refined to: several when several wishes fit, none when it
// states nothing finer.
std::vector<Key> OptionsOf(const SeekerRow& seeker, const CoarseRow& row, Refinement refinement) {
  std::vector<Key> options;
  switch (refinement) {
    case Refinement::kOccupation:
      PathOptions(row.occupation, seeker.occupations, options);
      break;
    case Refinement::kRegion:
      PathOptions(row.region, seeker.regions, options);
      break;
    case Refinement::kExperience:
      if (seeker.experience_months) {
        const auto band = FinerBand(row.experience_months, kCoarseExperience, kFineExperience,
                                    *seeker.experience_months);
        if (band) options.push_back(KeyOf(*band));
      }
      break;
    case Refinement::kEducation:
      if (seeker.education) {
        const auto band =
            FinerBand(row.education, kCoarseEducation, kFineEducation, *seeker.education);
        if (band) options.push_back(KeyOf(*band));
      }
      break;
  }
  std::ranges::sort(options);
  const auto rest = std::ranges::unique(options);
  options.erase(rest.begin(), rest.end());
  return options;
}

CoarseRow Refined(CoarseRow row, Refinement refinement, const Key& key) {
  const Band band{static_cast<std::int32_t>(key.first), static_cast<std::int32_t>(key.second)};
  switch (refinement) {
    case Refinement::kOccupation:
      row.occupation.levels[row.occupation.depth()] = Token{key.first};
      break;
    case Refinement::kRegion:
      row.region.levels[row.region.depth()] = Token{key.first};
      break;
    case Refinement::kExperience:
      row.experience_months = band;
      break;
    case Refinement::kEducation:
      row.education = band;
      break;
  }
  return row;
}

using Members = std::vector<const SeekerRow*>;

struct Node {
  CoarseRow row;
  Members members;
  std::array<bool, 5> closed{};  // by Refinement
  std::size_t step = 0;          // counts the refinements tried, over and over in their order
  std::size_t idle_steps = 0;    // in a row without a split; all of them: the class is final
};

// Members by the value they go to; those that have none under nullopt's place, `rest`. A member
// with several options goes to the one that most members could take (ties: the smaller value), so
// that fewer classes stay coarse.
struct Groups {
  std::map<Key, Members> by_key;
  Members rest;
};

Groups GroupMembers(const Node& node, Refinement refinement) {
  std::vector<std::vector<Key>> options;
  std::map<Key, std::size_t> takers;
  for (const SeekerRow* member : node.members) {
    options.push_back(OptionsOf(*member, node.row, refinement));
    for (const Key& key : options.back()) ++takers[key];
  }
  Groups groups;
  for (std::size_t i = 0; i < node.members.size(); ++i) {
    if (options[i].empty()) {
      groups.rest.push_back(node.members[i]);
      continue;
    }
    const auto best = std::ranges::max_element(
        options[i], [&](const Key& a, const Key& b) { return takers[a] < takers[b]; });
    groups.by_key[*best].push_back(node.members[i]);
  }
  return groups;
}

// Moves groups below k to the rest, then the smallest others until the rest is empty or at least k
// itself.
void KeepAtLeastK(Groups& groups, std::size_t k) {
  const auto absorb = [&](std::map<Key, Members>::iterator group) {
    groups.rest.insert(groups.rest.end(), group->second.begin(), group->second.end());
    return groups.by_key.erase(group);
  };
  for (auto group = groups.by_key.begin(); group != groups.by_key.end();) {
    group = group->second.size() < k ? absorb(group) : std::next(group);
  }
  while (!groups.rest.empty() && groups.rest.size() < k && !groups.by_key.empty()) {
    absorb(std::ranges::min_element(groups.by_key, [](const auto& a, const auto& b) {
      return a.second.size() < b.second.size();
    }));
  }
}

// One step finer: the groups that can stand alone, and what stays in the coarser class. Those who
// stay while others leave may not take this hierarchy again: no two classes end with one row.
std::vector<Node> Split(Node node, Refinement refinement, std::size_t k) {
  bool& closed = node.closed[static_cast<std::size_t>(refinement)];
  ++node.step;
  ++node.idle_steps;
  Groups groups;
  if (!closed) groups = GroupMembers(node, refinement);
  KeepAtLeastK(groups, k);
  std::vector<Node> nodes;
  if (groups.by_key.empty()) {
    nodes.push_back(std::move(node));
    return nodes;
  }
  for (auto& [key, members] : groups.by_key) {
    nodes.push_back(
        {Refined(node.row, refinement, key), std::move(members), node.closed, node.step, 0});
  }
  if (!groups.rest.empty()) {
    closed = true;
    node.members = std::move(groups.rest);
    node.idle_steps = 0;
    nodes.push_back(std::move(node));
  }
  return nodes;
}

SeekerClass ClassOf(const Node& node) {
  SeekerClass made;
  made.row = node.row;
  for (const SeekerRow* member : node.members) made.members.push_back(member->id);
  std::ranges::sort(made.members);
  return made;
}

bool HasDoubleId(std::span<const SeekerRow> rows) {
  std::vector<SeekerRowId> ids;
  for (const SeekerRow& row : rows) ids.push_back(row.id);
  std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) != ids.end();
}

}  // namespace

std::span<const Refinement> DefaultRefinements() { return kRefinements; }

StatusOr<ClassTable> BuildClasses(std::span<const SeekerRow> discoverable,
                                  const ClassRules& rules) {
  if (rules.k < kMinClassSize || rules.k > kMaxClassSize) {
    return InvalidArgument("cards: k is out of range");
  }
  if (HasDoubleId(discoverable)) return InvalidArgument("cards: a row id occurs twice");
  ClassTable table;
  table.k = rules.k;
  table.epoch_day = rules.epoch_day;
  if (discoverable.size() < rules.k) return table;
  Node root;
  for (const SeekerRow& row : discoverable) root.members.push_back(&row);
  std::vector<Node> open;
  open.push_back(std::move(root));
  while (!open.empty()) {
    Node node = std::move(open.back());
    open.pop_back();
    if (node.idle_steps == rules.refinements.size()) {
      table.classes.push_back(ClassOf(node));
      continue;
    }
    const Refinement refinement = rules.refinements[node.step % rules.refinements.size()];
    for (Node& next : Split(std::move(node), refinement, rules.k)) open.push_back(std::move(next));
  }
  std::ranges::sort(table.classes, {}, &SeekerClass::row);
  for (std::size_t i = 0; i < table.classes.size(); ++i) {
    table.classes[i].id = static_cast<std::uint32_t>(i);
  }
  return table;
}

}  // namespace noren::matching
