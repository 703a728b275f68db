// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/terms.h"

#include <array>
#include <atomic>
#include <mutex>
#include <type_traits>

namespace noren::matching {
namespace {

constexpr std::size_t kKinds = 5;
constexpr std::size_t kNodes = 256;
constexpr std::size_t kPageNumbers = 4096;
constexpr std::size_t kPages = 16;  // 65,536 numbers

constexpr std::size_t Index(TermKind kind) { return static_cast<std::size_t>(kind); }

std::uint32_t MostNumbers(TermKind kind) {
  switch (kind) {
    case TermKind::kSkill:
      return Terms::kMaxSkillNumber;
    case TermKind::kLicence:
      return Terms::kMaxLicenceNumber;
    default:
      return Terms::kMaxLanguageNumber;
  }
}

// Tokens by number, in pages that never move.
class NumberedTokens {
 public:
  void Put(std::uint32_t number, Token token) {
    auto& page = pages_[number / kPageNumbers];
    if (page == nullptr) page = std::make_unique<std::array<Token, kPageNumbers>>();
    (*page)[number % kPageNumbers] = token;
  }
  Token At(std::uint32_t number) const {
    return (*pages_[number / kPageNumbers])[number % kPageNumbers];
  }

 private:
  std::array<std::unique_ptr<std::array<Token, kPageNumbers>>, kPages> pages_;
};

// Paths by code: a unit is numbered within its group, so is a minor group.
template <typename Path>
class CodedPaths {
 public:
  void Put(NodeCode code, const Path& path) {
    auto& group = groups_[code.group];
    if (group == nullptr) group = std::make_unique<Group>();
    std::unique_ptr<Path>& cell = code.unit != 0    ? group->units[code.unit]
                                  : code.minor != 0 ? group->minors[code.minor]
                                                    : group->own;
    cell = std::make_unique<Path>(path);
  }
  const Path& At(NodeCode code) const { return *Cell(*groups_[code.group], code); }
  bool Has(NodeCode code) const {
    return groups_[code.group] != nullptr && Cell(*groups_[code.group], code) != nullptr;
  }

 private:
  struct Group {
    std::unique_ptr<Path> own;
    std::array<std::unique_ptr<Path>, kNodes> minors;
    std::array<std::unique_ptr<Path>, kNodes> units;
  };
  static const std::unique_ptr<Path>& Cell(const Group& group, NodeCode code) {
    return code.unit != 0    ? group.units[code.unit]
           : code.minor != 0 ? group.minors[code.minor]
                             : group.own;
  }
  std::array<std::unique_ptr<Group>, kNodes> groups_;
};

}  // namespace

// Filled before a number or code is used in a block; readers learn it from a published block only,
// so no reader touches an entry that is being written.
struct Terms::Tables {
  std::array<NumberedTokens, kKinds> tokens;
  std::array<std::uint32_t, kKinds> numbers{};
  CodedPaths<OccupationPath> occupations;
  CodedPaths<RegionPath> regions;
  std::array<std::uint32_t, kKinds> groups{};
  // Numbers given out within a group: [kind][group]; minors of occupations apart from units.
  std::array<std::array<std::uint16_t, kNodes>, kKinds> minors{};
  std::array<std::array<std::uint16_t, kNodes>, kKinds> units{};
};

Terms::Terms() : tables_(std::make_unique<Tables>()) {}
Terms::~Terms() = default;

void Terms::GiveNumber(IndexTerm& term) {
  std::uint32_t& given = tables_->numbers[Index(term.kind)];
  term.fits = given < MostNumbers(term.kind);
  if (!term.fits) return;
  term.number = static_cast<std::uint16_t>(++given);
  tables_->tokens[Index(term.kind)].Put(term.number, term.token);
}

// Depths 1 and 2 are groups of their own; an occupation's third level is a minor group, everything
// else below a group is a unit.
void Terms::GiveCode(IndexTerm& term) {
  const std::size_t kind = Index(term.kind);
  if (term.depth <= 2) {
    term.fits = tables_->groups[kind] < kMaxNodeNumber;
    if (term.fits) term.code.group = static_cast<std::uint8_t>(++tables_->groups[kind]);
    return;
  }
  const IndexTerm& parent = terms_[term.parent];
  term.fits = parent.fits;
  term.code = parent.code;
  if (!term.fits) return;
  const bool is_minor = term.kind == TermKind::kOccupation && term.depth == 3;
  std::uint16_t& given =
      (is_minor ? tables_->minors : tables_->units)[kind][parent.code.group];
  term.fits = given < kMaxNodeNumber;
  if (!term.fits) return;
  (is_minor ? term.code.minor : term.code.unit) = static_cast<std::uint8_t>(++given);
}

TermId Terms::AddLocked(IndexTerm term) {
  term.id = static_cast<TermId>(terms_.size());
  if (term.parent != kNoTerm) terms_[term.parent].children.push_back(term.id);
  ids_.emplace(term.token.value, term.id);
  terms_.push_back(std::move(term));
  return terms_.back().id;
}

// A parent that is known as something else makes every row that has it wide, so that a path that
// leads through it is never asked for.
TermId Terms::AddNode(const Origin& origin) {
  IndexTerm term;
  term.token = origin.token;
  term.kind = origin.kind;
  term.depth = origin.depth;
  term.parent = origin.parent;
  GiveCode(term);
  if (term.fits) {
    OccupationPath path;  // regions are as deep
    static_assert(std::is_same_v<OccupationPath, RegionPath>);
    path.levels[term.depth - 1U] = term.token;
    for (TermId up = term.parent; up != kNoTerm; up = terms_[up].parent) {
      if (terms_[up].depth > 0) path.levels[terms_[up].depth - 1U] = terms_[up].token;
    }
    (term.kind == TermKind::kOccupation ? tables_->occupations : tables_->regions)
        .Put(term.code, path);
  }
  const std::unique_lock lock(mutex_);
  return AddLocked(std::move(term));
}

bool Terms::Restore(const Origin& origin) {
  if (ids_.contains(origin.token.value)) return false;
  const bool is_node = origin.kind == TermKind::kOccupation || origin.kind == TermKind::kRegion;
  const bool has_parent = origin.parent < terms_.size();
  if (!has_parent && origin.parent != kNoTerm) return false;
  if (!is_node) {
    if (origin.depth != 0 || has_parent) return false;
    Add(origin.kind, origin.token);
    return true;
  }
  if (origin.depth == 0 || origin.depth > OccupationPath::kLevelCount) return false;
  if (has_parent != (origin.depth > 1)) return false;
  AddNode(origin);
  return true;
}

std::vector<Terms::Origin> Terms::Origins() const {
  const std::shared_lock lock(mutex_);
  std::vector<Origin> origins;
  origins.reserve(terms_.size());
  for (const IndexTerm& term : terms_)
    origins.push_back({term.kind, term.depth, term.token, term.parent});
  return origins;
}

TermId Terms::Add(TermKind kind, Token token) {
  const auto found = ids_.find(token.value);
  if (found != ids_.end()) return found->second;
  IndexTerm term;
  term.token = token;
  term.kind = kind;
  GiveNumber(term);
  const std::unique_lock lock(mutex_);
  return AddLocked(std::move(term));
}

template <std::size_t kLevels>
PathTerms Terms::AddPath(TermKind kind, const TokenPath<kLevels>& path,
                         std::vector<TermId>& nodes) {
  PathTerms result;
  for (std::size_t d = 0; d < path.depth(); ++d) {
    const auto found = ids_.find(path.levels[d].value);
    if (found == ids_.end()) {
      result.leaf = AddNode(
          {kind, static_cast<std::uint8_t>(d + 1), path.levels[d], result.leaf});
    } else {
      const IndexTerm& known = terms_[found->second];
      const bool agrees =
          known.kind == kind && known.depth == d + 1 && known.parent == result.leaf;
      if (!agrees) has_conflicts_.store(true);
      result.fits &= agrees;
      result.leaf = found->second;
    }
    result.fits &= terms_[result.leaf].fits;
    nodes.push_back(result.leaf);
  }
  return result;
}

PathTerms Terms::AddOccupation(const OccupationPath& path, std::vector<TermId>& nodes) {
  return AddPath(TermKind::kOccupation, path, nodes);
}
PathTerms Terms::AddRegion(const RegionPath& path, std::vector<TermId>& nodes) {
  return AddPath(TermKind::kRegion, path, nodes);
}

std::optional<TermId> Terms::Find(Token token) const {
  const std::shared_lock lock(mutex_);
  const auto found = ids_.find(token.value);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

IndexTerm Terms::At(TermId id) const {
  const std::shared_lock lock(mutex_);
  return terms_[id];
}

std::size_t Terms::size() const {
  const std::shared_lock lock(mutex_);
  return terms_.size();
}

std::vector<TermId> Terms::WithDescendants(TermId id) const {
  const std::shared_lock lock(mutex_);
  std::vector<TermId> found = {id};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<TermId>& children = terms_[found[i]].children;
    found.insert(found.end(), children.begin(), children.end());
  }
  return found;
}

bool Terms::Has(TermKind kind, std::uint16_t number) const {
  return number != 0 && number <= tables_->numbers[Index(kind)];
}
bool Terms::HasOccupation(NodeCode code) const { return tables_->occupations.Has(code); }
bool Terms::HasRegion(NodeCode code) const { return tables_->regions.Has(code); }

Token Terms::TokenOf(TermKind kind, std::uint16_t number) const {
  return tables_->tokens[Index(kind)].At(number);
}
const OccupationPath& Terms::OccupationOf(NodeCode code) const {
  return tables_->occupations.At(code);
}
const RegionPath& Terms::RegionOf(NodeCode code) const { return tables_->regions.At(code); }

std::size_t Terms::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return terms_.capacity() * (sizeof(IndexTerm) + sizeof(TermId)) + ids_.capacity() * 17 +
         terms_.size() * sizeof(OccupationPath);
}

}  // namespace noren::matching
