// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "crypto/merkle/map.h"
#include "crypto/merkle/map_node.h"

namespace noren::merkle {
namespace {

using map_node::ChildPlace;
using map_node::Children;
using map_node::Kind;
using map_node::NibbleOf;

using WrittenNodes = std::map<MapPlace, std::optional<Bytes>>;

MapUpdate UpdateOf(const Hash256& root, WrittenNodes nodes) {
  MapUpdate update;
  update.root = root;
  for (auto& [place, bytes] : nodes) update.written.push_back({place, std::move(bytes)});
  return update;
}

// A branch that was read or made, with those below it. A child that was loaded is in `below`; its
// hash in `children` is right again once the branch is sealed.
struct Branch {
  Children children;
  std::array<std::unique_ptr<Branch>, kMapFanOut> below;
  bool changed = false;
};

class Editor {
 public:
  explicit Editor(const MapNodeReader& nodes) : nodes_(nodes) {}

  Status Open(const Hash256& root) {
    if (root == EmptyMapRoot()) return OkStatus();
    return Load({}, root, root_);
  }
  Status Apply(const MapChange& change) {
    if (change.value) return Put(root_, 0, change);
    return Remove(root_, 0, change);
  }
  MapUpdate Finish() {
    const Hash256 root = Seal({}, root_);
    return UpdateOf(root, std::move(written_));
  }

 private:
  Status Load(const MapPlace& place, const Hash256& hash, Branch& branch) {
    NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, nodes_.ReadNode(place));
    NOREN_ASSIGN_OR_RETURN(branch.children, map_node::OpenBranch(place, hash, stored));
    return OkStatus();
  }
  StatusOr<Branch*> Below(Branch& branch, unsigned depth, const Hash256& key) {
    const unsigned at = NibbleOf(key, depth);
    std::unique_ptr<Branch>& below = branch.below[at];
    if (!below) {
      auto loaded = std::make_unique<Branch>();
      NOREN_RETURN_IF_ERROR(Load(ChildPlace(key, depth), branch.children[at].hash, *loaded));
      below = std::move(loaded);
    }
    return below.get();
  }
  // The entry of a leaf, as this edit has it or as it is stored.
  StatusOr<MapEntry> EntryAt(const MapPlace& place, const Hash256& hash) {
    const auto mine = written_.find(place);
    if (mine != written_.end()) return map_node::OpenLeaf(hash, mine->second);
    NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, nodes_.ReadNode(place));
    return map_node::OpenLeaf(hash, stored);
  }
  // The entry in the way of a change; the caller's belief spares reading it.
  StatusOr<MapEntry> EntryInTheWay(const map_node::Child& child, unsigned depth,
                                   const MapChange& change) {
    if (change.previous && HashMapLeaf({change.key, *change.previous}) == child.hash) {
      return MapEntry{change.key, *change.previous};
    }
    return EntryAt(ChildPlace(change.key, depth), child.hash);
  }
  void SetLeaf(Branch& branch, unsigned depth, const MapEntry& entry) {
    const unsigned at = NibbleOf(entry.key, depth);
    branch.children[at] = {Kind::kLeaf, HashMapLeaf(entry)};
    branch.below[at].reset();
    branch.changed = true;
    written_[ChildPlace(entry.key, depth)] = map_node::EncodeLeaf(entry);
  }

  Status Put(Branch& branch, unsigned depth, const MapChange& change);
  Status Remove(Branch& branch, unsigned depth, const MapChange& change);
  Status LiftLastLeaf(Branch& branch, unsigned depth, const Hash256& key);
  Hash256 Seal(const MapPlace& place, Branch& branch);

  const MapNodeReader& nodes_;
  Branch root_;
  WrittenNodes written_;
};

Status Editor::Put(Branch& branch, unsigned depth, const MapChange& change) {
  const unsigned at = NibbleOf(change.key, depth);
  map_node::Child& child = branch.children[at];
  const MapEntry entry{change.key, *change.value};
  if (child.kind == Kind::kEmpty) {
    SetLeaf(branch, depth, entry);
    return OkStatus();
  }
  if (child.kind == Kind::kLeaf) {
    if (HashMapLeaf(entry) == child.hash) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(const MapEntry other, EntryInTheWay(child, depth, change));
    if (other.key == entry.key) {
      SetLeaf(branch, depth, entry);
      return OkStatus();
    }
    // Two keys go on from here: a branch takes the leaf's place.
    auto below = std::make_unique<Branch>();
    SetLeaf(*below, depth + 1, other);
    child.kind = Kind::kBranch;
    branch.below[at] = std::move(below);
  }
  NOREN_ASSIGN_OR_RETURN(Branch* const below, Below(branch, depth, change.key));
  NOREN_RETURN_IF_ERROR(Put(*below, depth + 1, change));
  branch.changed = branch.changed || below->changed;
  return OkStatus();
}

Status Editor::Remove(Branch& branch, unsigned depth, const MapChange& change) {
  map_node::Child& child = branch.children[NibbleOf(change.key, depth)];
  if (child.kind == Kind::kEmpty) return OkStatus();
  if (child.kind == Kind::kLeaf) {
    NOREN_ASSIGN_OR_RETURN(const MapEntry entry, EntryInTheWay(child, depth, change));
    if (entry.key != change.key) return OkStatus();
    child = {};
    branch.changed = true;
    written_[ChildPlace(change.key, depth)] = std::nullopt;
    return OkStatus();
  }
  NOREN_ASSIGN_OR_RETURN(Branch* const below, Below(branch, depth, change.key));
  NOREN_RETURN_IF_ERROR(Remove(*below, depth + 1, change));
  if (!below->changed) return OkStatus();
  branch.changed = true;
  return LiftLastLeaf(branch, depth, change.key);
}

// A branch that one leaf is left of goes, and the leaf stands in its place.
Status Editor::LiftLastLeaf(Branch& branch, unsigned depth, const Hash256& key) {
  const Branch& below = *branch.below[NibbleOf(key, depth)];
  const auto is_used = [](const map_node::Child& child) { return child.kind != Kind::kEmpty; };
  if (std::count_if(below.children.begin(), below.children.end(), is_used) != 1) return OkStatus();
  const auto last = std::find_if(below.children.begin(), below.children.end(), is_used);
  if (last->kind != Kind::kLeaf) return OkStatus();
  const auto at = static_cast<unsigned>(last - below.children.begin());
  const MapPlace place = ChildPlace(key, depth).Child(at);
  NOREN_ASSIGN_OR_RETURN(const MapEntry entry, EntryAt(place, last->hash));
  written_[place] = std::nullopt;
  SetLeaf(branch, depth, entry);
  return OkStatus();
}

// Hashes from below upwards; writes the branches that changed.
Hash256 Editor::Seal(const MapPlace& place, Branch& branch) {
  bool is_empty = true;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    map_node::Child& child = branch.children[i];
    if (child.kind != Kind::kEmpty) is_empty = false;
    if (!branch.below[i] || !branch.below[i]->changed) continue;
    child.hash = Seal(place.Child(i), *branch.below[i]);
  }
  if (is_empty) {  // the root alone can be: elsewhere two keys or more go on
    if (branch.changed) written_[place] = std::nullopt;
    return EmptyMapRoot();
  }
  Bytes encoded = map_node::EncodeBranch(branch.children);
  const Hash256 hash = map_node::HashBranch(place, encoded);
  if (branch.changed) written_[place] = std::move(encoded);
  return hash;
}

// Sorted entries that share their first `depth` half bytes, two or more below the root.
map_node::Child BuildBelow(std::span<const MapEntry> entries, unsigned depth,
                           WrittenNodes& written) {
  const MapPlace place = MapPlace::Of(entries.front().key, depth);
  if (entries.size() == 1 && depth > 0) {
    written[place] = map_node::EncodeLeaf(entries.front());
    return {Kind::kLeaf, HashMapLeaf(entries.front())};
  }
  Children children;
  for (std::size_t begin = 0; begin < entries.size();) {
    const unsigned at = NibbleOf(entries[begin].key, depth);
    std::size_t end = begin + 1;
    while (end < entries.size() && NibbleOf(entries[end].key, depth) == at) ++end;
    children[at] = BuildBelow(entries.subspan(begin, end - begin), depth + 1, written);
    begin = end;
  }
  Bytes encoded = map_node::EncodeBranch(children);
  const Hash256 hash = map_node::HashBranch(place, encoded);
  written[place] = std::move(encoded);
  return {Kind::kBranch, hash};
}

}  // namespace

StatusOr<MapUpdate> ApplyMapChanges(const Hash256& root, std::span<const MapChange> changes,
                                    const MapNodeReader& nodes) {
  Editor editor(nodes);
  NOREN_RETURN_IF_ERROR(editor.Open(root));
  for (const MapChange& change : changes) NOREN_RETURN_IF_ERROR(editor.Apply(change));
  return editor.Finish();
}

MapUpdate BuildMap(std::vector<MapEntry> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const MapEntry& a, const MapEntry& b) { return a.key < b.key; });
  std::vector<MapEntry> last;
  for (const MapEntry& entry : entries) {
    if (!last.empty() && last.back().key == entry.key) last.pop_back();
    last.push_back(entry);
  }
  WrittenNodes written;
  const Hash256 root = last.empty() ? EmptyMapRoot() : BuildBelow(last, 0, written).hash;
  return UpdateOf(root, std::move(written));
}

}  // namespace noren::merkle
