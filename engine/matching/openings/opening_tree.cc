// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_tree.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "crypto/base/check.h"

namespace noren::matching {
namespace {

// Room for some before the first split.
constexpr std::size_t kFreshBlockLanes = 56;
// Below kThinLanes a block is joined with a neighbour, if both together leave some room.
constexpr std::size_t kThinLanes = 20;
constexpr std::size_t kJoinedLanes = 48;

std::vector<OpeningAt> OpeningsOf(const OpeningBlock& block) {
  std::vector<OpeningAt> openings;
  openings.reserve(kBlockLanes + 1);
  for (const OpeningAt& at : block.openings) {
    if (at.opening == nullptr) break;  // lanes are filled from the first
    openings.push_back(at);
  }
  return openings;
}

// At each of its homes.
void AppendEverywhere(const std::shared_ptr<const Opening>& opening, std::vector<OpeningAt>& out) {
  for (const RegionKey& home : opening->homes) {
    out.push_back({opening, ClusterKeyOf(*opening, home)});
  }
}

void ForgetHomes(BlockGroup& group, std::size_t index) {
  const BlockMask bit = BlockMask{1} << index;
  VisitHomes(*group.blocks[index], [&](const HomeLanes& lanes) {
    const auto at = std::ranges::lower_bound(group.homes, lanes.home, {}, &HomeBlocks::home);
    at->blocks &= ~bit;
    if (at->blocks == 0) group.homes.erase(at);
  });
}

void AddHomes(BlockGroup& group, std::size_t index) {
  const BlockMask bit = BlockMask{1} << index;
  VisitHomes(*group.blocks[index], [&](const HomeLanes& lanes) {
    const auto at = std::ranges::lower_bound(group.homes, lanes.home, {}, &HomeBlocks::home);
    if (at != group.homes.end() && at->home == lanes.home) {
      at->blocks |= bit;
    } else {
      group.homes.insert(at, {lanes.home, bit});
    }
  });
}

}  // namespace

OpeningTree::Draft::Draft(const OpeningVersion& base)
    : version_(std::make_unique<OpeningVersion>(base)) {
  ++version_->number;
}

const OpeningBlock& OpeningTree::Draft::At(BlockAt at) const {
  const std::size_t group = at / kGroupBlocks;
  const auto edited = edited_.find(group);
  const BlockGroup& holder = edited != edited_.end() ? *edited->second : *version_->groups[group];
  return *holder.blocks[at % kGroupBlocks];
}

BlockGroup& OpeningTree::Draft::Editable(std::size_t group) {
  auto& edited = edited_[group];
  if (edited != nullptr) return *edited;
  if (group >= version_->groups.size()) version_->groups.resize(group + 1);
  const auto& base = version_->groups[group];
  edited = base != nullptr ? std::make_unique<BlockGroup>(*base) : std::make_unique<BlockGroup>();
  return *edited;
}

void OpeningTree::Draft::Set(BlockAt at, std::shared_ptr<const OpeningBlock> block) {
  BlockGroup& group = Editable(at / kGroupBlocks);
  const std::size_t index = at % kGroupBlocks;
  const BlockMask bit = BlockMask{1} << index;
  if (group.blocks[index] != nullptr) ForgetHomes(group, index);
  group.blocks[index] = std::move(block);
  if (group.blocks[index] != nullptr) {
    group.used |= bit;
    AddHomes(group, index);
  } else {
    group.used &= ~bit;
  }
}

std::unique_ptr<OpeningVersion> OpeningTree::Draft::Take() {
  for (auto& [group, edited] : edited_) version_->groups[group] = std::move(edited);
  edited_.clear();
  return std::move(version_);
}

OpeningTree::OpeningTree(std::vector<PostingRow> rows) {
  const std::size_t count = rows.size();
  Openings openings;
  openings.reserve(count);
  openings_.reserve(count);
  for (PostingRow& row : rows) {
    const std::shared_ptr<const Opening> opening = MakeOpening(std::move(row), paths_);
    AppendEverywhere(opening, openings);
    openings_.emplace(opening->row.id, opening);
  }
  NOREN_CHECK(openings_.size() == count, "two postings have one id");
  std::ranges::sort(openings, {}, &OpeningAt::key);
  Draft draft{OpeningVersion{}};
  draft.version().number = 0;
  for (std::size_t begin = 0; begin < openings.size(); begin += kFreshBlockLanes) {
    const std::size_t length = std::min(kFreshBlockLanes, openings.size() - begin);
    PutLeaf(draft, std::span(openings).subspan(begin, length));
  }
  Publish(std::move(draft));
}

OpeningTree::~OpeningTree() { const std::unique_ptr<OpeningVersion> last(current_.load()); }

void OpeningTree::Publish(Draft draft) {
  paths_.occupations.PublishTable();
  paths_.regions.PublishTable();
  draft.version().occupations = paths_.occupations.Table();
  draft.version().regions = paths_.regions.Table();
  draft.version().openings_count = openings_.size();
  draft.version().blocks_count = leaves_.size();
  std::unique_ptr<OpeningVersion> next = draft.Take();
  std::unique_ptr<OpeningVersion> before(current_.exchange(next.release()));
  if (before != nullptr) epochs_.Retire(std::move(before));
}

void OpeningTree::Upsert(PostingRow row) {
  Draft draft(*current_.load());
  const std::shared_ptr<const Opening> opening = MakeOpening(std::move(row), paths_);
  auto& held = openings_[opening->row.id];
  if (held != nullptr) RemoveEverywhere(draft, *held);
  held = opening;
  Openings everywhere;
  AppendEverywhere(opening, everywhere);
  for (const OpeningAt& at : everywhere) Insert(draft, at);
  Publish(std::move(draft));
}

bool OpeningTree::Erase(PostingRowId id) {
  const auto held = openings_.find(id);
  if (held == openings_.end()) return false;
  Draft draft(*current_.load());
  RemoveEverywhere(draft, *held->second);
  openings_.erase(held);
  Publish(std::move(draft));
  return true;
}

void OpeningTree::RemoveEverywhere(Draft& draft, const Opening& opening) {
  for (const RegionKey& home : opening.homes) Remove(draft, ClusterKeyOf(opening, home));
}

OpeningTree::Leaves::iterator OpeningTree::LeafOf(const ClusterKey& key) {
  const auto after = leaves_.upper_bound(key);
  return after == leaves_.begin() ? after : std::prev(after);
}

void OpeningTree::PutLeaf(Draft& draft, std::span<const OpeningAt> openings) {
  BlockAt at = blocks_end_;
  if (free_blocks_.empty()) {
    ++blocks_end_;
  } else {
    at = free_blocks_.back();
    free_blocks_.pop_back();
  }
  leaves_.emplace(openings.front().key, at);
  draft.Set(at, MakeBlock(openings));
}

void OpeningTree::DropLeaf(Draft& draft, Leaves::iterator leaf) {
  draft.Set(leaf->second, nullptr);
  free_blocks_.push_back(leaf->second);
  leaves_.erase(leaf);
}

void OpeningTree::Insert(Draft& draft, const OpeningAt& opening) {
  if (leaves_.empty()) return PutLeaf(draft, std::span(&opening, 1));
  const auto leaf = LeafOf(opening.key);
  const BlockAt at = leaf->second;
  if (opening.key < leaf->first) {  // below all others
    leaves_.erase(leaf);
    leaves_.emplace(opening.key, at);
  }
  Openings openings = OpeningsOf(draft.At(at));
  openings.insert(std::ranges::upper_bound(openings, opening.key, {}, &OpeningAt::key), opening);
  if (openings.size() <= kBlockLanes) return draft.Set(at, MakeBlock(openings));
  const std::span<const OpeningAt> all(openings);
  const std::size_t half = all.size() / 2;
  draft.Set(at, MakeBlock(all.first(half)));
  PutLeaf(draft, all.subspan(half));
}

void OpeningTree::Remove(Draft& draft, const ClusterKey& key) {
  const auto leaf = LeafOf(key);
  Openings openings = OpeningsOf(draft.At(leaf->second));
  std::erase_if(openings, [&](const OpeningAt& at) { return at.key == key; });
  if (openings.empty()) return DropLeaf(draft, leaf);
  draft.Set(leaf->second, MakeBlock(openings));
  if (openings.size() < kThinLanes) JoinThin(draft, leaf);
}

// With the next block, or, at the end, with the one before.
void OpeningTree::JoinThin(Draft& draft, Leaves::iterator leaf) {
  if (leaves_.size() < 2) return;
  if (std::next(leaf) == leaves_.end()) leaf = std::prev(leaf);
  const auto next = std::next(leaf);
  Openings openings = OpeningsOf(draft.At(leaf->second));
  const Openings more = OpeningsOf(draft.At(next->second));
  if (openings.size() + more.size() > kJoinedLanes) return;
  openings.insert(openings.end(), more.begin(), more.end());
  const BlockAt at = leaf->second;
  DropLeaf(draft, next);  // before the use of `at`: iterators do not survive it
  draft.Set(at, MakeBlock(openings));
}

}  // namespace noren::matching
